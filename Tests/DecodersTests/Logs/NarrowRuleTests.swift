import Decoders
import Model
import Testing

@Suite("What only looks like a form stays what it is")
struct NarrowRuleTests {
  @Test("a record whose end was cut off takes no other's lines")
  func cutRecord() {
    let healthy = (10..<40).map { "2026-11-25 02:00:\($0),500 ERROR [main] com.acme.Pay - order \($0) lost\n" }.joined()
    let cut =
      "####<Nov 25, 2026, 2:00:05,123 AM UTC> <Error> <HTTP> <h1> <s1> <t> <<x>> <> <> <1795572005123> <> <BEA-101020> <Servlet fai\n"
    let logs = decode(healthy + cut + healthy).readLogs
    #expect(logs.filter { $0.message.hasPrefix("order") }.count == 60)
  }

  @Test("an entry that begins with a mark is an entry where its time is its own")
  func ownTime() {
    let lines = (10..<30).map { "I261125 02:00:\($0).000000 7 server/node.go:12  [n1] \($0) !x is \($0)\n" }
    #expect(decode(lines.joined()).logs.count == 20)
  }

  @Test("an error with a level is a log record, however long something took")
  func levelled() {
    expectLogs(
      #"{"time":"2026-11-25T02:00:00Z","level":"error","service":"shop","error.message":"gone","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","duration_ms":12}"#
    )
  }

  @Test("lines without a header that cross a second now and then go on being the record before")
  func crossing() {
    var text = ""
    for i in 10..<40 {
      text += "Nov 25 02:00:\(i) h1 pay[7]: ERROR query failed\nNov 25 02:00:\(i) h1 pay[7]: SELECT x\n"
      text += "Nov 25 02:00:\(i) h1 pay[7]: INFO order \(i) stored\nNov 25 02:00:\(i) h1 pay[7]: INFO order \(i) sent\n"
      text += String(repeating: "Nov 25 02:00:\(i) h1 pay[7]: INFO order \(i) kept\n", count: 20)
    }
    let logs = decode(text).readLogs
    #expect(logs.filter { $0.message.hasPrefix("SELECT") }.isEmpty)
  }

  @Test("sentences and counts have no level", arguments: ["summary: [error] 0 [warn] 0", "debug,info levels are off"])
  func prose(message: String) {
    let lines = (10..<40).map { "2026-11-25 02:00:\($0) INFO order \($0) stored\n" }
    let logs = decode(lines.joined() + "2026-11-25 02:00:41 \(message)\n" + lines.joined()).readLogs
    #expect(logs.filter { $0.severity != "info" && $0.severity != "unknown" }.isEmpty)
  }
}
