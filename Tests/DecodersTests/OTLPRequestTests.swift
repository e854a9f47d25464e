import Decoders
import Model
import Support
import Testing

/// Log records of OTLP whose request stands in their attributes.
struct OTLPRequestTests {
  private func record(_ body: String, _ attributes: [(String, String)], ids: String = "") -> RecordBatch {
    let list = attributes.map { #"{"key":"\#($0.0)","value":{"stringValue":"\#($0.1)"}}"# }.joined(separator: ",")
    return decode(
      #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572000000000000","body":{"stringValue":"\#(body)"},\#(ids)"attributes":[\#(list)]}]}]}]}"#
    )
  }

  private let envoy = [
    ("method", "GET"), ("path", "/pay/10"), ("response_code", "502"), ("duration", "12"), ("response_flags", "-"),
  ]

  @Test("Envoy's labels are a request that began at the record's time")
  func labels() {
    let batch = record("", envoy)
    #expect(batch.logs.isEmpty && batch.isBalanced)
    #expect(batch.spans.first?.start == 1_795_572_000_000_000 && batch.spans.first?.duration == 12_000)
    #expect(batch.spans.first?.httpStatus == 502 && batch.services == ["pay"])
    let traced = record(
      "", envoy, ids: #""traceId":"7b0c1d2e3f405162738495a6b7c8d9e0","spanId":"1122334455667788","#)
    #expect(traced.spans.first?.trace.hex == "7b0c1d2e3f405162738495a6b7c8d9e0")
    #expect(traced.spans.first?.parent == 0x1122_3344_5566_7788)
  }

  @Test("by the conventions, beside a text, it is a log line and a request")
  func conventions() {
    let named = [
      ("http.request.method", "GET"), ("url.path", "/pay/10"), ("http.response.status_code", "502"),
      ("http.server.request.duration", "0.012"),
    ]
    let batch = record("request", named)
    #expect(batch.logs.count == 1 && batch.spans.map(\.duration) == [12_000] && batch.isBalanced)
    #expect(record("request", Array(named.dropLast())).spans.isEmpty)
    #expect(record("charged", [("method", "card"), ("status", "ok")]).spans.isEmpty)
    #expect(record("charged", [("method", "POST"), ("code", "200")]).logs.count == 1)
  }

  @Test("binary records tell the same")
  func binary() {
    func text(_ value: String) -> [UInt8] { [0x0A, UInt8(value.utf8.count)] + Array(value.utf8) }
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
      var length: [UInt8] = []
      var rest = bytes.count
      while rest >= 0x80 {
        length.append(UInt8(truncatingIfNeeded: rest | 0x80))
        rest >>= 7
      }
      return [number << 3 | 2] + length + [UInt8(truncatingIfNeeded: rest)] + bytes
    }
    func attribute(_ key: String, _ value: String) -> [UInt8] { text(key) + field(2, text(value)) }
    let resource = field(1, field(1, attribute("service.name", "pay")))
    let time: [UInt8] =
      [0x09] + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(1_795_572_000_000_000_000) >> ($0 * 8)) }
    let record = time + envoy.flatMap { field(6, attribute($0.0, $0.1)) }
    let batch = decode(field(1, resource + field(2, field(2, record))), member: "x.pb")
    #expect(batch.logs.isEmpty && batch.spans.map(\.duration) == [12_000] && batch.services == ["pay"])
  }
}
