import Foundation
import TestSupport
import Model
import Segments
import Support
import Testing

@Suite("Segments")
struct SegmentTests {
  private func night() -> AssemblyFixture {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web", failure: .timeout)
    night.span(2, under: 1, at: 10, for: -1, in: "cart", kind: .client, attempt: 2, flags: .countedAttempt)
    night.event(.queueDepth, at: 2, in: "api")
    night.rows.logs.append(
      LogRow(
        time: .min, request: .none, span: 0, source: SourceRef(member: 0, value: 3, isLine: true),
        component: night.symbols.intern("web"), message: night.symbols.intern("it broke"), severity: .error))
    night.rows.metrics.append(
      MetricRow(
        time: 5, value: .nan, source: SourceRef(member: 0, value: 4, isLine: false),
        component: night.symbols.intern("web"), metric: night.symbols.intern("cpu")))
    var report = ReportRow(path: "a.xml", source: SourceRef(member: 0, value: 1, isLine: true))
    report.dialect = "junit"
    report.count = 1
    report.cases = [1, 2, 3]
    night.rows.append(report)
    return night
  }

  @Test("what is written is read back, byte for byte")
  func roundTrip() throws {
    var night = night()
    night.rows.spans[0].weight = SampleWeight(100)
    night.rows.spans[0].flags.insert(.untimed)
    let bytes = night.segment.encoded()
    let again = try Segment(encoded: bytes)
    #expect(again.encoded() == bytes)
    #expect(again.rows.spans.map(\.weight.value) == [100, 1])
    #expect(again.rows.spans.map { $0.flags.contains(.untimed) } == [true, false])
    #expect(again.rows.spans.count == 2)
    #expect(again.symbols.text(again.rows.logs[0].message) == "it broke")
    #expect(again.rows.reports == night.rows.reports)
  }

  @Test("whatever the rows before tell, each is read back as it was written")
  func identities() throws {
    var random = SplitMix64(seed: 11)
    var night = AssemblyFixture()
    _ = night.sources.add(input: "other", member: "m")
    let web = night.symbols.intern("web")
    func pick<T>(_ values: [T]) -> T { values[Int(random.next() % UInt64(values.count))] }
    let ids: [UInt64] = [0, 1, 7, 8, 9, .max]
    for _ in 0..<4000 {
      let request = RequestID(high: pick(ids), low: pick(ids))
      var row = SpanRow(
        request: request, span: pick(ids + [request.low | 1]), parent: pick(ids),
        start: pick([0, 5, 6, .min, .max]), duration: pick([-1, 0, .max]),
        source: SourceRef(member: pick([0, 1]), value: pick([0, 3, 1 << 39]), isLine: pick([true, false])),
        component: web, operation: pick([.none, web]), failureCode: pick([0, FailureKind.timeout.rawValue]),
        attempt: pick([1, 2, 0]), flags: pick([[], .shared, .untimed, .maybeCallee]))
      row.message = pick([.none, web])
      night.rows.spans.append(row)
      var log = LogRow(
        time: row.start, request: request, span: row.span, source: row.source, component: web, message: web,
        severity: .info)
      log.took = pick([0, 9])
      night.rows.logs.append(log)
      var event = StructuralEvent(
        time: row.start, component: web, kind: .heartbeat, request: request, source: row.source)
      event.span = row.span
      event.parent = row.parent
      night.rows.events.append(event)
      night.rows.metrics.append(MetricRow(time: row.start, value: 1, source: row.source, component: web, metric: web))
    }
    let again = try Segment(encoded: night.segment.encoded()).rows
    for (a, b) in zip(again.spans, night.rows.spans) {
      #expect(a.request == b.request && a.span == b.span && a.parent == b.parent && a.start == b.start)
      #expect(a.source == b.source && a.duration == b.duration && a.failureCode == b.failureCode)
      #expect(a.attempt == b.attempt && a.flags == b.flags && a.message.isNone == b.message.isNone)
    }
    for (a, b) in zip(again.logs, night.rows.logs) {
      #expect(
        a.time == b.time && a.request == b.request && a.span == b.span && a.source == b.source && a.took == b.took)
    }
    for (a, b) in zip(again.events, night.rows.events) {
      #expect(a.time == b.time && a.span == b.span && a.parent == b.parent && a.source == b.source)
    }
    #expect(again.metrics.map(\.source) == night.rows.metrics.map(\.source))
    #expect(again.spans.count == 4000 && again.logs.count == 4000 && again.events.count == 4000)
  }

  @Test("a cut or changed segment is refused, never half read")
  func damage() {
    let bytes = night().segment.encoded()
    for length in 0..<bytes.count {
      #expect(throws: DecodeFailure.self) { try Segment(encoded: Array(bytes[0..<length])) }
    }
    for i in bytes.indices {
      var changed = bytes
      changed[i] ^= 0x40
      #expect(throws: DecodeFailure.self) { try Segment(encoded: changed) }
    }
  }

  @Test("parts are written as one segment: every text and place, with one table for parts that go on")
  func parts() throws {
    var first = night()
    let start = SegmentPart(symbols: first.symbols, sources: first.sources, rows: [first.rows])
    first.rows = Rows()
    first.span(3, at: 5, for: 6, in: "new", "look")
    let next = SegmentPart(symbols: first.symbols, sources: first.sources, rows: [first.rows])
    var other = AssemblyFixture()
    other.sources.entries[0].input = "second"
    other.span(7, at: 3, for: 4, in: "cart", "buy")
    other.rows.append(ReportRow(path: "b.xml", source: SourceRef(member: 0, value: 9, isLine: true)))
    let last = SegmentPart(symbols: other.symbols, sources: other.sources, rows: [other.rows])
    let joined = SegmentPart.joined([start, next, last])
    #expect(joined.map(\.rows.count) == [2, 1])

    var merger = SegmentMerger()
    for part in joined { merger.append(part) }
    let merged = merger.segment
    var encoder = SegmentEncoder()
    // What was encoded before leaves no trace.
    encoder.encode([last])
    encoder.encode(joined)
    #expect(encoder.pieces().reduce(0) { $0 + $1.count } == encoder.count)
    let bytes = Array(encoder.pieces().joined())
    #expect(bytes == merged.encoded())
    let read = try Segment(encoded: bytes)
    #expect(read.sources.entries.map(\.input) == ["night", "second"])
    #expect(read.rows.spans.map { read.symbols.text($0.component) } == ["web", "cart", "new", "cart"])
    #expect(read.rows.spans.map { read.sources.location($0.source).input } == ["night", "night", "night", "second"])
    #expect(read.rows.reports.map { read.sources.location($0.source).input } == ["night", "second"])
  }

  @Test("merging renumbers symbols and members, and keeps every text and place")
  func merging() {
    var other = AssemblyFixture()
    other.sources.entries[0].input = "second"
    other.span(7, at: 3, for: 4, in: "cart", "buy")
    var merger = SegmentMerger(night().segment)
    merger.append(other.segment)
    let merged = merger.segment
    let last = merged.rows.spans[2]
    #expect(merged.symbols.text(last.component) == "cart")
    #expect(merged.symbols.text(last.operation) == "buy")
    #expect(merged.sources.location(last.source).input == "second")
  }

  @Test("a text that gets another name late has it in all rows, spilled or not", arguments: [0, 1 << 30])
  func lateNames(budget: Int) throws {
    let store = PartitionStore(partitions: 1, budget: budget, folder: NSTemporaryDirectory())
    var symbols = SymbolTable()
    var sources = SourceTable()
    _ = sources.add(input: "night", member: "m")
    for (piece, name) in ["9a8b7c", "ledger", "9a8b7c"].enumerated() {
      var rows = Rows()
      rows.logs.append(
        LogRow(
          time: Int64(piece), request: .none, span: 0, source: SourceRef(member: 0, value: piece + 1, isLine: true),
          component: symbols.intern(name), message: .none, severity: .info))
      store.add(input: 0, ordinal: piece, symbols: symbols, sources: sources, partitions: [rows])
    }
    store.name(["9a8b7c": "ledger", "none": "x"])
    let segment = try Segment(encoded: try store.segment([0]).encoded())
    #expect(segment.rows.logs.map { segment.symbols.text($0.component) } == ["ledger", "ledger", "ledger"])
    #expect(Set(segment.rows.logs.map(\.component)).count == 1)
  }

  @Test(
    "pieces of an input with many members keep their own ones, spilled or not, and every row its place",
    arguments: [0, 1 << 30])
  func manyMembers(budget: Int) throws {
    let store = PartitionStore(partitions: 2, budget: budget, folder: NSTemporaryDirectory())
    var night = AssemblyFixture()
    night.sources = SourceTable()
    for piece in 0..<40 {
      // Two members have rows, one has none, and the last of a piece goes on in the next.
      night.rows = Rows()
      for member in [3 * piece, 3 * piece + 1, 3 * piece + 3] {
        while night.sources.entries.count <= member {
          _ = night.sources.add(input: "night", member: "m\(night.sources.entries.count)")
        }
        night.rows.append(ReportRow(path: "m\(member)", source: SourceRef(member: member, value: 1, isLine: true)))
      }
      let used = night.sources.part(night.rows.members)
      #expect(used.entries.count == 4)
      store.add(input: 0, ordinal: piece, symbols: night.symbols, sources: used, partitions: [Rows(), night.rows])
    }
    let parts = try store.parts([1])
    #expect(parts.reduce(0) { $0 + $1.sources.entries.count } <= 160)
    #expect(parts.count == (budget == 0 ? 40 : 1))
    let whole = try store.segment([1])
    #expect(whole.rows.reports.count == 120)
    for segment in [whole, try Segment(encoded: whole.encoded())] {
      #expect(segment.rows.reports.allSatisfy { segment.sources.location($0.source).member == $0.path })
      for (_, part) in segment.byInput() {
        #expect(part.rows[0].reports.allSatisfy { part.sources.location($0.source).member == $0.path })
      }
    }
  }
}
