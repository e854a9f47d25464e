// Records that the answers of query APIs hold as rows.

import Decoders
import Model
import Support
import Testing

struct AnswerRowTests {
  private let expected = [
    ReadLog("02:00:01.123", "orders", "error", "none left"), ReadLog("02:00:02.123", "pay", "warn", "slow"),
  ]

  @Test("rows of Azure Monitor's and Kusto's tables are records of their columns", arguments: [1 << 20, 11])
  func tables(piece: Int) {
    let rows =
      #"[["2026-11-25T02:00:01.123Z","orders","{\"level\":\"error\",\"msg\":\"none left\"}",null,3],["2026-11-25T02:00:02.123Z","pay","WARN slow","x",4]]"#
    let columns = ["TimeGenerated", "ContainerName", "LogMessage", "LogSource", "Size"]
    let monitor = columns.map { #"{"name":"\#($0)","type":"string"}"# }.joined(separator: ",")
    let kusto = columns.map { #"{"ColumnName":"\#($0)","DataType":"String"}"# }.joined(separator: ",")
    for document in [
      #"{"tables":[{"name":"PrimaryResult","columns":[\#(monitor)],"rows":\#(rows)}]}"#,
      #"{"Tables":[{"TableName":"Table_0","Columns":[\#(kusto)],"Rows":\#(rows)}]}"#,
    ] {
      let batch = decode(Array(document.utf8), piece: piece)
      #expect(batch.readLogs == expected)
      #expect(batch.isBalanced && batch.codes.isEmpty)
    }
  }

  @Test("rows of names and values are CloudWatch's results", arguments: [1 << 20, 11])
  func results(piece: Int) {
    func row(_ time: String, _ message: String, _ stream: String) -> String {
      #"[{"field":"@timestamp","value":"\#(time)"},{"field":"@message","value":"\#(message)"},{"field":"@logStream","value":"\#(stream)"},{"field":"@ptr","value":"x"}]"#
    }
    let rows = [
      row("2026-11-25 02:00:01.123", #"{\"level\":\"error\",\"msg\":\"none left\"}"#, "ecs/orders/0af1c0ffee"),
      row("2026-11-25 02:00:02.123", "WARN slow", "ecs/pay/0af2c0ffee"),
    ]
    let document =
      #"{"results":[\#(rows.joined(separator: ","))],"statistics":{"recordsMatched":2.0},"status":"Complete"}"#
    let batch = decode(Array(document.utf8), piece: piece)
    #expect(batch.readLogs == expected)
    #expect(batch.isBalanced)
  }

  @Test("tables without columns and other results are no answers of these")
  func others() {
    #expect(decode(#"{"tables":[{"name":"orders","size":3}]}"# + "\n").logs.isEmpty)
    #expect(decode(#"{"results":[[1,2],[3,4]]}"# + "\n").logs.isEmpty)
    let record =
      #"{"time":"2026-11-25T02:00:01Z","level":"error","msg":"none left","tables":[{"columns":[],"rows":[]}]}"#
    #expect(decode(record + "\n").readLogs.map(\.message) == ["none left"])
  }

  @Test("an event of the cluster is of its object's workload")
  func events() {
    func component(_ attributes: String...) -> [String] {
      let list = attributes.map { pair in
        let parts = pair.split(separator: "=")
        return #"{"key":"\#(parts[0])","value":{"stringValue":"\#(parts[1])"}}"#
      }
      return decode(
        #"{"resourceLogs":[{"resource":{"attributes":[\#(list.joined(separator: ","))]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572001000000000","body":{"stringValue":"Back-off"}}]}]}]}"#
          + "\n"
      ).readLogs.map(\.component)
    }
    #expect(component("k8s.object.kind=Pod", "k8s.object.name=orders-6d58f9c7b-x2x9k") == ["orders"])
    #expect(component("k8s.object.name=orders-6d58f9c7b-x2x9k", "k8s.object.kind=Pod") == ["orders"])
    #expect(component("k8s.object.kind=Deployment", "k8s.object.name=orders-cache") == ["orders-cache"])
    #expect(component("k8s.object.name=a", "k8s.container.name=orders") == ["orders"])
  }
}
