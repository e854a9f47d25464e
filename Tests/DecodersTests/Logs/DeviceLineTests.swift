import Decoders
import Model
import Testing

/// Devices on the network, hosts of virtual machines, marks in front of texts, and words around levels.
struct DeviceLineTests {
  private func logs(_ lines: String...) -> [ReadLog] { decode(lines.joined(separator: "\n") + "\n").readLogs }

  /// Twenty lines of a form, every fourth an error.
  private func severities(_ line: (Int, Bool) -> String) -> [ReadLog] {
    decode((10..<30).map { line($0, $0 % 4 == 0) }.joined(separator: "\n") + "\n").readLogs
  }

  private func check(_ logs: [ReadLog], component: String? = nil, message: String? = nil) {
    #expect(logs.count == 20)
    #expect(logs.count { $0.severity == "error" } == 5, "\(logs.first ?? ReadLog("", "", "", ""))")
    #expect(logs.count { $0.severity == "info" } == 15)
    if let component { #expect(logs.allSatisfy { $0.component == component }, "\(logs[0])") }
    if let message { #expect(logs.allSatisfy { $0.message.hasSuffix(message) }, "\(logs[0])") }
  }

  @Test(
    "the digit in a code of Cisco's and Arista's is a severity of syslog",
    arguments: [
      "leaf1 Ebra: %LINEPROTO-$-UPDOWN: ", "fw1 %ASA-$-106014: ", "10.0.0.1 123: Nov 25 02:00:00.123: %LINK-$-UPDOWN: ",
      "xr1 456: RP/0/RSP0/CPU0:Nov 25 02:00:00.123 UTC: bgp[1053]: %ROUTING-BGP-$-ADJCHANGE : ",
      "sw1 : 2026 Nov 25 02:00:00 UTC: %ETHPORT-$-IF_DOWN_LINK_FAILURE: ",
    ])
  func codes(_ form: String) {
    check(
      severities { "Nov 25 02:00:\($0) " + form.replacing("$", with: $1 ? "3" : "6") + "link is down" },
      message: "link is down")
  }

  /// That of 2026-11-25, for dates without a year.
  private var night: DecoderSettings {
    var settings = DecoderSettings()
    settings.lastDay = 20_782
    return settings
  }

  @Test(
    "a device's own time counts, whatever mark says that its clock is not set",
    arguments: [
      "<$>7: sw4: *", "<$>7: sw4: .", "<$>000007: sw4: ", "<$>sw4: *", "<$>7: RP/0/0/CPU0:", "<$>*", "7: .", "*",
    ])
  func ownTimes(head: String) {
    let lines = (10..<30).map { ($0, $0 % 4 == 0) }.map {
      head.replacing("$", with: $1 ? "187" : "190") + "Nov 25 02:00:\($0).250: %LINK-\($1 ? 3 : 6)-UPDOWN: link is down"
    }
    let logs = decode(lines.joined(separator: "\n") + "\n", settings: night).readLogs
    check(logs, component: head.contains("sw4") ? "sw4" : head.contains("RP") ? "RP/0/0/CPU0" : "m")
    #expect(logs.map(\.time) == (10..<30).map { "02:00:\($0).25" })
  }

  @Test("the process of a line of IOS XR writes it, and its zone is its time's")
  func processes() {
    let text = """
      <187>9: RP/0/0/CPU0:Nov 25 03:00:10.250 CET: bgp[77]: %ROUTING-BGP-3-ADJCHANGE : neighbor down
      <190>10: RP/0/0/CPU0:Nov 25 03:00:11 UTC: bgp[77]: %ROUTING-BGP-6-ADJCHANGE : neighbor up

      """
    let logs = decode(text, settings: night).readLogs
    #expect(logs.map(\.time) == ["02:00:10.25", "03:00:11"])
    #expect(logs.map(\.component) == ["bgp", "bgp"])
    #expect(logs.map(\.severity) == ["error", "info"])
  }

  @Test("a message without a program behind a facility and a level is nobody's")
  func nameless() {
    let logs = logs(
      "Wed Nov 25 02:00:00 2026 user.notice : loop guard on", "Wed Nov 25 02:00:01 2026 daemon.err netd[7]: no lease",
      "Wed Nov 25 02:00:02 2026 user.err : loop found", "Wed Nov 25 02:00:03 2026 kern.info kernel: up")
    #expect(logs.map(\.component) == ["m", "netd", "m", "kernel"])
    #expect(logs.map(\.severity) == ["info", "error", "error", "info"])
    #expect(logs.map(\.message) == ["loop guard on", "no lease", "loop found", "up"])
    let remote = self.logs(
      "Nov 25 02:00:00 ap3 user.err : loop found", "Nov 25 02:00:01 ap3 daemon.info netd[7]: lease")
    #expect(remote.map(\.message) == ["loop found", "lease"])
    #expect(remote.map(\.severity) == ["error", "info"])
  }

  @Test("the year may stand first, and a percentage is no code")
  func years() {
    check(severities { "2026 Nov 25 02:00:\($0) sw1 %ETHPORT-\($1 ? 3 : 6)-IF_DOWN: link is down" })
    #expect(
      logs("2026-11-25 02:00:01 disk at 97 %USED-3-TIMES today", "2026-11-25 02:00:02 at %A-9-B: x").allSatisfy {
        $0.severity == "unknown"
      })
  }

  @Test("a firewall's pairs are opened behind a relay's header, and behind a bare priority")
  func pairs() {
    check(
      severities {
        #"Nov 25 02:00:\#($0) 10.0.0.1 date=2026-11-25 time=02:00:\#($0) devname="fw1" level="\#($1 ? "error" : "information")" msg="link is down""#
      }, message: "link is down")
    let bare = severities {
      #"<\#($1 ? 187 : 190)>date=2026-11-25 time=02:00:\#($0) devname="fw1" type="event" msg="link is down""#
    }
    check(bare, message: "link is down")
    #expect(bare.first?.time == "02:00:10")
    check(
      severities {
        #"<\#($1 ? 131 : 134)>id=firewall sn=C0E time="2026-11-25 02:00:\#($0)" fw=10.0.0.1 msg="link is down" n=1"#
      },
      message: "link is down")
    #expect(
      logs("Nov 25 02:00:01 worker order=7 failed", "Nov 25 02:00:02 worker order=8 failed").map(\.message).allSatisfy {
        $0.hasSuffix("failed")
      })
  }

  @Test("two letters and a number are the level of VMware's hosts")
  func hosts() {
    check(
      severities { "2026-11-25T02:00:\($0).123Z \($1 ? "Er(179)" : "In(182)") vmkernel: cpu2:2097)Disk: gone" },
      component: "vmkernel")
    check(severities { "2026-11-25T02:00:\($0).123Z \($1 ? "Er(02)" : "In(05)") vmx - disk is gone" }, component: "vmx")
  }

  @Test("the id of a container is a tag, and Apple's level stands behind the process")
  func tags() {
    check(
      severities {
        #"Nov 25 02:00:\#($0) web1 0123456789ab[12]: {"level":"\#($1 ? "error" : "info")","msg":"none left"}"#
      },
      component: "0123456789ab", message: "none left")
    check(severities { "Nov 25 02:00:\($0) mac payd[12] <\($1 ? "Error" : "Notice")>: none left" }, component: "payd")
    check(severities { "Nov 25 02:00:\($0) mac com.apple.x[1] (com.apple.y) <\($1 ? "Error" : "Notice")>: none left" })
  }

  @Test(
    "levels in stars, in brackets with a time or a thread, in front of a slash, and as a letter behind the time",
    arguments: [
      ("25.11.2026 02:00:0# *$* [main] com.acme.Pay none left", "ERROR", "INFO"),
      ("2026-11-25T02:00:0# $[11-25|02:00:00.123] none left", "ERROR", "INFO"),
      ("$[2026-11-25|02:00:0#.123] none left      module=consensus", "E", "I"),
      ("2026-11-25 02:00:0# [Server thread/$]: none left", "ERROR", "INFO"),
      ("[2026-11-25 02:00:0# +0000] $/ApiListener: none left", "critical", "information"),
      ("[2026-11-25 02:00:0#,393] host/$/locust.main: none left", "ERROR", "INFO"),
      ("[2026-11-25 02:00:0#,123 $ 12 12] (raylet) main.cc:1: none left", "E", "I"),
    ])
  func words(_ form: String, _ error: String, _ info: String) {
    let text = (0..<8).map { i in
      form.replacing("#", with: String(i)).replacing("$", with: i == 3 ? error : info)
    }.joined(separator: "\n")
    let read = decode(text + "\n").readLogs
    #expect(read.map { $0.severity == "error" || $0.severity == "fatal" } == (0..<8).map { $0 == 3 }, "\(read)")
    #expect(
      read.allSatisfy { $0.severity != "unknown" && !$0.component.contains("/") && !$0.component.contains("*") },
      "\(read)")
    #expect(Set(read.map(\.time)).count == 8)
  }

  @Test("npm's own words are levels, and its commands are none")
  func npm() {
    func severity(_ text: String) -> String? {
      logs(#"{"timestamp":"2026-11-25T02:00:01Z","message":"\#(text)","ingestionTime":1}"#).first?.severity
    }
    #expect(severity("npm ERR! code ENOENT") == "error")
    #expect(severity("npm warn deprecated x") == "warn")
    #expect(severity("npm notice new version") == "info")
    #expect(severity("npm config is set") == "unknown")
    #expect(severity("npm i is done") == "unknown")
  }

  @Test("functions, places in the source and who asked are no components")
  func names() {
    func component(_ form: String) -> Set<String> {
      Set(
        decode((0..<8).map { form.replacing("#", with: String($0)) }.joined(separator: "\n") + "\n").readLogs.map(
          \.component))
    }
    #expect(component("2026-11-25 02:00:0#,123 INFO  [main] *SYSTEM org.acme.Pay - none left") == ["org.acme.Pay"])
    #expect(component("2026-11-25 02:00:0#.123456: I tensorflow/x/cuda_driver.cc:123] none left") == ["m"])
    #expect(component("INFO 11-25 02:00:0# api_server.py:123] none left") == ["m"])
    #expect(component("2026-11-25T02:00:0#.123+00:00 [info] msg: none_left, mfa: x:y/2(12)") == ["m"])
    #expect(component("2026/11/25 02:00:0# payd[12] main.c:12 at main(): ERROR: none left") == ["payd"])
  }

  @Test("a mark of byte order is no part of a text, at the beginning, in the middle or inside of a layer")
  func marks() {
    for line in [
      "2026-11-25 02:00:01.000 ERROR none left", #"time=2026-11-25T02:00:01Z level=error msg="none left""#,
      #"2026-11-25T02:00:01.000000000Z stderr F {"level":"error","msg":"none left"}"#,
    ] {
      for text in ["\u{FEFF}\(line)", "\u{FEFF}\(line)\n\(line)", "\(line)\n\u{FEFF}\(line)"] {
        #expect(Set(decode(text + "\n").readLogs.map(\.description)) == ["(02:00:01, m, error, none left)"], "\(text)")
      }
    }
    let inner =
      #"{"log":"\#u{FEFF}2026-11-25 02:00:01 ERROR none left\n","stream":"stdout","time":"2026-11-25T02:00:01Z"}"#
    #expect(logs(inner, inner).map(\.severity) == ["error", "error"])
  }

  @Test(
    "a zone between a time and its year counts",
    arguments: [
      ("CET", "01:00:01"), ("+01", "01:00:01"), ("-0330", "05:30:01"), ("+05:30", "20:30:01"),
      ("GMT+02:00", "00:00:01"),
      ("UTC", "02:00:01"), ("IST", "02:00:01"),
    ])
  func zones(_ zone: String, _ time: String) {
    let read = logs(
      "Wed Nov 25 02:00:01 \(zone) 2026 ERROR none left", "Wed Nov 25 02:00:01 \(zone) 2026 INFO all sold")
    #expect(
      read.map { String($0.time.suffix(8)) } == [time, time] || read.allSatisfy { $0.time.contains(time) }, "\(read)")
    #expect(read.map(\.message) == ["none left", "all sold"])
  }

  @Test("a level and a number behind a time are no zone and no year")
  func noYears() {
    let read = logs(
      "Nov 25 02:00:01 ERROR 5003 connections refused", "Nov 25 02:00:02 INFO 2048 bytes flushed",
      "Nov 25 02:00:03 INFO 2026 orders", "Nov 25 02:00:04 ERROR 1999 orders lost")
    #expect(read.map(\.severity) == ["error", "info", "info", "error"], "\(read)")
    #expect(
      !read.contains { $0.time.hasPrefix("5003") || $0.time.hasPrefix("2048") || $0.time.hasPrefix("1999") }, "\(read)")
  }

  @Test("what resembles a level in a bracket, behind a percentage or behind npm's name is none")
  func resemblance() {
    let read = logs(
      "2026-11-25 02:00:01 [GET /INFO] failed to serve one", "2026-11-25 02:00:02 disk at 90 %SDA-0-FULL: watch",
      "2026-11-25 02:00:03 npm error budget is fine", "[2026-11-25 02:00:04,123 C 4] mounted two")
    #expect(read.map(\.severity) == ["unknown", "unknown", "unknown", "unknown"], "\(read)")
  }

  @Test("a firewall's own zone counts")
  func fortinetZone() {
    let line = #"date=2026-11-25 time=03:00:05 devname="fw1" tz="+0100" level="error" msg="link is down""#
    #expect(logs(line, line).map(\.time) == ["02:00:05", "02:00:05"])
  }

  @Test("a log that is indented as a whole is a record a line in a layer, too")
  func indented() {
    let lines = (0..<8).map { i in
      #"{"log":"    2026/11/25 02:00:0\#(i) [\#(i == 3 ? "ERR" : "INFO")] agent: none left\n","stream":"stdout","time":"2026-11-25T02:00:0\#(i)Z"}"#
    }
    let read = decode(lines.joined(separator: "\n") + "\n").readLogs
    #expect(read.count == 8)
    #expect(read.count { $0.severity == "error" } == 1)
  }
}
