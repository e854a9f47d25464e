import Model
import Incidents
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
