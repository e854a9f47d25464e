import Support
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "RFC 3339 in and out",
    arguments: [
      ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z"),
      ("2026-01-01 02:00:00.123456789+02:00", "2026-01-01T00:00:00.123456Z"),
      ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
      ("2024-02-29T12:00:00,25Z", "2024-02-29T12:00:00.250000Z"),
      ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ])
  func roundTrip(text: String, canonical: String) {
    #expect(Timestamp(rfc3339: text)?.rfc3339 == canonical)
  }

  @Test(
    "what is no time is none",
    arguments: [
      "", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00Zx", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00.",
    ])
  func refused(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test("dates and day numbers are inverse over four centuries")
  func days() {
    for day in stride(from: -140_000, through: 140_000, by: 37) {
      let date = Timestamp.date(days: day)
      #expect(Timestamp.days(year: date.year, month: date.month, day: date.day) == day)
    }
  }

  @Test("the ends of the range do not trap")
  func extremes() {
    #expect(Timestamp(.max).rfc3339.hasPrefix("9999"))
    #expect(Timestamp(.min).rfc3339.hasPrefix("0001"))
  }
}
