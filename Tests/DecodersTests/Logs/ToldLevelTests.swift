import Decoders
import Model
import Testing

/// One line of a producer, and what it says.
private let lines: [(String, ReadLog)] = [
  // Monitoring servers: the state is the level.
  (
    "[1795572001] SERVICE ALERT: h1;HTTP;OK;SOFT;2;HTTP OK: 200",
    ReadLog("02:00:01", "m", "info", "SERVICE ALERT: h1;HTTP;OK;SOFT;2;HTTP OK: 200")
  ),
  (
    "[1795572001] HOST ALERT: h1;DOWN;HARD;1;CRITICAL - unreachable",
    ReadLog("02:00:01", "m", "error", "HOST ALERT: h1;DOWN;HARD;1;CRITICAL - unreachable")
  ),
  (
    "2026-11-25T02:00:01Z h9 naemon: SERVICE NOTIFICATION: ann;h1;HTTP;WARNING;mail;slow",
    ReadLog("02:00:01", "naemon", "warn", "SERVICE NOTIFICATION: ann;h1;HTTP;WARNING;mail;slow")
  ),
  // Events in CEF and LEEF.
  (
    #"2026-11-25T02:00:01Z h1 CEF:0|Acme|Wall|1.0|alert|a \| b|High|src=10.0.0.9"#,
    ReadLog("02:00:01", "m", "error", #"CEF:0|Acme|Wall|1.0|alert|a \| b|High|src=10.0.0.9"#)
  ),
  (
    "2026-11-25T02:00:01Z h1 LEEF:1.0|Acme|Wall|1.0|fatal|src=10.0.0.9",
    ReadLog("02:00:01", "m", "unknown", "LEEF:1.0|Acme|Wall|1.0|fatal|src=10.0.0.9")
  ),
  // Codes with slashes, rows and pairs of devices.
  (
    "Nov 25 2026 03:00:01+01:00 sw1 %%01OSPF/3/NBR_DOWN(l)[15]:gone",
    ReadLog("02:00:01", "m", "error", "%%01OSPF/3/NBR_DOWN(l)[15]:gone")
  ),
  (
    "%Nov 25 02:00:01:500 2026 sw1 IFNET/4/PHY_UPDOWN: port is down",
    ReadLog("02:00:01.5", "m", "warn", "IFNET/4/PHY_UPDOWN: port is down")
  ),
  (
    #"device_name="XG" date=2026-11-25 time=03:00:01 timezone="CET" priority=Critical message="port is down""#,
    ReadLog("02:00:01", "m", "fatal", "port is down")
  ),
  // Marks and letters.
  ("2026-11-25 02:00:01 - ! [298] none left", ReadLog("02:00:01", "m", "error", "[298] none left")),
  ("Bridge2MQTT:warn  2026-11-25 02:00:01: none left", ReadLog("02:00:01", "Bridge2MQTT", "warn", "none left")),
  (
    "[2026-11-25 02:00:01.500000 +0000] C [MSGID: 1] [x.c:1:y] 0-z: none left",
    ReadLog("02:00:01.5", "m", "fatal", "0-z: none left")
  ),
  (
    "[2026-11-25 02:00:01.500000] A [x.c:12:y] 0-z: none left",
    ReadLog("02:00:01.5", "m", "fatal", "0-z: none left")
  ),
  ("2026-11-25 02:00:01 [Error#stock] none left", ReadLog("02:00:01", "m", "error", "none left")),
  ("[2026-11-25T02:00:01.500] debug3: none left", ReadLog("02:00:01.5", "m", "debug", "none left")),
  (
    "2026-11-25 02:00:01 system,error,critical login failed",
    ReadLog("02:00:01", "m", "error", "system,error,critical login failed")
  ),
  // Dates.
  ("nov/25/2026 02:00:01 ERROR none left", ReadLog("02:00:01", "m", "error", "none left")),
  ("25-NOV-26 02:00:01 ERROR none left", ReadLog("02:00:01", "m", "error", "none left")),
  ("2026年11月25日 02:00:01 ERROR none left", ReadLog("02:00:01", "m", "error", "none left")),
  ("2026-11-25t02:00:01.500z ERROR none left", ReadLog("02:00:01.5", "m", "error", "none left")),
  ("Wednesday, 25-Nov-26 02:00:01 GMT ERROR none left", ReadLog("02:00:01", "m", "error", "none left")),
  // Zones by their long names; the epoch beside a local time.
  ("2026-11-24 18:00:01 Pacific Standard Time ERROR none left", ReadLog("02:00:01", "m", "error", "none left")),
  (
    "####<Nov 25, 2026, 9:00:01,500 AM Nowhere Summer Time> <Error> <HTTP> <h1> <s> <t> <u> <> <> <1795572001500> <BEA-1> <none left>",
    ReadLog("02:00:01.5", "HTTP", "error", "none left")
  ),
]

struct ToldLevelTests {
  @Test("levels and times are what the producer says", arguments: lines)
  func told(line: String, expected: ReadLog) {
    let text = line + "\n"
    #expect(decode(text + text + text + text).readLogs == Array(repeating: expected, count: 4))
  }

  @Test("words of sentences are no levels", arguments: ["Config loaded from /etc/x", "Failure to bind is fine"])
  func sentences(message: String) {
    let text = ["Error: none left", "Warning: few left", message].map { "2026-11-25T02:00:01: \($0)\n" }.joined()
    #expect(decode(text).readLogs.last?.message == message)
    #expect(decode(text).readLogs.last?.severity == "unknown")
  }

  @Test("a record of Kubernetes' without a verbosity is an error, and so is an exception by itself")
  func impliedLevels() {
    let read = decode(
      """
      {"ts":1795572001000.5,"caller":"a/b.go:7","msg":"started","v":0}
      {"ts":1795572002000.5,"caller":"a/b.go:8","msg":"none left","err":"gone"}
      {"ts":1795572003.5,"caller":"a/b.go:8","msg":"of another logger"}
      {"name":"TypeError","message":"x is no function","timestamp":1795572004000}

      """
    ).readLogs
    #expect(read.map(\.severity) == ["info", "error", "unknown", "error"])
    #expect(read.map(\.component) == ["m", "m", "m", "m"])
  }
}
