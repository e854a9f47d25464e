import Model
import Support
import Testing

@testable import Decoders

/// Records that look like the forms of this or that producer and are none.
struct LikelyNeighbourTests {
  @Test(
    "fields of a log record are no answer that holds traces",
    arguments: [
      #""data":{"traceId":"abc","operationName":"GetUser","code":500},"level":"error""#,
      #""data":{"spans":[{"trace_id":"ab","n":1}]},"level":"error""#,
    ])
  func graphQL(fields: String) {
    let line = #"{"time":"2026-11-25T02:00:00.5Z","message":"request failed",\#(fields)}"#
    #expect(
      decode(Array(repeating: line, count: 4).joined(separator: "\n") + "\n").logs.map(\.severity) == [
        .error, .error, .error, .error,
      ])
  }

  @Test("behind a place of Node.js that no source and carets follow the stream goes on")
  func bareScriptPlace() {
    let lines = ["/app/src/cart.js:31", "listening on 8080", "order 2 accepted", "order 3 accepted"]
    let messages = decode(lines.joined(separator: "\n") + "\n").readLogs.map(\.message)
    #expect(messages.suffix(2) == ["order 2 accepted", "order 3 accepted"])
  }

  @Test("a crash of Node.js ends with its frames")
  func crashEnds() {
    let crash =
      "/app/pay.js:31\n  throw new Error('no card')\n  ^\n\nError: no card\n    at pay (/app/pay.js:31:9)\n    at main (/app/x.js:1:1)\n"
    let batch = decode(crash + "listening on 8080\norder 2 accepted\n")
    #expect(batch.readLogs.map(\.message).suffix(2) == ["listening on 8080", "order 2 accepted"])
    #expect(batch.logs.count == 3)
  }

  @Test("a client's complaint about a request is no request that was served")
  func complaint() {
    let line = "2026-11-25T02:00:01Z ERROR POST /v1/charge 502 10.0.0.5:8443\n"
    let batch = decode(String(repeating: line, count: 24))
    #expect(batch.spans.isEmpty)
    #expect(batch.logs.allSatisfy { $0.severity == .error })
  }

  @Test("records with an id and a day are no descriptions of containers")
  func records() {
    let id = String(repeating: "ab", count: 32)
    let line = #"{"Id":"\#(id)","Created":"2026-11-25T02:00:00Z","level":"error","message":"pull failed"}"# + "\n"
    #expect(decode(String(repeating: line, count: 4)).logs.count == 4)
  }

  @Test("descriptions of containers may stand a line")
  func linesOfInspect() {
    let ids = ["ab", "cd"].map { String(repeating: $0, count: 32) }
    let text = ids.enumerated().map {
      #"{"Id":"\#($1)","Created":"2026-11-25T02:00:00Z","Path":"/mill","Name":"/mill\#($0)"}"# + "\n"
    }
    #expect(decode(text.joined()).containers.byID.count == 4)
  }

  @Test(
    "the number of a migration is no time",
    arguments: ["== 20231125020000 CreateOrders: migrating ====", "INFO 20231125020000 create_orders applied"])
  func migration(line: String) {
    #expect(decode(String(repeating: line + "\n", count: 24)).logs.allSatisfy { $0.time == .min })
  }

  @Test(
    "ids, addresses and words in front of a number name nobody",
    arguments: [
      "2026-11-25T02:00:00.500Z ERROR [fd00::18] none left",
      "[2026-11-25 02:00:00.500] [a1b2c3d4e5f6] [error] none left",
      "2026-11-25 02:00:00,500:ERROR:order:4711 failed",
    ])
  func nobody(line: String) {
    #expect(decode(String(repeating: line + "\n", count: 24)).readLogs.first?.component == "m")
  }

  @Test("a quote that does not close costs a row no more than its length, and takes no columns away")
  func openQuote() {
    let batch = decode(
      """
      #Software: Microsoft Internet Information Services 10.0
      #Fields: date time cs-method cs-uri-stem cs(User-Agent) sc-status cs(Referer) time-taken
      2026-11-25 02:00:00 GET /a "Mozilla/5.0 503 http://x/" 12

      """)
    #expect(batch.spans.map(\.duration) == [12_000])
  }

  @Test("invocations of Workers that were ended are failed requests", arguments: ["exceededCpu", "exceededMemory"])
  func endedInvocation(outcome: String) {
    let batch = decode(
      #"{"outcome":"\#(outcome)","scriptName":"mill","event":{"request":{"url":"https://a.example/x","method":"GET"}},"#
        + #""eventTimestamp":1795572000000,"logs":[],"exceptions":[]}"# + "\n")
    #expect(batch.spans.map(\.httpStatus) == [500])
  }
}
