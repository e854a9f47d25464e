import Decoders
import Model
import Support
import Testing

/// JSON lines of nginx without `escape=json`, and answers that are one table.
struct HexEscapeTests {
  private func line(_ agent: String) -> String {
    #"{"time":"2026-11-25T02:00:00Z","request_method":"GET","uri":"/loaves","status":"500","request_time":"0.250","ua":""#
      + agent
      + "\"}\n"
  }

  @Test("a request whose agent has quotes is read, first or later, and counted as repaired")
  func requests() {
    for text in [line(#"\x22a\x22"#) + line("b"), line("b") + line(#"\xD0\x9F\x5C"#)] {
      let batch = decode(text, member: "access.json")
      #expect(batch.spans.count == 2 && batch.isBalanced)
      #expect(batch.recordCounts.repaired["hexEscape"] == 1)
      #expect(batch.recordCounts.skippedTotal == 0)
    }
    let carried = decode(
      "2026-11-25T02:00:00.5Z stdout F " + line(#"\x22a"#) + "2026-11-25T02:00:01.5Z stdout F " + line("b"))
    #expect(carried.spans.count == 2)
  }

  @Test("what is wrong in another way stays so, and an escaped backslash escapes nothing")
  func others() {
    #expect(decode(line("b") + line(#"\x2"#) + line("b")).recordCounts.skipped["malformedJSON"] == 1)
    let kept = decode(line(#"\\x22"#) + line("b"))
    #expect(kept.spans.count == 2 && kept.recordCounts.repaired["hexEscape"] == nil)
  }

  @Test(
    "a table of columns and rows: ES|QL, Elasticsearch's SQL, OpenSearch's",
    arguments: [("columns", "values"), ("columns", "rows"), ("schema", "datarows")])
  func tables(columns: String, rows: String) {
    let names = ["@timestamp", "log.level", "message", "service.name"].map { #"{"name":"\#($0)","type":"keyword"}"# }
    let text =
      #"{"took":3,"\#(columns)":[\#(names.joined(separator: ","))],"\#(rows)":[["2026-11-25T02:00:00.5Z","error","none left","oven"],"#
      + #"["2026-11-25T02:00:01.5Z","info",null,"oven"]]}"#
    #expect(decode(text).readLogs.first == ReadLog("02:00:00.5", "oven", "error", "none left"))
  }
}
