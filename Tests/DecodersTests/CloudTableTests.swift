import Decoders
import Model
import Support
import Testing

/// Tables of Azure's Log Analytics saved as CSV, and tables whose day and time stand in two columns.
struct CloudTableTests {
  private func logs(_ header: String, _ rows: String...) -> [ReadLog] {
    decode(([header] + rows).joined(separator: "\n") + "\n", member: "t.csv").readLogs
  }

  private let time = #""11/25/2026, 2:00:00.500 AM""#

  @Test("events of Windows are the provider's")
  func events() {
    let header =
      #""TimeGenerated [UTC]",Source,EventLog,Computer,EventLevel,EventLevelName,EventID,RenderedDescription"#
    #expect(
      logs(header, "\(time),Print,System,N,2,Warning,7,paper low", "\(time),Print,System,N,1,,8,paper out") == [
        ReadLog("02:00:00.5", "Print", "warn", "paper low"), ReadLog("02:00:00.5", "Print", "fatal", "paper out"),
      ])
  }

  @Test("messages of syslog are the process's")
  func syslog() {
    let header = #""TimeGenerated [UTC]",Computer,Facility,HostName,SeverityLevel,SyslogMessage,ProcessID,ProcessName"#
    #expect(
      logs(header, "\(time),N,daemon,n,crit,disk full,7,stored") == [
        ReadLog("02:00:00.5", "stored", "fatal", "disk full")
      ])
  }

  @Test("exceptions have their message in the outer one, or in the inner one")
  func exceptions() {
    let header = #""TimeGenerated [UTC]",ExceptionType,OuterMessage,InnermostMessage,SeverityLevel,AppRoleName"#
    #expect(
      logs(header, "\(time),X,no card,,3,till", "\(time),X,,no net,4,till") == [
        ReadLog("02:00:00.5", "till", "error", "no card"), ReadLog("02:00:00.5", "till", "fatal", "no net"),
      ])
  }

  @Test(
    "a container is the program, but for a proxy beside it",
    arguments: ["ContainerName,PodName", "PodName,ContainerName"])
  func containers(columns: String) {
    let isPodFirst = columns.hasPrefix("Pod")
    func pair(_ container: String, _ pod: String) -> String {
      isPodFirst ? "\(pod),\(container)" : "\(container),\(pod)"
    }
    #expect(
      logs(
        #""TimeGenerated [UTC]",\#(columns),LogMessage,LogSource,LogLevel"#,
        "\(time),\(pair("till", "shop-5b7c6d8f9-abcde")),ERROR none left,stdout,",
        "\(time),\(pair("istio-proxy", "shop-5b7c6d8f9-abcde")),ready,stdout,"
      ).map(\.component) == ["till", "shop"])
  }

  @Test("containers that tell no program from another leave it to the pod", arguments: ["app", "Server", "runner"])
  func generalContainers(container: String) {
    #expect(
      logs(
        "timestamp,pod,container,level,message", "\(time),till-7d9f8b6c5-abcde,\(container),error,a",
        "\(time),stock-7d9f8b6c5-abcde,\(container),error,b"
      ).map(\.component) == ["till", "stock"])
  }

  @Test("an average is one column of several, but beside a metric's name of Azure's")
  func averages() {
    func metrics(_ text: String) -> [String] {
      let batch = decode(text)
      return batch.metrics.map { batch.text($0.metric) }
    }
    #expect(
      metrics("timestamp,host,name,average,maximum\n2026-11-25T02:00:00Z,n,cpu,1.5,9\n") == ["average", "maximum"])
    #expect(metrics("TimeGenerated,Resource,MetricName,Average\n2026-11-25T02:00:00Z,n,cpu,1.5\n") == ["cpu"])
  }

  @Test("containers' lines in Azure's older tables, and the cluster's events")
  func older() {
    let head = #""TimeGenerated [UTC]","#
    #expect(
      logs(head + "ContainerAppName_s,ContainerName_s,Log_s,Stream_s", "\(time),shop,till,ERROR none left,stderr") == [
        ReadLog("02:00:00.5", "till", "error", "none left")
      ])
    #expect(
      logs(head + "Computer,ContainerID,Name,LogEntrySource,LogEntry", "\(time),n,c0,till,stdout,ERROR none left") == [
        ReadLog("02:00:00.5", "till", "error", "none left")
      ])
    #expect(
      logs(
        head + "Computer,ClusterName,ObjectKind,Name,KubeEventType,Reason,Message",
        "\(time),n,c,Pod,till,Warning,BackOff,again") == [
          ReadLog("02:00:00.5", "till", "warn", "again")
        ])
  }

  @Test("counters are told apart by their object and instance, and numbers that are none are noted")
  func counters() {
    let batch = decode(
      #""TimeGenerated [UTC]",Computer,ObjectName,CounterName,InstanceName,CounterValue"#
        + "\n\(time),N,LogicalDisk,% Free Space,C:,12.5\n\(time),N,LogicalDisk,% Free Space,D:,NaN\n")
    #expect(batch.metrics.map { batch.text($0.metric) } == [#"LogicalDisk(C:)\% Free Space"#])
    #expect(batch.metrics.map { batch.text($0.component) } == ["N"])
  }

  @Test("a day and a time in two columns are one time")
  func twoColumns() {
    #expect(
      logs("Date,Time,Level,Message", "2026-11-25,02:00:00.5,INFO,a", "2026-11-25,02:00:01,ERROR,b") == [
        ReadLog("02:00:00.5", "t", "info", "a"), ReadLog("02:00:01", "t", "error", "b"),
      ])
    #expect(
      logs("Time,Date,Level,Message", "2:00:00 AM,11/25/2026,INFO,a", "2:00:01 PM,11/25/2026,WARN,b").map(\.time) == [
        "02:00:00", "14:00:01",
      ])
    // A time that names its day needs no other.
    #expect(logs("Date,Time,Message", "2026-11-24,2026-11-25 02:00:00,a").map(\.time) == ["02:00:00"])
    #expect(decode("Time,Level,Message\n02:00:00,INFO,a\n").codes.contains("noTime"))
  }

  @Test("Datadog's export calls what went well ok")
  func statuses() {
    let rows = logs(
      "Date,Host,Service,Status,Message", "2026-11-25T02:00:00Z,n,till,ok,a", "2026-11-25T02:00:01Z,n,till,critical,b")
    #expect(rows.map(\.severity) == ["info", "fatal"])
  }
}
