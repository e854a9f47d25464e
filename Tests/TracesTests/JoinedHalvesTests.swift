import Model
import Segments
import Support
import TestSupport
import Testing
import Traces

/// Trace ids of 64 bits that are the lower halves of wide ones.
struct JoinedHalvesTests {
  private let low: UInt64 = 0xA3CE_929D_0E0E_4736
  private let high: UInt64 = 0x4BF9_2F35_77B3_4DA6

  private func row(_ request: RequestID, _ span: UInt64, under parent: UInt64 = 0) -> SpanRow {
    SpanRow(
      request: request, span: span, parent: parent, start: Int64(span), duration: 10,
      source: SourceRef(member: 0, value: Int(span), isLine: true), component: .none, operation: .none)
  }

  private func log(_ request: RequestID) -> LogRow {
    LogRow(
      time: 3, request: request, span: 1, source: SourceRef(member: 0, value: 9, isLine: true), component: .none,
      message: .none, severity: .error)
  }

  @Test("what knows the lower half is of the wide id's request, in whatever order the rows came")
  func joins() {
    let wide = RequestID(high: high, low: low)
    let half = RequestID(high: 0, low: low)
    for spans in [[row(wide, 1), row(half, 2, under: 1)], [row(half, 2, under: 1), row(wide, 1)]] {
      var night = AssemblyFixture()
      night.rows.spans = spans
      night.rows.logs = [log(half), log(wide)]
      let (trees, repairs) = night.assembled()
      #expect(trees.map(\.request) == [wide])
      #expect(trees.first?.nodes.map(\.parent) == [-1, 0])
      #expect(trees.first?.logs.map(\.request) == [wide, wide])
      #expect(repairs["joinedTraceIDs"] == 2)
    }
    #expect(wide.partitionHash == half.partitionHash)
  }

  @Test("of several wide ids with one half, of small numbers and of UUIDs from the time nobody knows")
  func refuses() {
    func requests(_ ids: [RequestID]) -> Int {
      var night = AssemblyFixture()
      night.rows.spans = ids.enumerated().map { row($0.element, UInt64($0.offset + 1)) }
      return night.assembled().trees.count
    }
    let half = RequestID(high: 0, low: low)
    #expect(requests([half, RequestID(high: high, low: low), RequestID(high: 1, low: low)]) == 3)
    #expect(requests([RequestID(high: 0, low: 17), RequestID(high: high, low: 17)]) == 2)
    // 2026-11-25, version 1: the lower half is the host's.
    let uuid = RequestID(high: 0xB1D0_4A00_E8A3_11F1, low: low)
    #expect(!uuid.hasTellingHalf && uuid.partitionHash == uuid.stableHash)
    #expect(requests([half, uuid]) == 2)
    // The same bits with another version are a random id's.
    #expect(RequestID(high: 0xB1D0_4A00_E8A3_41F1, low: low).hasTellingHalf)
  }
}
