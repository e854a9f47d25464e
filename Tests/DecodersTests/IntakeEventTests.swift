import Decoders
import Model
import Support
import Testing

/// Events of Elastic APM's intake beside its spans, and what its documents say of them.
struct IntakeEventTests {
  private let metadata = #"{"metadata":{"service":{"name":"seats"}}}"#
  private let log =
    #"{"log":{"@timestamp":"2026-11-25T02:00:00Z","message":"row sold","log.level":"ERROR","log.logger":"shop.Rows""#

  private func read(_ lines: String...) -> RecordBatch {
    let batch = decode(lines.joined(separator: "\n") + "\n")
    #expect(batch.isBalanced)
    return batch
  }

  @Test("a log event is of the service before it, unless it names one itself")
  func logEvents() {
    let batch = read(metadata, log + "}}", log + #","service.name":"desk"}}"#)
    #expect(batch.logs.map { batch.text($0.component) } == ["seats", "desk"])
    #expect(batch.logs.map(\.severity) == [.error, .error])
    #expect(batch.logs.map { batch.message($0) } == ["row sold", "row sold"])
  }

  @Test("an object `log` without metadata before it is anybody's")
  func anybodys() {
    let batch = read(log + "}}", log + "}}")
    #expect(batch.logs.map { batch.text($0.component) } == ["shop.Rows", "shop.Rows"])
  }

  @Test("an error has the level at which it was logged")
  func levels() {
    func error(_ inner: String) -> String { #"{"error":{"id":"0a1b","timestamp":1795572000000000,\#(inner)}}"# }
    let batch = read(
      metadata, error(#""log":{"level":"warn","message":"slow"}"#), error(#""log":{"level":null,"message":"slow"}"#),
      error(#""log":{"level":"loud","message":"slow"}"#), error(#""exception":{"message":"gone","level":"warn"}"#))
    #expect(batch.logs.map(\.severity) == [.warning, .error, .error, .error])
    func stored(_ log: String) -> String {
      #"{"@timestamp":"2026-11-25T02:00:00Z","processor":{"event":"error"},"service":{"name":"seats"},"error":{"log":{\#(log)"message":"slow"}}}"#
    }
    let documents = read(stored(#""level":"warning","#), stored(""))
    #expect(documents.logs.map(\.severity) == [.warning, .error])
    #expect(documents.logs.map { documents.message($0) } == ["slow", "slow"])
  }

  private func link(_ text: String) -> String {
    let batch = read(metadata, text)
    return batch.spans.last.map { "\($0.kind) \(hexText($0.parent))" } ?? "-"
  }

  @Test("the consumer of a message follows from the span that it is linked to")
  func links() {
    let links = #""links":[{"trace_id":"a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9","span_id":"a1a1a1a1a1a1a1a1"}]"#
    func transaction(_ type: String, _ rest: String) -> String {
      #"{"transaction":{"id":"b1b1b1b1b1b1b1b1","trace_id":"b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9","name":"rows","type":"\#(type)","timestamp":1795572001000000,"duration":5,\#(rest)}}"#
    }
    #expect(link(transaction("messaging", links)) == "consumer a1a1a1a1a1a1a1a1")
    #expect(link(transaction("messaging", #""links":null"#)) == "server 0000000000000000")
    // Its parent says more, and a request is linked to a caller that it does not trust.
    #expect(link(transaction("messaging", #""parent_id":"c1c1c1c1c1c1c1c1",\#(links)"#)) == "server c1c1c1c1c1c1c1c1")
    #expect(link(transaction("request", links)) == "server 0000000000000000")
  }

  @Test("stored documents have the ids of a link in objects")
  func storedLinks() {
    func document(_ type: String) -> String {
      #"{"@timestamp":"2026-11-25T02:00:01Z","processor":{"event":"transaction"},"service":{"name":"seats"},"timestamp":{"us":1795572001000000},"trace":{"id":"b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9"},"transaction":{"id":"b1b1b1b1b1b1b1b1","name":"rows","type":"\#(type)","duration":{"us":9}},"span":{"id":"b1b1b1b1b1b1b1b1","links":[{"trace":{"id":"a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9"},"span":{"id":"a1a1a1a1a1a1a1a1"}}]}}"#
    }
    #expect(link(document("messaging")) == "consumer a1a1a1a1a1a1a1a1")
    #expect(link(document("request")) == "server 0000000000000000")
  }
}
