import Decoders
import Model
import Support
import Testing

/// Times as few producers write them, and those that are a record's only where it has no other.
struct WrittenTimeTests {
  private func times(_ text: String) -> [String] { decode(text).readLogs.map(\.time) }

  @Test(
    "times of records in brackets, with a power of ten, with a month's name behind the year",
    arguments: [
      #""[2026-11-25 02:00:00.500]""#, "1.7955720005e18", "1.7955720005E12", "1.7955720005e+09", "17955720005e8",
      #""2026-Nov-25 02:00:00.500000""#, #""2026/Nov/25 02:00:00.5""#, #""@400000006b06412a1dcd6500""#,
    ])
  func values(value: String) {
    #expect(times(#"{"time":"# + value + #","level":"error","msg":"none left"}"# + "\n") == ["02:00:00.5"])
  }

  @Test("no digit of nanoseconds is lost, and a number that was cut stays none")
  func digits() {
    let exact = decode(#"{"time":1.795572000123457e18,"msg":"none left"}"# + "\n")
    #expect(exact.logs.first?.time == 1_795_572_000_123_457)
    #expect(times(#"{"time":1.79557E+12,"msg":"none left"}"# + "\n") == ["-"])
  }

  @Test("Boost.Log, structlog's documentation, multilog")
  func lines() {
    #expect(
      decode("[2026-Nov-25 02:00:00.500000] [0x00007f1d] [error]   none left\n").readLogs.first?.time == "02:00:00.5")
    #expect(
      decode("2026-11-25 02:00.07 [error    ] none left        order=1\n").readLogs
        == [ReadLog("02:00:07", "m", "error", "none left        order=1")])
    #expect(
      decode("@400000006b06412a1dcd6500 ERROR none left\n").readLogs == [
        ReadLog("02:00:00.5", "m", "error", "none left")
      ])
    // Minutes with a fraction, hosts behind a sign.
    #expect(times("2026-11-25 02:00.5 none left\n").allSatisfy { $0 != "02:00:05" })
    #expect(decode("2026-11-25 02:00:00 ERROR @40000000 left\n").readLogs.first?.time == "02:00:00")
  }

  @Test("a record of OpenTelemetry without a time was seen at some")
  func observed() {
    func record(_ time: String) -> String {
      #"{"Timestamp":"\#(time)","ObservedTimestamp":"2026-11-25T03:00:00.5+01:00","SeverityText":"ERROR","Body":"none left"}"#
        + "\n"
    }
    #expect(times(record("0001-01-01T00:00:00Z")) == ["02:00:00.5"])
    #expect(times(record("1970-01-01T00:00:00Z")) == ["02:00:00.5"])
    #expect(times(record("2026-11-25T01:00:00Z")) == ["01:00:00"])
  }

  @Test(
    "when a record was made is its time where no record of the file's beginning has another",
    arguments: ["created_at", "createdAt", "created_on", "received_at", "generated_at", "epoch"])
  func creation(key: String) {
    func record(_ time: String) -> String { "{\(time)\"level\":\"error\",\"message\":\"none left\"}\n" }
    let made = record(#""\#(key)":1795572000.5,"#)
    #expect(times(made + made) == ["02:00:00.5", "02:00:00.5"])
    #expect(times(record("") + made) == ["-", "02:00:00.5"])
    let other = record(#""time":"2026-11-25T02:00:01Z","#)
    #expect(times(made + other + made) == ["-", "02:00:01", "-"])
    #expect(times(other + made) == ["02:00:01", "-"])
  }

  @Test("when what a record tells of was made or received is less than the time of the layer around it")
  func around() {
    let inner = #"{\"level\":\"error\",\"message\":\"loaf stale\",\"received_at\":\"2019-01-01T00:00:00Z\"}\n"#
    #expect(
      times("{\"log\":\"\(inner)\",\"stream\":\"stdout\",\"time\":\"2026-11-25T02:00:00Z\"}\n") == ["02:00:00"])
    let plain = #"{"level":"error","message":"loaf stale","created_at":"2019-01-01T01:00:00Z"}"#
    #expect(times("2026-11-25T02:00:00Z stdout F \(plain)\n") == ["02:00:00"])
  }

  @Test("when something is to be done is not the time of the record that tells of it")
  func planned() {
    let record = #"{"level":"error","message":"oven will heat","when":"2027-01-01T00:00:00Z"}"# + "\n"
    #expect(times(record + record) == ["-", "-"])
    let pairs = #"at=ERROR msg="oven cold" when=2026-11-25T02:00:00Z logger=oven"# + "\n"
    #expect(times(pairs + pairs) == ["02:00:00", "02:00:00"])
  }

  @Test("what a store received or made has its time where it is a log record by its level")
  func received() {
    for key in ["received_at", "generated_at"] {
      let time = #""\#(key)":"2026-11-24T18:00:00-08:00","message":"none left"}"# + "\n"
      #expect(times(#"{"level":"error","# + time) == ["02:00:00"])
      #expect(times("{" + time) == ["-"])
    }
  }
}
