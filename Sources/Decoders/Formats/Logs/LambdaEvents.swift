// What AWS Lambda tells of a function's invocations in its JSON log format.

internal import Model
internal import Support

/// Reads a system log record of AWS Lambda (Lambda Developer Guide, "Lambda Telemetry API Event schema reference"): `type` begins with
/// `platform.`, and `record` tells the request and its status.
struct LambdaEvent {
  /// The event's type, and its status where it has one: `platform.report timeout`.
  var text: [UInt8] = []
  /// As Lambda itself levels them ("System log level event mapping"): what did not succeed is a warning.
  var severity = Severity.info
  var request: JSONStringSlice?

  init?(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) {
    var reader = JSONScanner(at: start)
    guard reader.peek(b) == 0x7B else { return nil }
    var type: JSONStringSlice?
    var status: JSONStringSlice?
    var request: JSONStringSlice?
    var hasRecord = false
    _ = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "record"), reader.peek(b) == 0x7B {
        hasRecord = true
        return reader.eachMember(b) { reader, key in
          guard case .text(let text)? = reader.scalar(b) else { return reader.failure == .none }
          if JSONScanner.equals(b, key, "status") { status = text }
          if JSONScanner.equals(b, key, "requestId") { request = text }
          return true
        }
      }
      guard JSONScanner.equals(b, key, "type") else { return reader.skipValue(b) }
      guard case .text(let text)? = reader.scalar(b) else { return reader.failure == .none }
      type = text
      return true
    }
    guard hasRecord, let type, JSONScanner.matches(b, type.start, "platform.") else { return nil }
    self.request = request
    texts.unescape(b, type, into: &text)
    guard let status, !status.isEmpty else { return }
    text.append(0x20)
    texts.unescape(b, status, into: &text)
    if !JSONScanner.equals(b, status, "success") { severity = .warning }
  }
}
