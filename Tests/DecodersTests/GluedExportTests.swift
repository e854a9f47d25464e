import Decoders
import Model
import Testing

/// Exports of OTLP that a program prints between its other lines: one right behind another, or over lines.
struct GluedExportTests {
  private func export(_ span: String) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"till"}}]},"scopeSpans":[{"spans":["#
      + #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"\#(span)","name":"GET /a","kind":2,"#
      + #""startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572000200000000"}]}]}]}"#
  }

  /// The same over lines, each of them indented, as `json.dumps(…, indent=1)` and its like have it.
  private func indented(_ span: String) -> String {
    var text = ""
    var depth = 0
    for mark in export(span) {
      if mark == "}" || mark == "]" {
        depth -= 1
        text += "\n" + String(repeating: " ", count: depth)
      }
      text.append(mark)
      if mark == "{" || mark == "[" { depth += 1 }
      if mark == "{" || mark == "[" || mark == "," { text += "\n" + String(repeating: " ", count: depth) }
    }
    return text + "\n"
  }

  private let head = "Starting till on :8080\n"

  @Test("documents in one line are told apart", arguments: [9, 1 << 20])
  func glued(piece: Int) {
    let line = export("1122334455667788") + export("1122334455667799") + " " + export("11223344556677aa") + "\n"
    let batch = decode(head + line, piece: piece)
    #expect(batch.spans.map(\.span) == [0x1122_3344_5566_7788, 0x1122_3344_5566_7799, 0x1122_3344_5566_77AA])
    #expect(batch.logs.map { batch.message($0) } == ["Starting till on :8080"])
    #expect(batch.isBalanced)
  }

  @Test("they are siblings, however many; a record among them has what the layer around it said")
  func siblings() {
    let line = (10..<40).map { export("11223344556677\($0)") }.joined()
    #expect(decode(head + line + "\n").spans.count == 30)
    let log = #"{"log":"{\"resourceSpans\":[]}{\"level\":\"error\",\"msg\":\"none left\"}\n","stream":"stdout","#
    let batch = decode(log + #""time":"2026-11-25T02:00:07Z"}"# + "\n")
    #expect(batch.readLogs.map(\.time) == ["02:00:07"] && batch.readLogs.map(\.severity) == ["error"])
    #expect(batch.isBalanced)
  }

  @Test("the one that is damaged costs only itself, and is told")
  func damaged() {
    let batch = decode(head + export("1122334455667788") + export("1122334455667799").dropLast(40) + "\n")
    #expect(batch.spans.map(\.span) == [0x1122_3344_5566_7788])
    #expect(batch.logs.count == 1)
    #expect(batch.isBalanced)
    #expect(batch.recordCounts.skipped.values.reduce(0, +) == 1)
  }

  @Test("documents over lines are no part of the line before them", arguments: [9, 1 << 20])
  func spread(piece: Int) {
    let batch = decode(
      head + indented("1122334455667788") + indented("1122334455667799") + "Till is closed\n", piece: piece)
    #expect(batch.spans.map(\.span) == [0x1122_3344_5566_7788, 0x1122_3344_5566_7799])
    #expect(batch.spans.allSatisfy { batch.text($0.service) == "till" })
    #expect(batch.logs.map { batch.message($0) } == ["Starting till on :8080", "Till is closed"])
    #expect(batch.isBalanced)
  }

  @Test("one that is cut off is told, and what stands behind it is read")
  func cut() {
    let whole = indented("1122334455667788")
    let part = whole.split(separator: "\n").prefix(20).joined(separator: "\n") + "\n"
    for text in [head + part + "Till is closed\n", head + part, head + part + whole] {
      let batch = decode(text)
      #expect(batch.recordCounts.skipped.values.reduce(0, +) == 1)
      #expect(batch.isBalanced)
      #expect(batch.spans.count == (text.hasSuffix(whole) ? 1 : 0))
      #expect(batch.logs.count == (text.hasSuffix("closed\n") ? 2 : 1))
    }
  }

  @Test("any other value over lines belongs to the line before it, as ever")
  func others() {
    let lines = (10..<30).map { "2026-11-25 02:00:\($0) INFO a.B - got\n{\n  \"resource\": \($0)\n}\n" }
    let batch = decode(lines.joined())
    #expect(batch.logs.count == 20)
    #expect(batch.isBalanced)
    #expect(batch.recordCounts.skipped.values.reduce(0, +) == 0)
  }
}
