import Decoders
import Model
import Testing

/// Levels that stand where one producer alone writes them, and headers that its own words would mislead.
struct ProducerLevelTests {
  private func levels(_ lines: [String], member: String = "m") -> [Severity] {
    let batch = decode(lines.joined(separator: "\n") + "\n", member: member)
    #expect(batch.isBalanced)
    return batch.logs.map(\.severity)
  }

  @Test("the status of Datadog's records is a level, also where it is ok")
  func datadogStatus() {
    let said = #""service":"till","status":"$","message":"drawer","attributes":{"n":1},"tags":["a:b"]"#
    let archived = #"{"_id":"A1","date":"2026-11-25T02:00:00.250Z",\#(said)}"#
    let served = #"{"id":"A1","type":"log","attributes":{"timestamp":"2026-11-25T02:00:00.250Z",\#(said)}}"#
    let sent = #"{"ddsource":"c","ddtags":"a:b","hostname":"h","service":"till","status":"$","message":"drawer"}"#
    for form in [archived, served, sent] {
      let lines = ["ok", "warn", "error"].map { form.replacing("$", with: $0) }
      #expect(levels(lines) == [.info, .warning, .error], "\(form)")
    }
    // Of anybody else's record it tells how something ended.
    let other = #"{"time":"2026-11-25T02:00:00.250Z","status":"ok","message":"drawer","attributes":{"n":1}}"#
    #expect(levels([other, other]) == [.unknown, .unknown])
  }

  @Test("the Datadog Agent's first column names an agent, whatever it is called")
  func datadogAgent() {
    let lines = ["CORE", "TRACE", "PROCESS", "SYS-PROBE"].flatMap { agent in
      ["INFO", "WARN", "ERROR"].map {
        "2026-11-25 03:00:00 CET | \(agent) | \($0) | (pkg/a/b.go:12 in Run) | check:till | drawer | stuck"
      }
    }
    let batch = decode(lines.joined(separator: "\n") + "\n", member: "trace-agent.log")
    #expect(batch.logs.map(\.severity) == (0..<4).flatMap { _ in [.info, .warning, .error] })
    #expect(
      batch.readLogs.allSatisfy {
        $0.time == "02:00:00" && $0.component == "trace-agent" && $0.message == "check:till | drawer | stuck"
      }, "\(batch.readLogs)")
    #expect(levels(["2026-11-25T02:00:00Z | TRACE | ERROR | (a/b.go:1 in F) | x"]) == [.error])
  }

  @Test("a document of Elastic APM that is an error is one")
  func apmErrors() {
    func record(_ more: String) -> String {
      #"{"@timestamp":"2026-11-25T02:00:00.500Z","processor":{"event":"error"},"service":{"name":"till"},"message":"no drawer","#
        + #""error":{"id":"e1"\#(more)},"timestamp":{"us":1795572000500000}}"#
    }
    #expect(levels([record(""), record(#","log":{"level":"warning"}"#)]) == [.error, .warning])
  }

  @Test("a colon inside of a message behind its id ends no header")
  func messageID() {
    let form = "[11/25/26 2:00:0$:123 UTC] 00000013 ThreadMonitor W   WSVR0605W: Thread \"Till : $\" may be hung."
    let batch = decode((0..<6).map { form.replacing("$", with: "\($0)") }.joined(separator: "\n") + "\n")
    #expect(batch.logs.allSatisfy { batch.text($0.component) == "ThreadMonitor" && $0.severity == .warning })
    #expect(batch.readLogs.first?.message == "WSVR0605W: Thread \"Till : 0\" may be hung.")
  }

  @Test("a record whose rest is in another file has its header all the same")
  func cutParts() {
    func line(_ log: String) -> String {
      #"{"log":"\#(log)","stream":"stdout","time":"2026-11-25T02:00:01.000000001Z"}"#
    }
    let batch = decode(
      line("started\\n") + "\n" + line("2026-11-25 02:00:01 [ERROR] drawer 5: stuck ") + "\n")
    #expect(batch.logs.map(\.severity) == [.unknown, .error])
    #expect(batch.readLogs.last?.message.hasPrefix("drawer 5") == true)
    #expect(batch.isBalanced)
  }
}
