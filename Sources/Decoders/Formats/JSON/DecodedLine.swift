// Records of beats that decoded the line which they carry.

internal import Model
internal import Support

/// Filebeat puts what it reads out of a line of JSON under `json`, and writes no message, unless it is told to write the keys beside its own
/// (Filebeat, "Log input", `json.keys_under_root`; "filestream", parser `ndjson`): the object is the line all the same.
enum DecodedLine {
  /// The record with the line as its message, as it is without the decoding; nil where it is none of a beat.
  static func restored(_ b: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    var line: (key: Range<Int>, value: Range<Int>)?
    var (isBeats, hasMessage) = (false, false)
    var reader = JSONScanner(at: range.lowerBound)
    _ = reader.eachMember(b) { reader, key in
      let isObject = reader.peek(b) == 0x7B
      reader.skipSpace(b)
      let start = reader.position
      guard reader.skipValue(b) else { return false }
      if isObject, JSONScanner.equals(b, key, "json") {
        line = (key.start..<key.end, start..<reader.position)
      } else if isObject, JSONScanner.equals(b, key, "agent") || JSONScanner.equals(b, key, "beat") {
        isBeats = true
      } else if JSONScanner.equals(b, key, "message") {
        hasMessage = true
      }
      return true
    }
    guard let line, isBeats, !hasMessage else { return nil }
    var record = [UInt8](copying: b.extracting(range.lowerBound..<line.key.lowerBound))
    record += Array("message\":".utf8)
    JSONQuote.append(b.extracting(line.value), to: &record)
    record.append(copying: b.extracting(line.value.upperBound..<range.upperBound))
    return record
  }
}
