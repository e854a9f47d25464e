import Decoders
import Model
import Testing

struct DoubtfulUnitTests {
  /// Traces of a root and a call each, whose beginnings are milliseconds since the epoch, so many seconds apart.
  private func spans(root: Int, call: Int, every seconds: Int) -> String {
    (0..<40).map { number in
      let start = 1_795_572_000_000 + number * seconds * 1000
      func span(_ id: Int, _ parent: String, _ at: Int, _ length: Int) -> String {
        #"{"traceId":"\#(number + 1)0000000","id":"00000000000000\#(10 + id)","parentId":"\#(parent)","name":"x","kind":"server","time":\#(at),"duration":\#(length),"service":"o"}"#
      }
      return span(1, "", start, root) + "\n" + span(2, "0000000000000011", start + 3 + number % 8, call) + "\n"
    }.joined()
  }

  private func read(_ text: String) -> (durations: Set<Int64>, isTold: Bool) {
    let batch = decode(text)
    return (Set(batch.spans.map(\.duration)), batch.diagnostics.sorted.contains { $0.code == "doubtfulUnit" })
  }

  @Test("the beginning's unit stays where nothing contradicts it, and doubt is told")
  func stays() { #expect(read(spans(root: 10_000, call: 50, every: 90)) == ([10_000_000, 50_000], true)) }

  @Test("roots that would outlast the whole sample contradict it")
  func contradicted() { #expect(read(spans(root: 45_000, call: 4000, every: 1)) == ([45_000, 4000], true)) }

  /// The same spans as the rows of a table.
  private func table(root: Int, call: Int, every seconds: Int) -> String {
    "traceId,spanId,parentId,service,operation,startTime,duration\n"
      + (0..<40).map { number in
        let start = 1_795_572_000_000 + number * seconds * 1000
        let trace = "\(number + 1)0000000"
        return "\(trace),0000000000000011,,o,x,\(start),\(root)\n"
          + "\(trace),0000000000000012,0000000000000011,o,x,\(start + 3 + number % 8),\(call)\n"
      }.joined()
  }

  @Test("rows of a table are told of alike")
  func tables() {
    #expect(read(table(root: 45_000, call: 4000, every: 1)) == ([45_000, 4000], true))
    #expect(read(table(root: 60, call: 20, every: 1)) == ([60_000, 20_000], false))
  }

  @Test("a duration whose unit nothing tells is none, and not a duration of nothing")
  func refused() throws {
    let batch = decode(
      #"{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","id":"5fb397be34d26b51","name":"x","kind":"server","time":"2026-11-25T02:00:00.000Z","duration":34000000,"attrs":{"service.name":"cart"}}"#
    )
    let span = try #require(batch.spans.first)
    #expect(span.duration < 0 && span.flags.contains(.untimed))
    #expect(batch.diagnostics.sorted.contains { $0.code == "durationUnit" })
  }

  @Test("what is milliseconds all along is read so without a word")
  func plain() { #expect(read(spans(root: 60, call: 20, every: 1)) == ([60_000, 20_000], false)) }
}
