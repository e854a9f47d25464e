// Records of tslog.

internal import Model
internal import Support

/// tslog's `type: "json"` since version 4: what was logged under its place, `{"0":"MESSAGE","1":{…},"_meta":{"date":…,"logLevelId":5,
/// "logLevelName":"ERROR","name":…}}` (tslog.js.org, "Log object"; its `_meta` has the version of the runtime, a path and more).
enum TslogRecords {
  private static let names: [(key: StaticString, name: String)] = [
    ("date", "time"), ("logLevelName", "level"), ("name", "logger"), ("hostname", "hostname"),
  ]

  /// Whether the object at a place tells the level of a record.
  static func hasLevel(_ b: Span<UInt8>, at start: Int) -> Bool {
    var reader = JSONScanner(at: start)
    var found = 0
    _ = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "logLevelId") || JSONScanner.equals(b, key, "logLevelName") { found += 1 }
      return reader.skipValue(b)
    }
    return found == 2
  }

  /// A copy of the record under the names that everybody uses: what was logged first is its message. An object or an error that was
  /// logged by itself has its own keys in that place (`message` of an error).
  static func renamed(_ b: Span<UInt8>, at start: Int) -> [UInt8]? {
    var members: [(key: Range<Int>, value: Range<Int>, isOfRecord: Bool)] = []
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      let value = reader.position
      guard JSONScanner.equals(b, key, "_meta"), reader.peek(b) == 0x7B else {
        guard reader.skipValue(b) else { return false }
        members.append((key.start..<key.end, value..<reader.position, false))
        return true
      }
      return reader.eachMember(b) { reader, inner in
        reader.skipSpace(b)
        let value = reader.position
        guard reader.skipValue(b) else { return false }
        if b[value] == 0x22 { members.append((inner.start..<inner.end, value..<reader.position, true)) }
        return true
      }
    }
    guard reader.failure == .none else { return nil }
    var out: [UInt8] = []
    for member in members {
      guard let name = name(b, member.key, isOfRecord: member.isOfRecord) else { continue }
      out.append(out.isEmpty ? 0x7B : 0x2C)
      out.append(0x22)
      out += name
      out.append(0x22)
      out.append(0x3A)
      out.append(copying: b.extracting(member.value))
    }
    out.append(0x7D)
    return out.count > 1 ? out : nil
  }

  /// What a member is called elsewhere; nil for what a record needs not of `_meta`.
  private static func name(_ b: Span<UInt8>, _ key: Range<Int>, isOfRecord: Bool) -> [UInt8]? {
    let slice = JSONStringSlice(start: key.lowerBound, end: key.upperBound, isEscaped: false)
    guard isOfRecord else {
      return key.count == 1 && b[key.lowerBound] == 0x30 ? Array("msg".utf8) : [UInt8](copying: b.extracting(key))
    }
    return names.first { JSONScanner.equals(b, slice, $0.key) }.map { Array($0.name.utf8) }
  }
}
