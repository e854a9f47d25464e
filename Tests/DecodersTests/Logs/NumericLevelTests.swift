// Which scale the numbers of a stream are of.

import Decoders
import Model
import Support
import Testing

struct NumericLevelTests {
  private func severities(_ levels: [Int], key: String = "level", rest: String = #""msg":"x""#) -> [String] {
    let lines = levels.map { #"{"time":"2026-11-25T02:00:00Z","\#(key)":\#($0),\#(rest)}"# + "\n" }
    return decode(lines.joined()).readLogs.map(\.severity)
  }

  @Test("a number below zero is one of Go's loggers")
  func belowZero() {
    #expect(severities([-4, 0, 4, 8, 0]) == ["debug", "info", "warn", "error", "info"])
    #expect(severities([-8, 0, 2, 12]) == ["trace", "info", "info", "error"])
    #expect(severities([0, 0, 1, 2, -1, 5]) == ["info", "info", "warn", "error", "debug", "fatal"])
    #expect(severities([-2, -1, 0]) == ["trace", "debug", "info"])
    #expect(
      severities([-1, 0, 1, 2, 3, 4], rest: #""message":"x""#) == ["trace", "debug", "info", "warn", "error", "fatal"])
  }

  @Test("steps of four from zero to eight are slog's")
  func steps() {
    #expect(severities([0, 4, 8]) == ["info", "warn", "error"])
    #expect(severities([0, 4, 7]) == ["fatal", "warn", "debug"])
    #expect(severities([9, 13, 17]) == ["info", "warn", "error"])
  }

  @Test("java.util.logging's numbers go on where Monolog's end")
  func javaLogging() {
    #expect(severities([300, 500, 700, 800, 900, 1000]) == ["trace", "debug", "debug", "info", "warn", "error"])
    #expect(severities([100, 200, 250, 300, 400, 500]) == ["debug", "info", "info", "warn", "error", "fatal"])
  }

  @Test("log4j 2 is told by its keys")
  func log4j() {
    let rest = #""loggerName":"com.acme.Pay","message":"x""#
    #expect(
      severities([100, 200, 300, 400, 500, 600], rest: rest) == ["fatal", "error", "warn", "info", "debug", "trace"])
    #expect(severities([200, 400], key: "intLevel") == ["error", "info"])
  }

  @Test("Nextcloud's and ownCloud's levels begin at 0 and are told by their first keys")
  func nextcloud() {
    let rest = #""reqId":"5f1c0","remoteAddr":"10.0.0.9","user":"--","app":"core","message":"x""#
    #expect(severities([0, 1, 2, 3, 4], rest: rest) == ["debug", "info", "warn", "error", "fatal"])
    // A request's id alone is anybody's, and so is an address; what Nextcloud does not have is not its.
    #expect(severities([3, 4], rest: #""reqId":"5f1c0","message":"x""#) == ["error", "warn"])
    #expect(severities([3, 4], rest: #""remoteAddr":"10.0.0.9","message":"x""#) == ["error", "warn"])
    #expect(severities([6, 7], rest: rest) == ["info", "debug"])
  }

  @Test("Coralogix's severities go from 1 to 6, and a record is of its subsystem")
  func coralogix() {
    let rest = #""applicationName":"shop","subsystemName":"orders","text":"x""#
    #expect(
      severities([1, 2, 3, 4, 5, 6], key: "severity", rest: rest) == [
        "debug", "debug", "info", "warn", "error", "fatal",
      ])
    let line = #"{"timestamp":1795572000000,"severity":5,"applicationName":"shop","subsystemName":"orders","text":"x"}"#
    #expect(decode(line + "\n").readLogs == [ReadLog("02:00:00", "orders", "error", "x")])
    #expect(severities([5], key: "severity", rest: #""applicationName":"shop","text":"x""#) == ["info"])
  }

  @Test("an event of Windows keeps its scale outside of XML")
  func windows() {
    let rest = #""ProviderName":"Service Control Manager","LevelDisplayName":null,"Message":"x""#
    #expect(severities([1, 2, 3, 4], key: "Level", rest: rest) == ["fatal", "error", "warn", "info"])
  }

  @Test("CockroachDB's compact records say their level by letter, and their channel is no name")
  func cockroach() {
    let lines = ["I", "W", "E", "F"].enumerated().map {
      #"{"c":\#($0.offset),"t":"1795572000.000000000","s":\#($0.offset + 1),"sev":"\#($0.element)","g":7,"f":"a.go","l":3,"n":1,"r":1,"message":"x"}"#
    }
    let logs = decode(lines.joined(separator: "\n") + "\n").readLogs
    #expect(logs.map(\.severity) == ["info", "warn", "error", "fatal"])
    #expect(Set(logs.map(\.component)).count == 1)
  }

  @Test(".NET's LogLevel is told by its name")
  func dotnet() {
    let all = ["trace", "debug", "info", "warn", "error", "fatal"]
    #expect(severities([0, 1, 2, 3, 4, 5], key: "LogLevel") == all)
    #expect(severities([3, 4, 6], key: "loglevel") == ["error", "warn", "info"])
  }
}
