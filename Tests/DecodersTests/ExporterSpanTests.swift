import Decoders
import Model
import Support
import Testing

/// Spans and invocations in the words of one vendor: fields of one letter, thousands in groups, parts under one time.
struct ExporterSpanTests {
  private let ids = #""t":"7b0c1d2e3f405162738495a6b7c8d9e0","s":"1122334455667788""#

  @Test("Instana's spans by their letters: a request by its path, kinds by its own numbers")
  func instana() throws {
    let entry =
      #"{\#(ids),"p":"99aabbccddeeff00","n":"g.http","k":1,"ts":1795572000123,"d":250,"ec":1,"data":{"service":"front","http":{"method":"GET","url":"http://front/stock/7","path_tpl":"/stock/{id}","status":500}}}"#
    let batch = decode(entry + "\n" + entry.replacing(#""k":1"#, with: #""k":2"#) + "\n")
    let span = try #require(batch.spans.first)
    #expect(span.trace.hex == "7b0c1d2e3f405162738495a6b7c8d9e0")
    #expect(hexText(span.span) == "1122334455667788" && hexText(span.parent) == "99aabbccddeeff00")
    #expect(batch.text(span.service) == "front" && batch.text(span.operation) == "GET /stock/{id}")
    #expect(span.start == 1_795_572_000_123_000 && span.duration == 250_000)
    #expect(span.status == .error && span.httpStatus == 500)
    #expect(batch.spans.map(\.kind) == [.server, .client])
    let own = #"{\#(ids),"n":"sdk","k":3,"ts":1795572000123,"d":250,"ec":0,"data":{"sdk":{"name":"count"}}}"#
    let inner = decode(own + "\n")
    #expect(inner.spans.map { inner.text($0.operation) } == ["count"])
    #expect(inner.spans.map(\.kind) == [.internal] && inner.spans.first?.status != .error)
  }

  @Test(
    "letters that are no ids, or not all there, make no span",
    arguments: [
      #"{"t":"tick","s":"a","n":"x","d":1,"ts":1795572000123,"data":{}}"#,
      #"{"t":"7b0c1d2e3f405162738495a6b7c8d9e0","s":"1122334455667788","ts":1795572000123,"data":{}}"#,
    ])
  func letters(text: String) {
    #expect(decode(text + "\n" + text + "\n").spans.isEmpty)
  }

  @Test("a saved table of Elastic APM's transactions is one of served requests")
  func transactions() {
    let header =
      "\"@timestamp\",\"trace.id\",\"transaction.id\",\"transaction.name\",\"transaction.duration.us\",\"service.name\",\"event.outcome\""
    let batch = decode(
      header
        + "\n\"Nov 25, 2026 @ 02:00:01.000\",7b0c1d2e3f405162738495a6b7c8d9e0,1122334455667788,GET /stock,\"1,253,000\",front,failure\n"
        + "\"Nov 25, 2026 @ 02:00:02.000\",7b0c1d2e3f405162738495a6b7c8d9e1,1122334455667789,GET /stock,\"12,500\",front,success\n"
    )
    #expect(batch.isBalanced)
    #expect(batch.spans.map(\.duration) == [1_253_000, 12_500])
    #expect(batch.spans.allSatisfy { $0.kind == .server && batch.text($0.service) == "front" })
    #expect(batch.spans.map { $0.status == .error } == [true, false])
  }

  @Test("groups of three are thousands only where they can be nothing else")
  func thousands() {
    func length(_ text: String, _ column: String) -> Int64? {
      let header = "TraceID,SpanID,StartTime,ServiceName,OperationName,\(column)\n"
      let row = "7b0c1d2e3f405162738495a6b7c8d9e0,1122334455667788,2026-11-25T02:00:00Z,front,get,\"\(text)\"\n"
      return decode(header + row + row).spans.first?.duration
    }
    #expect(length("1,253,000", "duration_ms") == 1_253_000_000)
    #expect(length("1,253.5", "duration_ms") == 1_253_500)
    for odd in ["3,004", "0,153", "12,5", "1,2345", ",153", "1,253,"] {
      #expect(length(odd, "duration_ms") == -1, "\(odd)")
    }
  }

  @Test(
    "an invocation of a Worker is a request, its lines and its exceptions, all of the script",
    arguments: [
      #"{"outcome":"exception","scriptName":"shop","exceptions":[{"name":"TypeError","message":"none left","timestamp":1795572000123}],"logs":[{"message":["got",7],"level":"log","timestamp":1795572000100}],"eventTimestamp":1795572000000,"event":{"request":{"url":"https://shop.example/stock/7","method":"GET"}}}"#,
      #"{"Event":{"RayID":"a1","Request":{"URL":"https://shop.example/stock/7","Method":"GET"},"Response":{"Status":500}},"EventTimestampMs":1795572000000,"EventType":"fetch","Exceptions":[{"Name":"TypeError","Message":"none left","TimestampMs":1795572000123}],"Logs":[{"Level":"log","Message":["got",7],"TimestampMs":1795572000100}],"Outcome":"exception","ScriptName":"shop"}"#,
    ])
  func workers(text: String) {
    let batch = decode(text + "\n" + text + "\n")
    #expect(batch.spans.count == 2)
    #expect(batch.spans.allSatisfy { $0.start == 1_795_572_000_000_000 && $0.httpStatus == 500 })
    #expect(batch.spans.allSatisfy { batch.text($0.service) == "shop" })
    let said = ReadLog("02:00:00.1", "shop", "info", "got 7")
    let thrown = ReadLog("02:00:00.123", "shop", "error", "TypeError: none left")
    #expect(batch.readLogs == [said, thrown, said, thrown])
  }
}
