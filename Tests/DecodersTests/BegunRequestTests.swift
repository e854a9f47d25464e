import Decoders
import Model
import Support
import Testing

/// Requests of which one record tells the beginning and another the end.
struct BegunRequestTests {
  private func begin(_ id: String, _ url: String, process: Int = 1) -> String {
    #"{"level":30,"time":1795572001000,"pid":\#(process),"hostname":"h","reqId":"\#(id)","req":{"method":"GET","url":"\#(url)"},"msg":"incoming request"}"#
  }

  private func end(_ id: String, process: Int = 1) -> String {
    #"{"level":30,"time":1795572001050,"pid":\#(process),"hostname":"h","reqId":"\#(id)","res":{"statusCode":200},"responseTime":40.25,"msg":"request completed"}"#
  }

  private func operations(_ lines: String...) -> [String] {
    let batch = decode(lines.joined(separator: "\n") + "\n")
    #expect(batch.isBalanced)
    #expect(batch.logs.count == lines.count)
    return batch.spans.map { batch.text($0.operation) }
  }

  @Test("the end of a request is of what its beginning asked for")
  func joined() {
    #expect(
      operations(begin("req-1", "/seats"), begin("req-2", "/rows/7"), end("req-2"), end("req-1"))
        == ["GET /rows/{id}", "GET /seats"])
  }

  @Test("a process that counts anew asks for something else, and another process for nothing of this one's")
  func counted() {
    #expect(
      operations(begin("req-1", "/seats"), end("req-1"), begin("req-1", "/rows"), end("req-1"), end("req-1"))
        == ["GET /seats", "GET /rows", "request"])
    #expect(operations(begin("req-1", "/seats"), end("req-1", process: 2)) == ["request"])
  }

  @Test("a count after a restart is another request, and the lines between beginning and end are its own")
  func restarted() {
    let line = #"{"level":50,"time":1795572001020,"pid":1,"hostname":"h","reqId":"req-1","msg":"no card"}"#
    let batch = decode(
      [begin("req-1", "/seats"), line, end("req-1"), begin("req-1", "/seats"), line, end("req-1")]
        .joined(separator: "\n") + "\n")
    #expect(batch.spans.count == 2 && batch.logs.count == 6)
    #expect(Set(batch.spans.map(\.trace)).count == 2)
    #expect(batch.logs.prefix(3).allSatisfy { $0.request == batch.spans[0].trace })
    #expect(batch.logs.suffix(3).allSatisfy { $0.request == batch.spans[1].trace })
  }
}
