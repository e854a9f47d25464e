import Testing

@testable import Incidents

@Suite("Counts by minute")
struct MinuteSeriesTests {
  @Test("a series holds the minutes in which anything was counted, in whatever order that came")
  func sparse() {
    let (a, b) = (CubeKey(a: 1), CubeKey(a: 2))
    var series = MinuteSeries()
    for minute in [700, 3, 700, 1_000_000, 5, 3] { series.add(1, to: a, minute: minute) }
    series.add(4, to: b, minute: 5)
    #expect(series.keys == [a, b])
    #expect(series.rows[0].map(\.minute) == [3, 5, 700, 1_000_000])
    #expect(series.rows[0].map(\.value) == [2, 1, 2, 1])
    #expect(series[0, 3] == 2 && series[0, 4] == 0 && series[0, 2_000_000] == 0)
    #expect(series.sum(0, [3, 4, 5, 700]) == 5 && series.sum(1, [4, 5]) == 4)
  }
}
