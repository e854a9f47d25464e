// Which column of a table holds which field of a record: from a rule, or from column names that everybody uses.

internal import Model

/// The columns of one table by what they hold; -1 where there is none.
struct TableMapping {
  var kind: FormatRule.Kind
  var trace = -1
  var span = -1
  var parent = -1
  var component = -1
  var operation = -1
  var spanKind = -1
  var status = -1
  var error = -1
  var statusMessage = -1
  var httpStatus = -1
  var grpcStatus = -1
  var peer = -1
  var start = -1
  var startUnit = FieldText.Unit.inferred
  var end = -1
  var endUnit = FieldText.Unit.inferred
  var duration = -1
  var durationUnit = FieldText.Unit.microseconds
  var time = -1
  /// The day of a time that stands in a column of its own.
  var date = -1
  var timeUnit = FieldText.Unit.inferred
  var severity = -1
  /// Levels as numbers of a scale that the column's name tells, beside a column of words or alone.
  var levelNumber = -1
  var levelScale = LevelScale.otlp
  var message = -1
  /// Further columns of messages: an entry has its text in one of them (Cloud Logging, "Download logs": `textPayload`,
  /// `jsonPayload.message`).
  var otherMessages: [Int] = []
  /// Labels of the line, as JSON (Grafana's download of logs).
  var labels = -1
  var metric = -1
  var value = -1
  /// What is counted and which of them, beside the counter's name: Windows' performance counters (Azure's table Perf).
  var counted = (object: -1, instance: -1)
  /// The pod of a row that names its container.
  var pod = -1
  /// A table as the collector's exporter for ClickHouse creates it.
  var isClickHouse = false
  /// The span's tags, its process and its references, each of several parts.
  var tags = -1
  var process = -1
  var references = -1
  /// Ids of spans are decimal numbers: ClickHouse's system.opentelemetry_span_log, which alone has a `finish_time_us`; Jaeger's table in
  /// Cassandra.
  var hasDecimalIDs = false
  /// A table of Application Insights: numeric levels are its own, durations milliseconds.
  var isInsights = false
  /// Whether the levels are statuses, of which `ok` is one (Datadog, "Log status").
  var levelIsStatus = false
  /// The scale of numbers in the column of levels, where its name tells.
  var numberScale: LevelScale?
  /// Every row is a request that was served (Elastic APM's transactions).
  var isOfRequests = false
  /// Kibana shows and saves Elastic APM's microseconds with commas between thousands.
  var durationIsGrouped = false
  /// Whether it went well, where that is said and not its contrary.
  var success = -1
  /// How many a row stands for, or the share that was kept.
  var sampleRate = -1
  /// Value columns of a wide metric table, with their names.
  var values: [(column: Int, name: String)] = []

  init(kind: FormatRule.Kind) { self.kind = kind }

  /// What the mapping lacks to give records, nil where it is enough.
  var missing: String? {
    switch kind {
    case .spans:
      if trace < 0 { return "trace" }
      if span < 0 { return "span" }
      return start < 0 && (end < 0 || duration < 0) ? "start" : nil
    case .logs: return message < 0 ? "message" : nil
    case .metrics:
      if time < 0 { return "time" }
      return value < 0 && values.isEmpty ? "value" : nil
    }
  }

  /// The mapping that a rule gives over a header; `absent` names the columns that the header lacks.
  init(rule: FormatRule, header: [String], absent: inout [String]) {
    self.init(kind: rule.records)
    for (field, name) in rule.table.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      guard let column = header.firstIndex(of: name) else {
        absent.append(name)
        continue
      }
      set(field, column, name: name)
    }
    if rule.values == ["*"] {
      takeValues(header, except: Set(rule.table.values))
    } else {
      for name in rule.values {
        if let column = header.firstIndex(of: name) {
          values.append((column, name))
        } else {
          absent.append(name)
        }
      }
    }
  }

  /// The mapping that the column names tell by themselves, nil where they tell of no record.
  init?(inferredFrom header: [String]) {
    guard header.count >= 2, header.count <= 4096 else { return nil }
    let names = Self.english(header.map(Self.normal))
    guard Set(names).count == names.count || names.count > 8 else { return nil }
    func find(_ options: [String]) -> Int { Self.column(options, in: names) }
    let insights = find(["operationid"])
    let trace = insights >= 0 ? insights : find(["traceid", "tracetraceid", "trace"])
    var span = insights >= 0 ? find(["id"]) : find(["spanid", "tracespanid", "span"])
    // Elastic APM's transactions, as Kibana's Discover saves them: each is the span of its own id.
    let isOfTransactions = span < 0 && find(["transactiondurationus"]) >= 0
    if isOfTransactions { span = find(["transactionid"]) }
    var component = Self.component(in: names)
    let start = find(Self.starts)
    let time = find(Self.times)
    var message = Self.message(in: names)
    // Event Viewer's export has a column for the message that its header does not name.
    if message < 0, names == ["level", "dateandtime", "source", "eventid", "taskcategory"] { message = names.count }
    // Azure's tables Perf and AzureMetrics; elsewhere such a column is one of several.
    let isAzures = names.contains("countername") || names.contains("metricname")
    let value = find(["value", "metricvalue", "val"] + (isAzures ? ["countervalue", "average"] : []))
    let metric = find(["metric", "metricname", "kpiname", "kpi", "name", "countername"])
    if trace >= 0, span >= 0, start >= 0, message < 0 {
      self.init(kind: .spans)
      set(.start, start, name: header[start])
      takeSpanColumns(header, names)
      if insights >= 0 { takeInsights(names) } else if component < 0 { takeJaeger(names) }
      isOfRequests = isOfTransactions
    } else if message >= 0, time >= 0 {
      self.init(kind: .logs)
      set(.time, time, name: header[time])
      self.message = message
      otherMessages = Self.messages(in: names, except: [message, component])
      takeLevels(names)
      labels = find(["labels"])
      date = Self.date(of: time, in: names)
      component = container(component, names)
    } else if time >= 0, value >= 0, metric >= 0 {
      self.init(kind: .metrics)
      set(.time, time, name: header[time])
      self.metric = metric
      self.value = value
      date = Self.date(of: time, in: names)
      if names[metric] == "countername" { counted = (find(["objectname"]), find(["instancename"])) }
    } else if trace < 0 || span < 0, RequestTable(header) != nil {
      return nil
    } else if time >= 0, component >= 0, trace < 0, span < 0 {
      self.init(kind: .metrics)
      set(.time, time, name: header[time])
      self.component = component
      date = Self.date(of: time, in: names)
      let others = Set(["timeunixnano", "timestamp", "time", "datetime", "date", "ts"])
      takeValues(
        header, except: Set(zip(header, names).filter { others.contains($0.1) }.map(\.0) + [header[component]]))
      if values.isEmpty { return nil }
    } else {
      return nil
    }
    self.trace = trace
    self.span = span
    if component >= 0 { self.component = component }
  }

  /// The columns of a span beside its identity and start.
  private mutating func takeSpanColumns(_ header: [String], _ names: [String]) {
    func find(_ options: [String]) -> Int { Self.column(options, in: names) }
    let end = find([
      "endtimeunixnano", "endtimens", "endtimemicros", "endtimeus", "endtimemillis", "endtimems", "endtime", "end",
      "finishedat", "timestampend", "endtimestamp", "finishtimeus",
    ])
    if end >= 0 {
      set(.end, end, name: header[end])
      hasDecimalIDs = names[end] == "finishtimeus"
    }
    let duration = find([
      "durationnano", "durationnanos", "durationns", "durationinnanos", "durationus", "durationmicros", "durationms",
      "spandurationus", "transactiondurationus", "duration", "elapsed", "elapsedtime", "latency",
    ])
    if duration >= 0 {
      set(.duration, duration, name: header[duration])
      durationIsGrouped = names[duration] == "transactiondurationus" || names[duration] == "spandurationus"
      // Without a unit in its name the calls of the file or each row decide; where they do not, the collector's table for ClickHouse
      // holds nanoseconds. Its columns are told by their letters: `span_name` and `service_name` are anybody's.
      if Self.unit(.duration, .duration, header[duration]) == nil {
        durationUnit = .inferred
        isClickHouse = Set(["SpanName", "ServiceName", "SpanKind", "Duration"]).isSubset(of: header)
      }
    }
    statusMessage = find(["statusmessage", "statusdescription"])
    parent = find(["parentid", "parentspanid", "traceparentid", "spanparentid", "parentspan", "parent"])
    operation = find([
      "operationname", "operation", "spanname", "transactionname", "name", "methodname", "method", "endpoint", "url",
    ])
    spanKind = find(["kind", "spankind", "kindstring", "spankindstring"])
    status = find(["statuscode", "spanstatuscode", "eventoutcome", "status", "result"])
    error = find(["haserror", "iserror", "isfailed", "requestisfailed", "error", "errormessage", "exception"])
    httpStatus = find(["responsestatuscode", "httpresponsestatuscode", "httpstatuscode", "httpstatus"])
    peer = find(["peer", "peerservice"])
    sampleRate = find(["samplerate", "itemcount"])
    tags = find(["tags", "spanattributes", "attributes", "attribute"])
  }

  /// Requests and dependencies of Application Insights ("requests", "dependencies", AppRequests, AppDependencies).
  private mutating func takeInsights(_ names: [String]) {
    isInsights = true
    success = Self.column(["success"], in: names)
    if parent < 0 { parent = Self.column(["operationparentid"], in: names) }
    status = Self.column(["resultcode"], in: names)
    spanKind = Self.column(["itemtype", "type"], in: names)
    operation = Self.column(["name", "operationname"], in: names)
    peer = Self.column(["target"], in: names)
    if duration >= 0 { durationUnit = .milliseconds }
  }

  /// The delimiter under which a line is a header that tells of records, nil where it is none.
  static func inferredDelimiter(_ line: Span<UInt8>) -> UInt8? {
    guard line.count <= 64 << 10 else { return nil }
    for delimiter: UInt8 in [0x2C, 0x09, 0x3B, 0x7C] {
      let names = DelimitedRow.headerNames(line, delimiter: delimiter)
      if TableMapping(inferredFrom: names) != nil || RequestTable(names) != nil { return delimiter }
      if delimiter == 0x2C || delimiter == 0x09, HeaderlessTable.header(of: names) != nil { return delimiter }
      if delimiter == 0x2C, HeaderlessTable.begins(DelimitedRow.headerNames(line, delimiter: delimiter, isCut: true)) {
        return delimiter
      }
    }
    return nil
  }

  private mutating func takeValues(_ header: [String], except mapped: Set<String>) {
    for (column, name) in header.enumerated() where !mapped.contains(name) && !name.isEmpty {
      values.append((column, name))
    }
  }

  private mutating func set(_ field: FormatRule.Field, _ column: Int, name: String) {
    switch field {
    case .trace: trace = column
    case .span: span = column
    case .parent: parent = column
    case .component: component = column
    case .operation: operation = column
    case .kind: spanKind = column
    case .status: status = column
    case .error: error = column
    case .httpStatus: httpStatus = column
    case .grpcStatus: grpcStatus = column
    case .peer: peer = column
    case .start, .startS, .startMs, .startUs, .startNs:
      start = column
      startUnit = Self.unit(field, .start, name) ?? .inferred
    case .end, .endS, .endMs, .endUs, .endNs:
      end = column
      endUnit = Self.unit(field, .end, name) ?? .inferred
    case .duration, .durationS, .durationMs, .durationUs, .durationNs:
      duration = column
      durationUnit = Self.unit(field, .duration, name) ?? .microseconds
    case .time, .timeS, .timeMs, .timeUs, .timeNs:
      time = column
      timeUnit = Self.unit(field, .time, name) ?? .inferred
    case .severity: severity = column
    case .message: message = column
    case .metric: metric = column
    case .value: value = column
    case .values: values.append((column, name))
    }
  }

  /// The unit that a field's own name says, else the one that the end of the column's name says.
  static func unit(_ field: FormatRule.Field, _ bare: FormatRule.Field, _ column: String) -> FieldText.Unit? {
    switch field.rawValue.dropFirst(bare.rawValue.count) {
    case "S": return .seconds
    case "Ms": return .milliseconds
    case "Us": return .microseconds
    case "Ns": return .nanoseconds
    default: break
    }
    let name = column.lowercased()
    for (unit, endings) in [
      (FieldText.Unit.nanoseconds, ["nano", "nanos", "nanoseconds", "_ns", ".ns", "(ns)"]),
      (.microseconds, ["micro", "micros", "microseconds", "_us", ".us", "(us)", "(µs)"]),
      (.milliseconds, ["milli", "millis", "milliseconds", "_ms", ".ms", "(ms)"]),
      (.seconds, ["_s", "(s)", "_sec", "seconds"]),
    ] where endings.contains(where: name.hasSuffix) {
      return unit
    }
    if column.hasSuffix("Ns") { return .nanoseconds }
    if column.hasSuffix("Us") { return .microseconds }
    return column.hasSuffix("Ms") ? .milliseconds : nil
  }

  /// A column name in lower case without anything but letters and digits.
  static func normal(_ name: String) -> String {
    var name = name[...]
    // `timestamp [UTC]`: Azure's portal names the zone.
    if name.hasSuffix("]"), let open = name.lastIndex(of: "[") { name = name[..<open] }
    return String(
      decoding: name.lowercased().utf8.filter { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) },
      as: UTF8.self)
  }
}
