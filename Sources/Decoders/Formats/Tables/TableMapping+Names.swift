// The names of columns by which tables tell what their rows are.

internal import Model

extension TableMapping {
  static let starts = [
    "starttimeunixnano", "starttimens", "starttimemicros", "starttimeus", "starttimemillis", "starttimems",
    "starttime", "start", "startedat", "begintime", "timestamp", "time", "timegenerated",
  ]

  static let times = [
    "timeunixnano", "tsns", "logtime", "timestampns", "timestampus", "timestampms", "timestamp", "time", "datetime",
    "date", "ts", "generatedat", "messagetime", "eventtime", "timecreated", "dateandtime", "timegenerated",
    "asctime",
  ]

  static let messages = [
    "message", "msg", "log", "body", "content", "text", "logmessage", "textpayload", "jsonpayloadmessage",
    "jsonpayloadmsg", "eventmessage", "line", "raw", "syslogmessage", "rendereddescription", "outermessage",
    "innermostmessage", "resultdescription", "logentry",
  ]

  /// The first column that has one of some names, -1 where none has; the names' order is theirs of preference.
  static func column(_ options: [String], in names: [String]) -> Int {
    for option in options { if let column = names.firstIndex(of: option) { return column } }
    return -1
  }

  /// Columns of levels whose numbers are of one producer's scale, where its words are anybody's.
  static let numberScales: [String: LevelScale] = ["severitylevel": .insights, "entrytype": .eventLog]

  /// Columns that hold numbers of one producer's scale: OpenTelemetry's logs data model ("SeverityNumber"), Python's `levelno`, the
  /// logstash encoder's `level_value`, the syslog codes of ECS.
  static let levelNumbers: [(names: [String], scale: LevelScale)] = [
    (["severitynumber", "severitynum"], .otlp), (["levelno"], .python), (["levelvalue"], .logback),
    (["logsyslogseveritycode", "syslogseverity", "syslogseveritycode"], .syslog), (["eventlevel"], .windows),
  ]

  /// Names of columns that are of use only where the first one is empty.
  static let otherMessages = [
    "message", "msg", "body", "textpayload", "jsonpayloadmessage", "jsonpayloadmsg", "protopayloadstatusmessage",
    "protopayloadmethodname", "outermessage", "innermostmessage",
  ]

  static func messages(in names: [String], except taken: [Int]) -> [Int] {
    otherMessages.compactMap { names.firstIndex(of: $0) }.filter { !taken.contains($0) }
  }

  /// The columns of words and of numbers that tell how grave a row is.
  mutating func takeLevels(_ names: [String]) {
    severity = Self.column(
      [
        "severity", "leveldisplayname", "eventlevelname", "level", "loglevel", "severitytext", "levelname",
        "errorseverity", "severitylevel", "entrytype", "kubeeventtype", "status",
      ], in: names)
    if severity >= 0 {
      numberScale = Self.numberScales[names[severity]]
      levelIsStatus = names[severity] == "status"
    }
    for (options, scale) in Self.levelNumbers where levelNumber < 0 {
      (levelNumber, levelScale) = (Self.column(options, in: names), scale)
    }
  }

  /// The columns of Event Viewer's export in English where they are named in another language.
  static func english(_ names: [String]) -> [String] {
    guard names.count == 5, eventViewer.contains(names) else { return names }
    return ["level", "dateandtime", "source", "eventid", "taskcategory"]
  }

  /// German, French, Spanish, Italian; only letters of ASCII count.
  static let eventViewer = [
    ["ebene", "datumunduhrzeit", "quelle", "ereignisid", "aufgabenkategorie"],
    ["niveau", "dateetheure", "source", "iddelvnement", "catgoriedelatche"],
    ["nivel", "fechayhora", "origen", "iddelevento", "categoradelatarea"],
    ["livello", "dataeora", "origine", "idevento", "categoriaattivit"],
  ]

  /// The column that names who wrote a row of Azure's Syslog, ContainerLog, ContainerAppConsoleLogs_CL and KubeEvents: elsewhere such
  /// names are anybody's.
  private static func azures(in names: [String]) -> Int? {
    guard names.contains("timegenerated") else { return nil }
    for (mark, name) in [
      ("syslogmessage", "processname"), ("logentry", "name"), ("logs", "containernames"), ("kubeeventtype", "name"),
    ] where names.contains(mark) {
      let found = column([name], in: names)
      if found >= 0 { return found }
    }
    return nil
  }

  /// The column of messages; `Log_s`, which Azure's container apps have, is one only beside their container's name.
  static func message(in names: [String]) -> Int {
    let found = column(messages, in: names)
    return found < 0 && names.contains("containernames") ? column(["logs"], in: names) : found
  }

  /// The column that names who wrote a row.
  static func component(in names: [String]) -> Int {
    // Splunk's `host` is the machine; the program is told by where it logs.
    let isSplunk = Set(["source", "sourcetype", "raw"]).isSubset(of: names)
    // Logs Insights' `@log` is the account and the group; its message has a column of its own.
    if Set(["message", "logstream", "log"]).isSubset(of: names) { return column(["log"], in: names) }
    if let own = azures(in: names) { return own }
    // PowerShell's Get-EventLog: the column `Container` is .NET's, and always empty.
    if Set(["entrytype", "source", "timewritten"]).isSubset(of: names) { return column(["source"], in: names) }
    // The machine of a table of Azure's agents: Event, Syslog, Perf, InsightsMetrics.
    let isAzures =
      names.contains("timegenerated")
      && !Set(["syslogmessage", "rendereddescription", "countername", "val"]).isDisjoint(with: names)
    return column(
      [
        isSplunk ? "source" : "service", "servicename", "resourcestringservicename", "cloudrolename", "approlename",
        "component", "podname", "pod", "app", "application", "cmdbid", "microservice", "program", "container",
        "containername", "kubernetescontainername", "resourcelabelscontainername", "resourcelabelsservicename",
        "resourcelabelsfunctionname", "resourcelabelsmoduleid", "resourcelabelsjobname", "syslogidentifier",
        "providername", "sourcename", "loggername", "host", "hostname", "instance", "node", "logger", "source",
        isAzures ? "computer" : "source",
      ], in: names)
  }

  /// The column of the day that a column of times of the day needs, as W3C's logs and spreadsheets have them; -1 where there is none.
  static func date(of time: Int, in names: [String]) -> Int {
    switch names[time] {
    case "time", "timeofday": column(["date", "day"], in: names)
    case "logtime": column(["logdate"], in: names)
    case "eventtime": column(["eventdate"], in: names)
    default: -1
    }
  }

  /// The column that names the program of a row of logs: a container before the pod that it runs in, which is remembered.
  mutating func container(_ component: Int, _ names: [String]) -> Int {
    let container = Self.column(["containername", "container", "kubernetescontainername"], in: names)
    pod = Self.column(["podname", "pod"], in: names)
    return container >= 0 && component == pod ? container : component
  }
}
