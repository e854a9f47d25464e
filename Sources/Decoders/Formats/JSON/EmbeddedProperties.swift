// Objects that hold their own fields as JSON in a text.

internal import Model
internal import Support

/// Azure's App Service writes its resource logs with `properties` as a text that is JSON itself ("AppServiceHTTPLogs" and its kin, streamed to
/// storage or an event hub); what lies in it is read as if it were the object that other resource logs have there.
enum EmbeddedProperties {
  /// Whether a text that begins at a place, behind its quote, is an object.
  static func begin(_ b: Span<UInt8>, _ start: Int) -> Bool { JSONScanner.matches(b, start, "{\\\"") }

  /// The object at a place with its properties as an object; nil where they are none.
  static func opened(_ b: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    var reader = JSONScanner(at: range.lowerBound)
    var found: JSONStringSlice?
    _ = reader.eachMember(b) { reader, key in
      guard found == nil, JSONScanner.equals(b, key, "properties"), reader.peek(b) == 0x22 else {
        return reader.skipValue(b)
      }
      found = reader.string(b)
      return found != nil
    }
    guard let found, begin(b, found.start) else { return nil }
    var inner: [UInt8] = []
    _ = JSONEscapes.append(b, found, to: &inner)
    var check = JSONScanner(at: 0)
    guard check.skipValue(inner.span), check.position == inner.count else { return nil }
    var whole = [UInt8](copying: b.extracting(range.lowerBound..<found.start - 1))
    whole += inner
    whole.append(copying: b.extracting(found.end + 1..<range.upperBound))
    return whole
  }
}
