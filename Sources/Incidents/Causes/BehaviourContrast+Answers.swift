// Calls whose answers decide what is called next.

internal import Support

extension BehaviourContrast {
  /// The least factor by which a call comes more often.
  static let moreOften = 2.0
  /// So many records are stepped over between a call and the one that its answer decides.
  private static let recordsBetween = 4

  /// One call that is followed by a call of another in some spans of an operation: the answer of the first may decide it.
  struct Answer {
    var caller: Int
    var first: Int
    var next: Int
    /// Index of the operation's row, of the pair, and of all pairs that lead to the second.
    var operation: Int
    var pair: Int
    var leading: [Int]
  }

  /// - Complexity: O(pairs)
  func answers() -> [Answer] {
    var answers: [Answer] = []
    for row in operations.keys.indices {
      let before = usualBefore(in: row)
      let calls = pairsOf[row].compactMap { index -> (index: Int, first: Int?, next: Int)? in
        let pair = pairs[index]
        guard let next = called(pair.cell.d, by: pair.component), next != pair.component else { return nil }
        let first = called(origin(of: pair.cell.c, before), by: pair.component)
        return first == next ? nil : (index, first == pair.component ? nil : first, next)
      }
      var leading: [Int: [Int]] = [:]
      for call in calls { leading[call.next, default: []].append(call.index) }
      for call in calls {
        guard let first = call.first, let leading = leading[call.next] else { continue }
        answers.append(
          Answer(
            caller: pairs[call.index].component, first: first, next: call.next, operation: row, pair: call.index,
            leading: leading))
      }
    }
    return answers
  }

  /// What stands before an event of an operation's spans that is no record of theirs: the event itself, or what most of its records
  /// follow ("miss in cache" between the call of the cache and that of what stands behind it).
  private func origin(of event: Int32, _ before: [Int32: Int32]) -> Int32 {
    var event = event
    for _ in 0..<Self.recordsBetween {
      guard let most = before[event], most != event else { break }
      event = most
    }
    return event
  }

  /// By record of an operation's spans the event that most of them follow. Records that come after several events answer none of them.
  ///
  /// - Complexity: O(pairs of the operation)
  private func usualBefore(in row: Int) -> [Int32: Int32] {
    let names = grid.partial.names
    var counts: [Int32: [Int32: Double]] = [:]
    for index in pairsOf[row] where EventLabel.severity(names[pairs[index].cell.d]) != nil {
      let cell = pairs[index].cell
      counts[cell.d, default: [:]][cell.c, default: 0] += pairs[index].counts.reduce(0) { $0 + $1.count }
    }
    return counts.compactMapValues { before in
      let all = before.values.sorted().reduce(0, +)
      return before.first { 2 * $0.value > all }?.key
    }
  }

  /// The minutes in which the second call followed the first clearly more often than usual, ascending.
  ///
  /// - Complexity: O(minutes in which it did at all)
  func raised(_ answer: Answer) -> [Int] {
    let pair = pairs[answer.pair]
    return pair.counts.filter {
      $0.count >= Self.moreOften * pair.baseline.center * operations[answer.operation, $0.minute]
    }.map(\.minute)
  }

  /// How often the second call followed the first in some minutes, against the usual; nothing where the second was not asked more
  /// often for it, but what stood between them fell out.
  ///
  /// - Complexity: O(pairs that lead to the second · minutes)
  func contrast(_ answer: Answer, in minutes: [Int]) -> ShareContrast {
    let trials = operations.sum(answer.operation, minutes)
    func contrast(_ index: Int) -> ShareContrast {
      ShareContrast(
        hits: minutes.reduce(0) { $0 + pairs[index].count(in: $1) }, trials: trials, baseline: pairs[index].baseline,
        required: grid.requiredSlots)
    }
    let own = contrast(answer.pair)
    guard trials >= Self.leastSpans, own.z >= Self.least else { return ShareContrast() }
    let rise = answer.leading.reduce(0) { $0 + contrast($1).excess }
    return rise >= own.excess / 2 ? own : ShareContrast()
  }
}
