import Model
import Testing

@testable import Decoders

/// The short way of reading usual time stamps and marks of ids says what the general way says.
@Suite("Usual bytes of log lines")
struct UsualBytesTests {
  @Test(
    "a stamp of ISO 8601 is read, or left to the general reader",
    arguments: [
      ("2026-01-01T02:03:04.123456Z", 1_767_232_984_123_456 as Int64?),
      ("2026-01-01 02:03:04,1", 1_767_232_984_100_000),
      ("2026-01-01T02:03:04.123456789", 1_767_232_984_123_456), ("2026-01-01T02:03:04", 1_767_232_984_000_000),
      ("1969-12-31T23:59:59Z", nil), ("2026-13-01T02:03:04Z", nil), ("2026-01-32T02:03:04Z", nil),
      ("2026-01-01T24:03:04Z", nil),
      ("2026-01-01T02:03:60Z", nil), ("2026-01-01T02:03:045", nil), ("2026-01-01T02:03:04.", nil),
      ("2026-01-01T02:03:0", nil),
      ("2026-01-01T02:03:04.1234567890", nil), ("2026/01/01T02:03:04", nil), ("2026-01-01_02:03:04", nil),
      ("2O26-01-01T02:03:04", nil), ("2026-01-01T02-03:04", nil), ("2026-01-01T02:03:04\u{7F}", 1_767_232_984_000_000),
      ("\u{FF}026-01-01T02:03:04Z", nil),
    ])
  func stamps(_ text: String, _ time: Int64?) {
    let bytes = Array(text.utf8)
    let read = ISOTime.read(bytes.span, 0)
    #expect(read.map { Int64($0.day) * 86_400_000_000 + Int64($0.micros) } == time)
  }

  @Test("stamps anywhere in a line, cut anywhere, do not trap and agree with the general reader")
  func places() {
    let stamp = "2026-01-01T02:03:04.123456Z"
    for before in 0..<20 {
      for cut in 0...stamp.utf8.count {
        let bytes = Array((String(repeating: " ", count: before) + stamp.prefix(cut)).utf8)
        let read = ISOTime.read(bytes.span, before)
        #expect((read != nil) == (cut == 19 || cut >= 21))
        let parsed = LogTimeParser(clock: LogClock()).parse(bytes.span, before)
        if let read { #expect(parsed?.time == Int64(read.day) * 86_400_000_000 + Int64(read.micros)) }
      }
    }
  }

  @Test(
    "ids are found behind their marks at every place of a line",
    arguments: [
      (
        "[app,000102030405060708090a0b0c0d0e0f,1112131415161718] x", "000102030405060708090a0b0c0d0e0f",
        0x1112131415161718 as UInt64
      ),
      ("[000102030405060708090a0b0c0d0e0f-1112131415161718] x", "000102030405060708090a0b0c0d0e0f", 0x1112131415161718),
      (
        "trace_id=000102030405060708090A0B0C0D0E0F span_id=1112131415161718", "000102030405060708090a0b0c0d0e0f",
        0x1112131415161718
      ),
      ("request_id=0a1b2c3d4e5f", "0000000000000000" + "00000a1b2c3d4e5f", 0),
      ("000102030405060708090a0b0c0d0e0f,short", "", 0),
      ("x000102030405060708090a0b0c0d0e0f-1112131415161718", "", 0), ("a=b, c: d - e", "", 0), ("", "", 0),
      ("=", "", 0), (":,-=", "", 0),
    ])
  func ids(_ text: String, _ request: String, _ span: UInt64) {
    for before in 0..<40 {
      let line = Array((String(repeating: " ", count: before) + text).utf8)
      var found = RequestFinder.Found()
      RequestFinder().find(line.span, into: &found)
      let id = found.id ?? RequestID.parse(found.request.span).id
      #expect((id.isNone ? "" : id.hex) == request)
      #expect(found.span == span)
    }
  }
}
