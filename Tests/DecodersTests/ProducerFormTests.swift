import Decoders
import Model
import Support
import Testing

/// Times as objects and arrays, and times with a zone's name behind the offset; all are of 02:00:00.5 UTC.
private let times = [
  #""2026-11-25T03:00:00.5+01:00[Europe/Berlin]""#,
  #""Wed Nov 25 2026 03:00:00.500 GMT+0100 (Central European Standard Time)""#,
  #"{"date":"2026-11-25 03:00:00.500000","timezone_type":3,"timezone":"Europe\/Berlin"}"#,
  #"{"date":"2026-11-25 03:00:00.500000","timezone_type":1,"timezone":"+01:00"}"#,
  #"{"date":"2026-11-25 03:00:00.500000","timezone_type":2,"timezone":"CET"}"#,
  #"{"$date":"2026-11-25T02:00:00.5Z"}"#, #"{"$date":1795572000500}"#, #"{"$date":{"$numberLong":"1795572000500"}}"#,
  #"{"seconds":1795572000,"nanos":500000000}"#, #"{"epochSecond":1795572000,"nano":500000000}"#,
  "[2026,11,25,2,0,0,500000000]",
]

/// Values under a key for times that are none.
private let noTimes = [
  "[2026,11,25]", "[2026,13,25,2,0]", "[2026,11,25,2,0,0,0,0]", #"["2026","11","25","2","0"]"#, "{}",
  #"{"seconds":"soon"}"#, #"{"$date":{"$date":{"$date":1}}}"#, #"{"seconds":9223372036854775807}"#, "[]",
]

/// Records in the forms of single producers and platforms.
struct ProducerFormTests {
  private func log(_ text: String, member: String = "m") -> [ReadLog] {
    let batch = decode(text + "\n", member: member)
    #expect(batch.isBalanced)
    return batch.readLogs
  }

  @Test("a time of several parts is read", arguments: times)
  func time(_ value: String) {
    #expect(
      log(#"{"datetime":\#(value),"level":"error","message":"none left"}"#) == [
        ReadLog("02:00:00.5", "m", "error", "none left")
      ])
  }

  @Test("what is no time leaves the record without one", arguments: noTimes)
  func noTime(_ value: String) {
    let batch = decode(#"{"datetime":\#(value),"level":"error","message":"none left"}"# + "\n")
    #expect(batch.logs.map(\.time) == [.min])
    #expect(batch.isBalanced)
  }

  @Test("a minute and no second is a time of Jackson's")
  func noSecond() {
    #expect(log(#"{"time":[2026,11,25,2,0],"level":"info","message":"x"}"#).map(\.time) == ["02:00:00"])
  }

  @Test("a recorded exception does not fail a span whose answer tells how it ended")
  func exception() {
    func success(_ status: String, kind: Int, code: Int = 0) -> Bool? {
      let span =
        #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /a","kind":\#(kind),"#
        + #""startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572001000000000","status":{"code":\#(code)},"#
        + #""attributes":[\#(status)],"events":[{"name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}]}]}"#
      let batch = decode(
        #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":["# + span + "]}]}]}\n")
      return batch.spans.first.map { batch.text($0.errorType).isEmpty && $0.status != .error }
    }
    func answer(_ code: Int) -> String {
      #"{"key":"http.response.status_code","value":{"intValue":"\#(code)"}}"#
    }
    #expect(success(answer(200), kind: 2) == true)
    #expect(success(answer(404), kind: 2) == true)
    #expect(success(answer(404), kind: 3) == false)
    #expect(success(answer(503), kind: 2) == false)
    #expect(success("", kind: 2) == false)
    #expect(success(answer(200), kind: 2, code: 2) == false)
    #expect(success(answer(200) + #",{"key":"error.type","value":{"stringValue":"timeout"}}"#, kind: 3) == false)
  }

  @Test("properties that are JSON in a text are read like properties that are an object")
  func properties() {
    let inner =
      #"{\"CsMethod\":\"GET\",\"CsUriStem\":\"/cart/17\",\"TimeTaken\":1500,\"ScStatus\":\"500\",\"CsHost\":\"shop\"}"#
    let head = #"{"time":"2026-11-25T02:00:01.5Z","resourceId":"/SITES/SHOP","level":"Informational","properties":""#
    let span = decode(head + inner + "\"}\n", member: "m").spans.first
    #expect(span?.start == 1_795_572_000_000_000)
    #expect(span?.duration == 1_500_000)
    #expect(span?.httpStatus == 500)
    // What only begins like an object is a text.
    #expect(log(head + #"{\"a\":"}"#).count == 1)
  }

  @Test("events of a container runtime as JSON tell of ends and beginnings")
  func containers() {
    func event(_ action: String, _ extra: String) -> String {
      #"{"status":"\#(action)","Type":"container","Action":"\#(action)","Actor":{"ID":"0af1","Attributes":{\#(extra)"name":"cart"}},"time":1795572000,"timeNano":1795572000500000000}"#
    }
    func kinds(_ line: String) -> [String] {
      let batch = decode(line + "\n", member: "m")
      return batch.events.map { "\($0.kind) \(batch.text($0.component)) \(batch.text($0.subject))" }
    }
    #expect(kinds(event("die", #""exitCode":"137","#)) == ["childCrashed cart ", "childExited cart killed"])
    #expect(kinds(event("die", #""exitCode":"0","#)) == ["childExited cart normal"])
    #expect(kinds(event("start", "")) == ["heartbeat cart "])
    #expect(kinds(event("exec_start: sh", "")) == [])
  }

  @Test("PM2's own log names PM2, its levels, and the ends of its programs")
  func pm2() {
    let batch = decode(
      """
      2026-11-25T02:00:00: PM2 log: App [cart:0] online
      2026-11-25T02:00:01: PM2 log: App [cart:0] exited with code [1] via signal [SIGINT]
      2026-11-25T02:00:02: PM2 error: no such script

      """, member: "m")
    #expect(batch.readLogs.map(\.component) == ["PM2", "PM2", "PM2"])
    #expect(batch.readLogs.map(\.severity) == ["info", "info", "error"])
    #expect(
      batch.events.map { "\($0.kind) \(batch.text($0.component))" } == [
        "heartbeat cart", "childCrashed cart", "childExited cart",
      ])
  }

  @Test("the kernel's memory killer is told from its own words, too")
  func memory() {
    let batch = decode(
      "[Wed Nov 25 02:00:00 2026] eth0: link up\n[Wed Nov 25 02:00:00 2026] EXT4-fs error (device sda1)\n"
        + "[Wed Nov 25 02:00:01 2026] Out of memory: Killed process 999 (java) total-vm:1kB, anon-rss:1kB\n",
      member: "m")
    #expect(batch.events.map { batch.text($0.component) } == ["java", "java"])
  }

  @Test("addresses and places in the source in a column are nobody's name")
  func names() {
    func components(_ line: (Int) -> String) -> Set<String> {
      Set(log((0..<30).map(line).joined(separator: "\n")).map(\.component))
    }
    #expect(components { "2026-11-25 02:00:00 INFO node\($0).example:8080 joined" } == ["m"])
    #expect(components { "2026-11-25 02:00:00 INFO https://x.example/\($0): 200" } == ["m"])
    #expect(components { "2026/11/25 02:00:00 ...ers/web/repo/http.go:\($0):Run() [E] none left" } == ["m"])
  }

  @Test("levels of logr are how verbose a line is")
  func verbosity() {
    func severities(_ levels: [Int]) -> [String] {
      log(
        levels.map { #"{"logger":"cart","ts":"2026-11-25 02:00:00.5","level":\#($0),"msg":"x"}"# }.joined(
          separator: "\n")
      )
      .map(\.severity)
    }
    #expect(severities([0, 0, 1]) == ["info", "info", "debug"])
    #expect(severities([6, 3, 2]) == ["info", "error", "fatal"])
  }

  @Test("tables of log stores name the program by the file that it wrote")
  func sources() {
    let splunk =
      "\"_time\",source,sourcetype,host,\"_raw\"\n"
      + "\"2026-11-25T03:00:00.500+0100\",\"/var/log/cart.log\",log4j,h1,\"2026-11-25 03:00:00,500 ERROR [main] c.e.Cart - none left\"\n"
    #expect(log(splunk).map(\.component) == ["cart"])
    let windows =
      "\"_time\",source,sourcetype,host,\"_raw\"\n\"2026-11-25T02:00:00Z\",\"C:\\logs\\cart.log\",x,h1,\"none left now\"\n"
    #expect(log(windows).map(\.component) == ["cart"])
  }
}
