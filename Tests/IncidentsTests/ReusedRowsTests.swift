import Testing

@testable import Incidents

@Suite("Rows in kept room")
struct ReusedRowsTests {
  @Test("rows in kept room are those that were put in last")
  func reused() {
    var rows = ReusedRows<Int>()
    for count in [5, 2, 7, 0] {
      rows.removeAll()
      for value in 0..<count { rows.append(value * count) }
      #expect(rows.indices.map { rows[$0] } == (0..<count).map { $0 * count })
      #expect(rows.firstIndex { $0 == count } == (count > 1 ? 1 : nil))
    }
  }
}
