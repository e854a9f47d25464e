import Decoders
import Model
import Support
import Testing

/// Requests whose records name none, or name one that others have, too.
struct RequestPlaceTests {
  private func record(_ id: String, path: String) -> String {
    #"{"level":30,"time":1795572001000,"pid":1,"hostname":"h","name":"till","req":{"id":\#(id),"method":"GET","url":"\#(path)","headers":{"host":"shop.example"}},"res":{"statusCode":200},"responseTime":31,"msg":"request completed"}"#
  }

  private func access(_ second: Int) -> String {
    #"{"start_time":"2026-11-25T02:00:0\#(second).000Z","method":"POST","path":"/pay","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","duration":25,"upstream_cluster":"outbound|8080||pay.shop.svc.cluster.local","authority":"pay"}"#
  }

  @Test(
    "records of one line are requests of their own", arguments: ["[@,@,@]", "@@@", "@ @\t@", "@\n@@", "@\n@\n@"])
  func oneLine(form: String) {
    var text = ""
    var second = 0
    for character in form {
      text += character == "@" ? access(second) : String(character)
      second += character == "@" ? 1 : 0
    }
    let batch = decode(text + "\n")
    let served = batch.spans.filter { $0.kind == .server }
    #expect(served.count == 3)
    #expect(Set(served.map(\.trace)).count == 3 && Set(served.map(\.span)).count == 3)
    #expect(decode(text + "\n").spans.map(\.trace) == batch.spans.map(\.trace))
  }

  @Test("a count that each process begins anew joins no requests, and bunyan's name is the program's")
  func counted() {
    let text = record("1", path: "/till") + "\n" + record("1", path: "/till") + "\n"
    let (one, other) = (decode(text, member: "a.log"), decode(text, member: "b.log"))
    #expect(Set((one.spans + other.spans).map(\.trace)).count == 4)
    #expect(one.spans.allSatisfy { one.text($0.service) == "till" })
  }

  @Test("an identity that no process counts is one request, wherever it stands")
  func identities() {
    let text = record(#""7b0c1d2e3f405162""#, path: "/till") + "\n"
    #expect(decode(text, member: "a.log").spans.map(\.trace) == decode(text, member: "b.log").spans.map(\.trace))
  }

  @Test("log lines of a counted request are those of their member")
  func lines() {
    func read(_ key: String, _ id: String, _ member: String) -> RequestID? {
      decode(#"{"time":"2026-11-25T02:00:00Z","level":"info","msg":"x","\#(key)":"\#(id)"}"# + "\n", member: member)
        .logs.first?.request
    }
    for key in ["request_id", "requestId", "reqId"] {
      #expect(read(key, "1", "a.log") != read(key, "1", "b.log"))
      #expect(read(key, "1", "a.log")?.isNone == false)
      #expect(read(key, "7b0c1d2e3f40", "a.log") == read(key, "7b0c1d2e3f40", "b.log"))
    }
    #expect(read("trace_id", "1", "a.log") == read("trace_id", "1", "b.log"))
    // A long number may be handed on from service to service.
    #expect(read("request_id", "83746152", "a.log") == read("request_id", "83746152", "b.log"))
  }
}
