// Lists of one value, as a search store's answers write each of the fields that were asked for.

internal import Support

/// Writes an object whose scalar members stand in lists of one (Elasticsearch, "Retrieve selected fields": `fields` is always a list) as
/// the object it was.
enum SearchFields {
  /// Whether the first member of an object is a list.
  static func areListed(_ b: Span<UInt8>, _ start: Int) -> Bool {
    var reader = JSONScanner(at: start)
    var isFirst = true
    return reader.take(0x7B, b) && reader.nextKey(b, &isFirst) != nil && reader.peek(b) == 0x5B
  }

  /// The object at a place, checked before, without the brackets around single values.
  static func plain(_ b: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range.count)
    var i = range.lowerBound
    while i < range.upperBound {
      switch b[i] {
      case 0x22:
        var reader = JSONScanner(at: i)
        let end = reader.skipValue(b) ? reader.position : range.upperBound
        out.append(copying: b.extracting(i..<end))
        i = max(end, i + 1)
      case 0x5B:
        if let (value, end) = only(b, i) {
          out.append(copying: b.extracting(value))
          i = end
        } else {
          out.append(b[i])
          i += 1
        }
      default:
        out.append(b[i])
        i += 1
      }
    }
    return out
  }

  /// The only scalar of the list at a place, and where the list ends; nil for any other list.
  private static func only(_ b: Span<UInt8>, _ start: Int) -> (value: Range<Int>, end: Int)? {
    var reader = JSONScanner(at: start + 1)
    guard let first = reader.peek(b), first != 0x5B, first != 0x7B, first != 0x5D else { return nil }
    let value = reader.position
    guard reader.skipValue(b) else { return nil }
    let end = reader.position
    guard reader.peek(b) == 0x5D else { return nil }
    return (value..<end, reader.position + 1)
  }
}
