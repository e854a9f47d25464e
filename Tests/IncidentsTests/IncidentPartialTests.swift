import Model
@testable import Incidents
import Support
import Testing

/// A night with failures, logs, metrics and events in it.
private func mixedNight() -> NightBuilder {
  var night = NightBuilder.shop(minutes: 5) { root, second in
    if second % 17 == 3 {
      root.failure = .runtime
      root.calls[0].failure = .runtime
      root.calls[0].calls[0].failure = .runtime
    }
  }
  for second in 0..<300 {
    let time = 1_700_000_000_000_000 + Int64(second) * 1_000_000
    night.metric("stock", "cpu", at: time, Double(second % 7))
    if second % 20 == 0 { night.log("stock", at: time, .error, "no stock left") }
    if second % 50 == 0 { night.event("stock", .queueDepth, at: time, value: Double(second)) }
  }
  return night
}

@Test("partials merge in any order and any grouping to the same bytes")
func mergeIsCommutativeAndAssociative() {
  let night = mixedNight()
  let whole = bytes(night.partial())
  let parts = (0..<3).map { night.partial(share: $0, of: 3) }
  for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
    var left = parts[order[0]]
    left.merge(parts[order[1]])
    left.merge(parts[order[2]])
    #expect(bytes(left) == whole)
    var right = parts[order[1]]
    right.merge(parts[order[2]])
    var first = parts[order[0]]
    first.merge(right)
    #expect(bytes(first) == whole)
  }
}

@Test("encoded partials merge row by row to the same bytes, however few are held at a time", arguments: [0, 1 << 30])
func encodedMerge(budget: Int) throws {
  let night = mixedNight()
  let parts = (0..<4).map { bytes(night.partial(share: $0, of: 4)) }
  for order in [[0, 1, 2, 3], [3, 1, 0, 2]] {
    var merge = IncidentMerge(budget: budget)
    for part in order { try merge.add(ByteReader(parts[part])) }
    #expect(try merge.merged() == bytes(night.partial()))
  }
}

@Test("a partial whose tables are read where they stand says what one held as cells says", arguments: [0, 1 << 30])
func openedPartial(budget: Int) throws {
  let night = mixedNight()
  var merge = IncidentMerge(budget: budget)
  for part in 0..<4 { try merge.add(ByteReader(bytes(night.partial(share: part, of: 4)))) }
  let opened = try merge.partial()
  #expect(bytes(opened) == bytes(night.partial()))
  #expect(facts(opened) == facts(night.partial()))
}

/// What is concluded from a partial, with everything that its incidents tell.
private func facts(_ partial: IncidentPartial) -> String {
  let begin: Int64 = 1_700_000_000_000_000
  let findings = IncidentAnalysis.conclude(
    partial, settings: IncidentSettings(), windows: [begin + 60_000_000..<begin + 120_000_000])
  return "\(findings.incidents) \(findings.windows) \(findings.components) \(findings.impact) \(findings.requests)"
}

@Test(
  "packed cells are found one by one, and those that are not there are not, over more rows than stand between two marks"
)
func packedCells() throws {
  var table = CellTable<Tally>()
  for number in 0..<1_000 {
    table.add(Tally(number + 1), at: CubeKey(a: 1, number: Int32(number % 7), slot: Int32(2 * number)))
  }
  var writer = ByteWriter()
  var shared = SampleTables()
  table.encode(to: &writer, [0, 1], &shared)
  var reader = ByteReader(writer.bytes)
  var cells = Cells(try PackedCells(try CellRowReader<Tally>(from: &reader, [0, 1], shared)))
  #expect(cells.count == 1_000 && Array(cells.keys) == table.cells.keys.sorted())
  for number in 0..<1_000 {
    #expect(cells[CubeKey(a: 1, number: Int32(number % 7), slot: Int32(2 * number))]?.count == number + 1)
    #expect(cells[CubeKey(a: 1, number: Int32(number % 7), slot: Int32(2 * number + 1))] == nil)
  }
  #expect(cells[CubeKey(a: 0)] == nil && cells[CubeKey(a: 2)] == nil)
  cells.add(Tally(5), at: CubeKey(a: 1))
  cells.add(Tally(7), at: CubeKey(a: 2))
  #expect(cells.count == 1_001 && cells[CubeKey(a: 1)]?.count == 6 && cells[CubeKey(a: 2)]?.count == 7)
}

@Test("names that are the same letters in other bytes are two names, in any order of merging")
func spellings() throws {
  func part(_ name: String, _ number: UInt64) -> [UInt8] {
    var night = NightBuilder()
    night.request(number, at: 1_700_000_000_000_000, .init(component: name, failure: .runtime))
    night.request(number + 10, at: 1_700_000_000_000_000, .init(component: "cafz", duration: 100))
    return bytes(night.partial())
  }
  let parts = [part("cafe\u{301}", 1), part("caf\u{E9}", 2), part("cafe\u{301}", 3)]
  var results: Set<[UInt8]> = []
  for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
    var merge = IncidentMerge(budget: 1 << 30)
    var held = IncidentPartial()
    for index in order {
      try merge.add(ByteReader(parts[index]))
      var reader = ByteReader(parts[index])
      try held.merge(from: &reader)
    }
    results.insert(try merge.merged())
    results.insert(bytes(held))
  }
  #expect(results.count == 1)
}

@Test("a damaged partial is refused by the merge of encoded ones")
func damagedEncodedMerge() throws {
  let whole = bytes(mixedNight().partial())
  for cut in [0, 1, 7, whole.count / 2, whole.count - 1] {
    #expect(throws: DecodeFailure.self) {
      var merge = IncidentMerge(budget: 1 << 30)
      try merge.add(ByteReader(whole))
      try merge.add(ByteReader(Array(whole.prefix(cut))))
      _ = try merge.merged()
    }
  }
  #expect(throws: DecodeFailure.self) {
    var merge = IncidentMerge(budget: 1 << 30)
    try merge.add(ByteReader(whole + [0]))
    _ = try merge.merged()
  }
}

@Test("a partial survives its binary form, and a damaged form is refused")
func binaryForm() throws {
  let whole = bytes(mixedNight().partial())
  var reader = ByteReader(whole)
  let read = try IncidentPartial(from: &reader)
  #expect(bytes(read) == whole)
  #expect(reader.remaining == 0)
  for cut in [0, 1, 7, whole.count / 2, whole.count - 1] {
    var short = ByteReader(Array(whole.prefix(cut)))
    #expect(throws: DecodeFailure.self) { try IncidentPartial(from: &short) }
  }
}

@Test("the window's suspect is the component whose requests fail, not its caller")
func rankingBlamesTheDeepest() throws {
  let night = NightBuilder.shop { root, second in
    guard (600..<660).contains(second), second % 2 == 0 else { return }
    root.failure = .runtime
    root.calls[1].failure = .runtime
    root.calls[1].calls[0].failure = .runtime
  }
  let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
  let window = begin + 600_000_000..<begin + 660_000_000
  let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings(), windows: [window])
  let suspects = try #require(findings.windows.first).suspects
  #expect(suspects.first?.component == "billing")
  #expect(suspects.first?.evidence.first?.location.input == "night.tar")
  #expect(findings.components.map(\.id) == ["billing", "front", "stock"])
  #expect(findings.components.first { $0.id == "billing" }?.failures == 30)
}
