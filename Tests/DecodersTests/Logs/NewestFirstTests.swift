// Exports with the newest record first, in which a trace stands in front of the line it belongs to.

import Decoders
import Model
import Support
import Testing

struct NewestFirstTests {
  private static let java = [
    "2026-11-25 02:00:00,500 ERROR [main] c.a.Pay - none left", "java.lang.IllegalStateException: gone",
    "\tat c.a.Pay.charge(Pay.java:31)", "\tat c.a.Main.main(Main.java:12)", "Caused by: java.io.IOException: refused",
    "\t... 2 more",
  ]
  private static let python = [
    "ERROR:pay:none left", "Traceback (most recent call last):", "  File \"/app/pay.py\", line 31, in charge",
    "    raise ValueError(\"gone\")", "ValueError: gone",
  ]

  /// Two failures with their traces and a calm line, as documents whose times are microseconds or all the same.
  private func documents(_ trace: [String], step: Int, count: Int = 2) -> [String] {
    var lines: [String] = []
    for i in 0..<count {
      for (j, line) in (trace + ["INFO:pay:ok"]).enumerated() {
        let escaped = line.replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
        let micros = String(600_000 + (i * 100 + j) * step)
        lines.append(
          #"{"@timestamp":"2026-11-25T02:00:00.\#(micros)Z","message":"\#(escaped)","container":{"name":"pay"}}"#)
      }
    }
    return lines
  }

  @Test("a trace of documents belongs to the record behind it where the times only fall", arguments: [java, python])
  func falling(trace: [String]) {
    let lines = documents(trace, step: 1)
    for text in [lines, lines.reversed()] {
      let batch = decode(text.joined(separator: "\n") + "\n")
      #expect(batch.readLogs.map(\.severity).sorted() == ["error", "error", "info", "info"])
      #expect(batch.recordCounts.repaired["continuationLine"] == 2 * (trace.count - 1))
      #expect(batch.isBalanced)
    }
    // In whatever pieces the bytes come.
    let whole = decode(lines.reversed().joined(separator: "\n") + "\n")
    #expect(decode(lines.reversed().joined(separator: "\n") + "\n", piece: 100).readLogs == whole.readLogs)
  }

  @Test("lines of one time are read as they stand, and so are lines of which one is later than that before it")
  func near() {
    let same = decode(documents(Self.java, step: 0).joined(separator: "\n") + "\n")
    #expect(same.readLogs.map(\.severity) == ["error", "info", "error", "info"])
    // A trace whose record is missing stays.
    let lone = decode(documents(Self.java, step: 1)[1...2].reversed().joined(separator: "\n") + "\n")
    #expect(lone.readLogs.map(\.message) == [Self.java[1]])
    #expect(lone.isBalanced)
    // The times of two containers that were written one after the other.
    let pay = documents(Self.python, step: 1, count: 1)
    let cart = pay.map { $0.replacing("pay\"}", with: "cart\"}") }
    let both = decode((pay + cart).joined(separator: "\n") + "\n")
    #expect(both.readLogs.map(\.severity) == ["error", "info", "error", "info"])
  }

  @Test("a stream of Loki whose times only fall is read from its end", arguments: [java, python])
  func loki(trace: [String]) {
    func stream(_ lines: [String], from: Int, by step: Int) -> String {
      let values = lines.enumerated().map { i, line in
        let escaped = line.replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
        return #"["\#(1_795_572_000_600_000_000 + (from + i * step) * 1000)","\#(escaped)"]"#
      }
      return #"{"stream":{"container":"pay"},"values":[\#(values.joined(separator: ","))]}"#
    }
    let lines = trace + ["INFO:pay:ok"]
    let newest = Array(lines.reversed())
    for result in [stream(newest, from: 10, by: -1), stream(lines, from: 10, by: 1), stream(lines, from: 10, by: 0)] {
      let document = #"{"status":"success","data":{"resultType":"streams","result":[\#(result)]}}"#
      #expect(decode(document).readLogs.map(\.severity) == ["error", "info"])
    }
  }

  @Test("rows of a table without levels join their traces, in either order")
  func rows() {
    var rows: [String] = []
    for (i, line) in (Self.java + ["2026-11-25 02:00:01,000 INFO [main] c.a.Pay - ok"]).enumerated() {
      rows.append("\"2026-11-25T02:00:00.60000\(i)Z\",h,pay,\"\(line)\"")
    }
    for order in [rows, rows.reversed()] {
      let batch = decode("Date,Host,Service,Message\n" + order.joined(separator: "\n") + "\n")
      #expect(batch.readLogs.map(\.severity).sorted() == ["error", "info"])
      #expect(batch.recordCounts.repaired["continuationLine"] == 5)
      #expect(batch.isBalanced)
    }
    // A trace in one row is a record of its own.
    let whole =
      "2026-11-25T02:00:00.6Z,h,pay,\"java.lang.IllegalStateException: gone\n\tat c.a.Pay.charge(Pay.java:31)\"\n"
    #expect(decode("Date,Host,Service,Message\n" + whole + whole).logs.count == 2)
  }

  @Test("an exception behind an object that says that all is well is a crash of its own")
  func crashBehindObject() {
    func text(_ level: String, _ layer: String) -> String {
      let lines = [#"{"level":"\#(level)","msg":"ready"}"#] + Self.java.dropFirst().prefix(3)
      return String(repeating: lines.map { layer + $0 + "\n" }.joined(), count: 3)
    }
    for layer in ["", "2026-11-25T02:00:00.500000000Z stderr F "] {
      let calm = decode(text("info", layer)).readLogs
      #expect(calm.map(\.severity) == ["info", "error", "info", "error", "info", "error"])
      #expect(calm[1].message == "java.lang.IllegalStateException: gone")
      #expect(decode(text("error", layer)).readLogs.map(\.severity) == ["error", "error", "error"])
    }
    // A line of text at info may have been given the exception.
    let plain =
      "2026-11-25 02:00:00,500 INFO [main] c.a.Pay - retry\n" + Self.java[1...3].joined(separator: "\n") + "\n"
    #expect(decode(plain + plain).readLogs.map(\.severity) == ["info", "info"])
  }
}
