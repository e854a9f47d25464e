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

  @Test(".NET's LogLevel is told by its name")
  func dotnet() {
    let all = ["trace", "debug", "info", "warn", "error", "fatal"]
    #expect(severities([0, 1, 2, 3, 4, 5], key: "LogLevel") == all)
    #expect(severities([3, 4, 6], key: "loglevel") == ["error", "warn", "info"])
  }
}
