// Dates of log lines that leave the year out take the night's, or the year before where that would lie ahead of it.

import Model
import Decoders
import Support
import Testing

struct YearlessDateTests {
  private func first(_ line: String, night: (year: Int, month: Int, day: Int)) -> String? {
    var settings = DecoderSettings()
    settings.lastDay = Timestamp.days(year: night.year, month: night.month, day: night.day)
    let text = String(repeating: line + "\n", count: 8)
    return decode(text, settings: settings).logs.first.map { Timestamp($0.time).rfc3339 }
  }

  @Test("a date without a year takes the night's year")
  func nightsYear() {
    let line = "Mar 10 06:55:46 host sshd[24200]: Invalid user bob from 10.0.0.1"
    #expect(first(line, night: (2026, 3, 10)) == "2026-03-10T06:55:46.000000Z")
    // Logs of a night go on into the next morning.
    #expect(first(line, night: (2026, 3, 9)) == "2026-03-10T06:55:46.000000Z")
    #expect(first(line, night: (2026, 11, 20)) == "2026-03-10T06:55:46.000000Z")
  }

  @Test("a date that would lie ahead of the night is the year before's")
  func yearBefore() {
    let line = "Dec 31 23:59:58 host sshd[24200]: Invalid user bob from 10.0.0.1"
    #expect(first(line, night: (2026, 1, 1)) == "2025-12-31T23:59:58.000000Z")
    #expect(first(line, night: (2025, 12, 31)) == "2025-12-31T23:59:58.000000Z")
  }

  @Test("a night of the last day of a year goes on into the next year")
  func yearBehind() {
    let line = "Jan  1 00:00:03 host sshd[24200]: Invalid user bob from 10.0.0.1"
    #expect(first(line, night: (2026, 12, 31)) == "2027-01-01T00:00:03.000000Z")
    #expect(first(line, night: (2026, 12, 30)) == "2026-01-01T00:00:03.000000Z")
  }
}
