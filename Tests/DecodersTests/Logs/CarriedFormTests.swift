import Decoders
import Model
import Support
import Testing

/// What tools print around lines, and what runtimes print when a program dies.
struct CarriedFormTests {
  private func logs(_ lines: [String]) -> [ReadLog] { decode(lines.joined(separator: "\n") + "\n").readLogs }

  @Test("each step of Cloud Build is a component, and its lines are read")
  func cloudBuild() {
    let read = logs((10..<20).map { "Step #\($0 % 2) - \"test\($0 % 2)\": 2026-11-25 02:00:\($0) ERROR none left" })
    #expect(read.first == ReadLog("02:00:10", "test0", "error", "none left"))
    #expect(Set(read.map(\.component)) == ["test0", "test1"])
  }

  @Test("the context in front of a logger's bracket is no message")
  func context() {
    let pairs = "traceId=4bf92f3577b34da6a3ce929d0e0e4736, parentId=, spanId=00f067aa0ba902b7, sampled=true"
    let line = "2026-11-25 02:00:01,500 ERROR \(pairs) [com.acme.Pay] (executor-thread-1) none left"
    let batch = decode(Array(repeating: line, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.first == ReadLog("02:00:01.5", "m", "error", "none left"))
    #expect(batch.logs.first?.request.hex == "4bf92f3577b34da6a3ce929d0e0e4736")
    // Pairs that are the message stay.
    let message = "2026-11-25 02:00:01,500 ERROR order=7, card=9, try=3 was lost"
    #expect(logs(Array(repeating: message, count: 24)).first?.message == "order=7, card=9, try=3 was lost")
  }

  @Test(
    "what runtimes print when a program dies is one record",
    arguments: [
      ["terminate called after throwing an instance of 'std::runtime_error'", "  what():  none left"],
      [
        "node:internal/process/promises:288", "            triggerUncaughtException(err);", "[Error: none left]",
        "Node.js v20",
      ],
      ["APPLICATION FAILED TO START", "Description:", "Web server failed to start."],
      ["Fatal error: exception Failure(\"none left\")"],
    ])
  func crashes(lines: [String]) {
    let calm = #"{"level":"info","ts":"2026-11-25T02:00:01Z","msg":"taken"}"#
    let read = logs([calm, calm, calm] + lines + [calm])
    #expect(read.map(\.severity) == ["info", "info", "info", "fatal", "info"])
  }

  @Test("fields that the journal has several times name what the first one names")
  func lists() {
    let line =
      #"{"SYSLOG_IDENTIFIER":["pay","pay"],"PRIORITY":"3","MESSAGE":"none left","__REALTIME_TIMESTAMP":"1795572001000000"}"#
    #expect(logs([line, line]).first == ReadLog("02:00:01", "pay", "error", "none left"))
  }

  @Test("levels in JSON", arguments: ["[ERROR]", "Błąd", "HATA"])
  func levels(word: String) {
    let line = #"{"time":"2026-11-25T02:00:01Z","level":"\#(word)","msg":"none left"}"#
    #expect(logs([line, line]).first?.severity == "error")
  }

  @Test("keys of levels", arguments: ["severity_label", "levelString", "detected_level", "log_severity"])
  func keys(key: String) {
    let line = #"{"time":"2026-11-25T02:00:01Z","\#(key)":"error","msg":"none left"}"#
    #expect(logs([line, line]).first?.severity == "error")
  }
}
