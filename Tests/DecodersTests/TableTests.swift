import Model
import Decoders
import Support
import Testing

private func settings(_ kind: FormatRule.Kind, _ table: [FormatRule.Field: String], values: [String] = [])
  -> DecoderSettings
{
  var settings = DecoderSettings()
  var rule = FormatRule(match: "*.csv", records: kind)
  rule.table = table
  rule.values = values
  settings.rules = [rule]
  return settings
}

private let spanSettings = settings(
  .spans, [.trace: "T", .span: "S", .parent: "P", .component: "C", .operation: "O", .startNs: "B", .endNs: "E"])

struct TableTests {
  @Test("a mark of byte order is none of a quoted column's, wherever the pieces end", arguments: [1, 2, 3, 7, 1 << 20])
  func markedQuotes(piece: Int) {
    let rows = "\u{FEFF}\"When, at last\",\"What\"\r\n\"2026-11-25T02:00:00Z\",\"a \"\"b\"\"\"\r\n"
    let mapped = decode(
      rows + rows, piece: piece, settings: settings(.logs, [.time: "When, at last", .message: "What"]),
      member: "logs/oven.csv")
    #expect(mapped.readLogs == Array(repeating: ReadLog("02:00:00", "oven", "unknown", #"a "b""#), count: 2))
    #expect(mapped.codes.filter { $0 != "repeatedHeader" }.isEmpty)
    let named = decode(
      "\u{FEFF}\"timestamp\",\"level\",\"message\"\n\"2026-11-25T02:00:00Z\",\"ERROR\",\"x\"\n", piece: piece,
      member: "logs/oven.csv")
    #expect(named.readLogs == [ReadLog("02:00:00", "oven", "error", "x")])
  }

  @Test("levels by number are on the scale that the first rows tell; rows that no column names are the file's")
  func numericLevels() {
    let batch = decode(
      "timestamp,level,message\n2026-11-25T02:00:00Z,6,a\n2026-11-25T02:00:01Z,3,b\n", member: "logs/orders.csv")
    #expect(
      batch.readLogs == [ReadLog("02:00:00", "orders", "info", "a"), ReadLog("02:00:01", "orders", "error", "b")])
    let status = decode("timestamp,service,status,message\n2026-11-25T02:00:00Z,till,3,a\n", member: "x.csv")
    #expect(status.readLogs == [ReadLog("02:00:00", "till", "unknown", "a")])
  }

  @Test(
    "levels stand in columns of words or of one producer's numbers",
    arguments: [
      ("SeverityText,SeverityNumber", ",17"), ("severity_number,x", "17,"), ("levelname,levelno", ",40"),
      ("x,level_value", ",40000"),
    ])
  func scaledLevels(_ columns: String, _ cells: String) {
    let batch = decode(
      "Timestamp,\(columns),ServiceName,Body\n2026-11-25T02:00:00Z,\(cells),pay,no stock\n", member: "x.csv")
    #expect(batch.readLogs == [ReadLog("02:00:00", "pay", "error", "no stock")])
    let word = decode(
      "Timestamp,SeverityText,SeverityNumber,Body\n2026-11-25T02:00:00Z,WARN,17,no stock\n", member: "logs/pay.csv")
    #expect(word.readLogs == [ReadLog("02:00:00", "pay", "warn", "no stock")])
  }

  @Test(
    "a cell for nothing names nobody and no request",
    arguments: ["null", "NULL", "N/A", "None", "-", #"\N"#, "NaN", "<nil>", "<NA>", "undefined"])
  func nullCells(_ cell: String) {
    let batch = decode(
      "timestamp,service,level,trace_id,message\n2026-11-25T02:00:00Z,\(cell),error,\(cell),None\n",
      member: "logs/pay.csv")
    #expect(batch.readLogs == [ReadLog("02:00:00", "pay", "error", "None")])
    #expect(batch.logs[0].request.isNone && batch.logs[0].requestText.isNone)
    #expect(
      decode("timestamp,service,level,message\n2026-11-25T02:00:00Z,Nullify,error,x\n", member: "x.csv").readLogs[0]
        .component == "Nullify")
  }

  @Test(
    "a number that is no time of the epoch leaves the time unknown",
    arguments: ["46351.08", "1500", "1.5", "1.79557E+12", "1.79557e+9", "-5"])
  func noTimes(_ time: String) {
    let table = decode("time,service,level,message\n\(time),pay,error,x\n", member: "x.csv")
    #expect(table.logs.map(\.time) == [.min] && table.recordCounts.repaired["noTime"] == 1)
    let json = decode(#"{"time":\#(time),"service":"pay","level":"error","message":"x"}"# + "\n")
    #expect(json.logs.map(\.time) == [.min])
    let metrics = decode("time,service,cpu\n\(time),pay,3\n", member: "x.csv")
    #expect(metrics.metrics.isEmpty && metrics.recordCounts.skipped["badTime"] == 1)
  }

  @Test(
    "an epoch in the form of a float is a time where its digits name the second",
    arguments: ["1795572000", "1.795572E9", "1.795572000123E12", "1795572000.0", "1.795572000000000000e+18"])
  func floatTimes(_ time: String) {
    let table = decode("time,service,level,message\n\(time),pay,error,x\n", member: "x.csv")
    #expect(table.logs.map { $0.time / 1_000_000 } == [1_795_572_000])
  }

  @Test(
    "a table under a heading whose columns no name tells is refused, and not read as lines",
    arguments: [
      "Trace ID,Start time,Service,Name,Duration\n4bf92f3577b34da6a3ce929d0e0e0000,2026-11-25 02:00:00,pay,POST /pay,300 ms\n4bf92f3577b34da6a3ce929d0e0e0001,2026-11-25 02:00:01,pay,POST /pay,1.5 s\n",
      "\"Time\",\"pay\",\"orders\"\n2026-11-25 02:00:00,0,3 ms\n2026-11-25 02:01:00,1,3 ms\n",
      "Zeit;Stufe;Dienst;Meldung\n25.11.2026 02:00:00;INFO;pay;charged 0\n25.11.2026 02:00:01;INFO;pay;charged 1\n",
      "RUN\tSim\tsim\t1795572000000\t \t3.9.0\nREQUEST\t\tGET pay\t1795572000000\t1795572000012\tKO\tno\n",
      "2026-11-25 02:00:00 10.0.0.1 GET /pay/10 - 443 - 10.0.0.9 curl - 200 0 0 12\n2026-11-25 02:00:01 10.0.0.1 GET /pay/11 - 443 - 10.0.0.9 curl - 502 0 0 13\n",
    ])
  func headings(_ text: String) {
    let batch = decode(text, member: "x.csv")
    #expect(batch.logs.isEmpty && batch.spans.isEmpty && batch.codes == ["unrecognizedFormat"])
  }

  @Test(
    "lines of a log that have a delimiter in common are no table",
    arguments: [
      "2026-11-25 02:00:00,pay,INFO,charged 0\n2026-11-25 02:00:01,pay,ERROR,no stock\n",
      "Server started, listening, port 8080\n2026-11-25 02:00:01 ERROR a, b, c\n2026-11-25 02:00:02 ERROR a, b\n",
      "2026-11-25 02:00:00 10.0.0.1 GET /pay 200 12\n2026-11-25 02:00:01 10.0.0.1 GET /pay 502 13\n",
      "RUN\tthe tests\nERROR lost a card\n",
    ])
  func noHeadings(_ text: String) {
    #expect(decode(text).logs.count + decode(text).spans.count >= 1)
  }

  @Test("Excel's line in front of a heading names the delimiter")
  func preface() {
    let batch = decode(
      "sep=;\r\ntimestamp;level;service;message\r\n2026-11-25T02:00:00Z;ERROR;pay;no stock\r\n", member: "x.csv")
    #expect(batch.readLogs == [ReadLog("02:00:00", "pay", "error", "no stock")])
  }

  @Test("a table without levels may hold the lines of other programs")
  func carriedLines() {
    let batch = decode(
      "timestamp,message\n1795572000000,\"level=error msg=\"\"lost a card\"\" app=till\"\n1795572001000,plain words here too\n",
      member: "x.csv")
    #expect(batch.readLogs.map(\.severity) == ["error", "unknown"])
    #expect(batch.readLogs.map(\.message) == ["lost a card", "plain words here too"])
    #expect(batch.isBalanced)
    let access = decode(
      "timestamp,message\n1795572000000,\"10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"\"GET /o/1 HTTP/1.1\"\" 502 12\"\n",
      member: "x.csv")
    #expect(access.spans.map(\.httpStatus) == [502])
  }

  @Test("PostgreSQL's csvlog names no column")
  func headerless() {
    let row =
      #"2026-11-25 02:00:00.123 UTC,"app","shop",1234,"10.0.0.9:5000",65f2.1,3,"SELECT",2026-11-25 01:00:00 UTC,3/1,0,ERROR,42P01,"relation ""x"" is gone",,,,,,"select 1",15,,"app""#
    let batch = decode(row + "\n" + row + "\n", member: "postgresql.csv")
    #expect(
      batch.readLogs
        == Array(repeating: ReadLog("02:00:00.123", "postgresql", "error", #"relation "x" is gone"#), count: 2))
  }

  @Test("spans through mapped columns, whatever the delimiter", arguments: [",", "\t", ";", "|"])
  func spans(_ delimiter: String) {
    let text = [
      "X,T,S,P,C,O,B,E", "1,0a,0b,root,cart,GET /,1767225600000000000,1767225600005000999",
      "2,0a,0c,0b,\"pay, 1\",\"say \"\"hi\"\"\",1767225600000000000,1767225600000001000",
    ].joined(separator: "\r\n").replacing(", 1", with: "@ 1").replacing(",", with: delimiter).replacing(
      "@ 1", with: ", 1")
    for piece in [1, 9, 1 << 20] {
      let batch = decode("\u{FEFF}" + text, piece: piece, settings: spanSettings, member: "a/b.csv")
      #expect(batch.spans.map(\.span) == [11, 12])
      #expect(batch.spans.map(\.parent) == [0, 11])
      #expect(batch.spans.map(\.duration) == [5000, 1])
      #expect(batch.spans.map { batch.text($0.service) } == ["cart", "pay, 1"])
      #expect(batch.spans.map { batch.text($0.operation) } == ["GET /", "say \"hi\""])
      #expect(batch.spans.map(\.source.value) == [2, 3])
      #expect(batch.codes.isEmpty)
    }
  }

  @Test("a row of too many fields is left out by name, and the next one is read")
  func tooWide() {
    let row = "0a,0b,root,cart,GET /,1767225600000000000,1767225600005000999"
    let wide = row + String(repeating: ",", count: 70_000)
    let batch = decode(["T,S,P,C,O,B,E", wide, row].joined(separator: "\n"), settings: spanSettings, member: "b.csv")
    #expect(batch.recordCounts.skipped == ["rowTooWide": 1])
    #expect(batch.diagnostics.sorted.map(\.limit) == ["fields"])
    #expect(batch.spans.map(\.source.value) == [3])
    let header = decode(
      [String(repeating: "T,", count: 70_000), row].joined(separator: "\n"), settings: spanSettings, member: "b.csv")
    #expect(header.spans.isEmpty)
    #expect(header.recordCounts.skipped == ["rowTooWide": 1, "noColumns": 1])
  }

  @Test("rows that cannot be used are skipped with reason and line, the others are read")
  func badRows() {
    let text = """
      T,S,P,C,O,B,E
      0a,0b,,c,o,1767225600000000000,1767225600000001000
      ,0b,,c,o,1767225600000000000,1767225600000001000
      0a,0c,,c,o,soon,1767225600000001000
      0a,0d,,c,o,1767225600000000000,1767225500000000000
      0a,0e,,c,o,1767225600000000000,1767225600000001000,extra

      T,S,P,C,O,B,E
      0a,0f
      """
    let batch = decode(text, settings: spanSettings, member: "x.csv")
    #expect(batch.spans.map(\.span) == [11, 13, 14])
    #expect(batch.spans.map(\.duration) == [1, -1, 1])
    #expect(batch.recordCounts.skipped == ["noID": 1, "badTime": 2])
    #expect(batch.recordCounts.repaired == ["negativeDuration": 1, "raggedRow": 2])
    #expect(batch.isBalanced)
    let places = batch.diagnostics.sorted.filter { $0.code == "badTime" }.map(\.location.position)
    #expect(places == [.line(4), .line(9)])
    #expect(batch.codes.contains("repeatedHeader"))
  }

  @Test("a quote that never closes costs its line, not the file")
  func openQuote() {
    let rows = (1...50).map { "0a,\(String($0, radix: 16)),,c,o,1767225600000000000,1767225600000001000" }
    let text = (["T,S,P,C,O,B,E", "0a,ff,,\"c,o,1767225600000000000,1767225600000001000"] + rows).joined(
      separator: "\n")
    let batch = decode(text, piece: 100, settings: spanSettings, member: "x.csv")
    #expect(batch.spans.count == 50)
    #expect(batch.recordCounts.skipped == ["openQuote": 1])
  }

  @Test("log rows: the runtime's JSON and the application's header are stripped, line breaks are kept")
  func logs() {
    let rule = settings(.logs, [.timeNs: "N", .component: "Pod", .trace: "T", .span: "S", .message: "Log"])
    let text = """
      N,Pod,T,S,Log
      1767225600000001000,cart-1,0a,0b,"{""log"":""17:35:38.386 ERROR o.s.Order#365 [x] \\""q\\""\\n"",""stream"":""stdout"",""time"":""2026""}"
      1767225600000002000,cart-2,,,"one
      two"
      """
    let batch = decode(text, piece: 3, settings: rule, member: "x.csv")
    #expect(
      batch.plainLogs == [
        "1767225600000001 cart-1 0000000000000000000000000000000a  000000000000000b error o.s.Order#365 [x] \"q\"",
        "1767225600000002 cart-2 00000000000000000000000000000000  0000000000000000 unknown one\ntwo",
      ])
    #expect(batch.logs.map(\.source.value) == [2, 3])
  }

  @Test("metric rows count once, wide or long; readings that are no number are left out and counted")
  func metrics() {
    let wide = settings(.metrics, [.time: "TimeStamp", .component: "Pod"], values: ["Cpu(%)", "Mem"])
    let text = "Time,TimeStamp,Pod,Cpu(%),Mem\nx,1767225600,a,0.25,NaN\nx,1767225660,a,1e3,-4\nx,1767225720,a,,\n"
    let batch = decode(text, settings: wide, member: "m.csv")
    #expect(
      batch.metrics.map { "\(batch.text($0.metric))=\($0.value)" } == ["Cpu(%)=0.25", "Cpu(%)=1000.0", "Mem=-4.0"])
    #expect(batch.metrics.first?.time == 1_767_225_600_000_000)
    #expect((batch.recordCounts.records, batch.recordCounts.used) == (3, 2))
    #expect(batch.recordCounts.skipped == ["noValue": 1])
    #expect(batch.recordCounts.repaired == ["notANumber": 1])
    let long = decode("timestamp,service,metric,value\n2026-01-01T00:00:00Z,cart,queue,7\n")
    #expect(long.metrics.map { "\(long.text($0.component)) \(long.text($0.metric)) \($0.value)" } == ["cart queue 7.0"])
    #expect(long.codes == ["inferredTable"])
  }

  @Test("Go's time form is understood")
  func goTime() {
    let rule = settings(.metrics, [.time: "Time", .component: "Pod", .value: "V"])
    let batch = decode(
      "Time,Pod,V\n2023-01-29 08:41:09.043078357 +0000 UTC m=+0.119240217,a,1\n", settings: rule, member: "m.csv")
    #expect(batch.metrics.map(\.time) == [1_674_981_669_043_078])
  }

  @Test("a column that is not there is named, and the rows are counted as skipped")
  func missingColumn() {
    let batch = decode("A,B,C\n1,2,3\n", settings: spanSettings, member: "x.csv")
    #expect(batch.codes.contains("missingColumn"))
    #expect(batch.recordCounts.skipped == ["noColumns": 1])
  }

  @Test("a row over the limit is left out by name")
  func longRow() {
    var limited = spanSettings
    limited.limits.line = 1000
    let row = "0a,0b,,c,o,1767225600000000000,1767225600000001000\n"
    let text = "T,S,P,C,O,B,E\n" + row + "0a,0c,,\"" + String(repeating: "x", count: 50_000) + "\n" + row
    let batch = decode(text, piece: 700, settings: limited, member: "x.csv")
    #expect(batch.spans.count == 2)
    #expect(batch.diagnostics.sorted.map(\.limit) == ["lineBytes"])
  }

  @Test("format rules of a pipeline file, and what is wrong with them")
  func config() {
    func scalar(_ text: String) -> ConfigNode { ConfigNode(.scalar(text)) }
    func map(_ pairs: KeyValuePairs<String, ConfigNode>) -> ConfigNode {
      ConfigNode(.map(pairs.map { ConfigNode.Entry(key: $0.key, line: 3, column: 5, value: $0.value) }))
    }
    var problems: [ConfigProblem] = []
    let rules = ConfigNode(
      .list([
        map([
          "match": scalar("*/metric/*.csv"), "records": scalar("metrics"),
          "table": map(["time": scalar("T"), "values": ConfigNode(.list([scalar("a"), scalar("b")]))]),
        ]),
        map(["logKeys": map(["message": scalar("summary")])]),
      ]))
    let settings = DecoderSettings(config: rules, problems: &problems)
    #expect(problems.isEmpty)
    #expect(settings.rule(input: "in", member: "x/metric/a.csv")?.values == ["a", "b"])
    #expect(settings.rule(input: "in", member: "x/log/a.csv") == nil)
    #expect(settings.logKeys.message.first == "summary")
    let wrong = ConfigNode(
      .list([
        map(["match": scalar("*"), "records": scalar("span"), "tabel": map([:])]), map(["records": scalar("spans")]),
      ]))
    _ = DecoderSettings(config: wrong, problems: &problems)
    #expect(problems.contains { $0.suggestion == "table" })
    #expect(problems.count == 3)
  }

  @Test(
    "path patterns",
    arguments: [
      ("*/trace/*.csv", "a/b/trace/x.csv", true), ("*.csv", "a.csv.gz", false), ("?.csv", "a.csv", true),
      ("*", "", true),
      ("a*b*c", "aXXbYYbZc", true), ("a*b*c", "ab", false),
    ])
  func globs(_ pattern: String, _ path: String, _ expected: Bool) {
    #expect(Glob.matches(pattern, path) == expected)
  }
}

@Test("A row of PostgreSQL's that spans lines is read where it is the first one, too")
func firstRowSpansLines() {
  let row =
    #"2026-11-25 02:00:00.500 UTC,"app","shop",7,"h:1",6.4,1,"INSERT",2026-11-25 01:59:00 UTC,3/4,0,ERROR,23505,"none left","d",,,,,"insert into x"#
    + "\n" + #"values (1)",,,"psql","client backend",,0"# + "\n"
  let batch = decode(row + row)
  #expect(batch.readLogs.map(\.message) == ["none left", "none left"])
  #expect(batch.readLogs.map(\.severity) == ["error", "error"])
}
