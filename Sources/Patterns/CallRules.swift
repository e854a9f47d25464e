// The rules that callers keep: calls always made, never made, always in one order, never more than so many.

internal import Model
internal import Support

/// Invariants of one caller, learned from counts (Beschastnikh et al., Synoptic, FSE 2011): always followed by, always
/// precedes, never followed by, and bounds on counts; and the departures of tonight's requests from them.
///
/// With earlier nights the rules come from them. Without, the archive is its own baseline: a share is then the median over
/// the night's windows, so that a fault of less than half the night does not become the rule it breaks.
struct CallRules {
  let tonight: PatternPartial
  let known: PatternPartial
  /// Whether `known` is tonight itself.
  let isSelf: Bool
  let settings: PatternSettings

  /// Every broken rule, in a fixed order.
  func breaks() -> [RuleBreak] {
    var found: [RuleBreak] = []
    for (key, caller) in tonight.callers.sorted {
      guard let rules = known.callers[key], rules.count >= settings.minimumSupport else { continue }
      // What a failed request did not get to do is explained by its failure.
      if caller.failed, isSelf { continue }
      found += compositionBreaks(key, caller, rules)
      found += countBreaks(key, caller, rules)
      found += orderBreaks(key, caller, rules)
    }
    return found
  }

  // MARK: - Calls made and not made

  private func compositionBreaks(_ key: UInt64, _ caller: CallerStats, _ rules: CallerStats) -> [RuleBreak] {
    let shares = Shares(rules, isSelf: isSelf)
    let required = shares.all.filter { $0.value.share >= settings.regularity }.keys.sorted()
    var found: [Key: RuleBreak] = [:]
    func add(_ one: RuleBreak) {
      let id = Key(kind: one.kind, callee: one.callee)
      if var held = found[id] {
        held.count += one.count
        held.exemplar = Exemplar.first(held.exemplar, one.exemplar)
        held.windows.merge(one.windows, uniquingKeysWith: +)
        held.exemplars += one.exemplars
        found[id] = held
      } else {
        found[id] = one
      }
    }
    let knowsEdges =
      rules.edges.overflow == 0 && isSettled(rules.edges.sorted.map(\.value.occurrences), of: rules.count)
    let knowsAll =
      !isSelf && rules.compositions.overflow == 0 && rules.count >= 10 * settings.minimumSupport
      && isSettled(rules.compositions.sorted.map(\.value.count), of: rules.count)
    for (composition, stats) in caller.compositions.sorted where stats.members.count < CompositionStats.memberLimit {
      var isExplained = false
      for callee in required where !stats.contains(callee) {
        isExplained = true
        add(
          RuleBreak(
            kind: .missingCall, caller: key, callee: callee,
            support: shares.all[callee]?.support ?? 0, stats: stats))
      }
      for member in stats.members {
        if rules.edges[member.point] == nil {
          guard knowsEdges else { continue }
          isExplained = true
          add(
            RuleBreak(
              kind: .unseenEdge, caller: key, callee: member.point,
              support: rules.count, stats: stats))
        } else if isSelf, let share = shares.all[member.point], share.share <= 1 - settings.regularity {
          isExplained = true
          add(
            RuleBreak(
              kind: .extraCall, caller: key, callee: member.point,
              support: rules.count, stats: stats))
        }
      }
      if !isExplained, knowsAll, rules.compositions[composition] == nil {
        add(
          RuleBreak(
            kind: .unseenVariant, caller: key,
            departure: .calls(known: rules.compositions.count, seen: groups(stats.members)), support: rules.count,
            stats: stats))
      }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private struct Key: Hashable, Comparable {
    var kind: RuleBreak.Kind
    var callee: UInt64
    static func < (a: Key, b: Key) -> Bool { (a.kind, a.callee) < (b.kind, b.callee) }
  }

  /// Whether something not seen so far is unlikely to be seen: the share of kinds seen once estimates the share of kinds
  /// never seen (Good and Turing).
  private func isSettled(_ counts: [Int], of total: Int) -> Bool {
    let once = counts.reduce(0) { $1 == 1 ? $0 + 1 : $0 }
    return Double(once) <= (1 - settings.regularity) * Double(total)
  }

  private func groups(_ members: [CompositionStats.Member]) -> [CallGroup] {
    let groups = members.map { member in
      CallGroup(
        callee: ForeignName(tonight.point(member.point).name), least: member.multiplicity.bounds.least,
        most: member.multiplicity.bounds.most)
    }
    return Array(groups.sorted { ($0.callee, $0.least) < ($1.callee, $1.least) }.prefix(8))
  }

  // MARK: - How often

  private func countBreaks(_ key: UInt64, _ caller: CallerStats, _ rules: CallerStats) -> [RuleBreak] {
    var found: [RuleBreak] = []
    for (callee, edge) in caller.edges.sorted {
      guard let rule = rules.edges[callee], rule.occurrences >= settings.minimumSupport else { continue }
      let (low, high) = bounds(rule.fanOut)
      if let widest = edge.widest, widest.value > high, isFar(widest.value, from: high, low == high) {
        let limit = low == high ? high : high + high / 2
        let count = max(edge.fanOut.count(above: limit), 1)
        if !isSelf || count * 50 <= edge.occurrences {
          found.append(
            RuleBreak(
              kind: .count, caller: key, callee: callee,
              departure: .count(usual: low...high, seen: widest.value), count: count, support: rule.occurrences,
              exemplar: widest))
        }
      }
      if let narrowest = edge.narrowest, narrowest.value < low, isFar(low, from: narrowest.value, low == high) {
        let count = max(edge.fanOut.count - edge.fanOut.count(above: low - 1), 1)
        if !isSelf || count * 50 <= edge.occurrences {
          found.append(
            RuleBreak(
              kind: .count, caller: key, callee: callee,
              departure: .count(usual: low...high, seen: narrowest.value), count: count, support: rule.occurrences,
              exemplar: narrowest))
        }
      }
    }
    return found
  }

  /// The bounds of a count: all that was seen; within one archive all but the outermost hundredth.
  private func bounds(_ fanOut: Sketch) -> (low: Int64, high: Int64) {
    if !isSelf { return (fanOut.minimum, fanOut.maximum) }
    return (fanOut.quantile(0.01) ?? 0, fanOut.quantile(0.99) ?? .max)
  }

  /// Whether a count leaves its bounds by half, or the bounds are a single number.
  private func isFar(_ large: Int64, from small: Int64, _ isConstant: Bool) -> Bool {
    isConstant || large.subtractingSaturated(small) >= (small + 1) / 2
  }

  // MARK: - In which order

  private func orderBreaks(_ key: UInt64, _ caller: CallerStats, _ rules: CallerStats) -> [RuleBreak] {
    let regularity = isSelf ? min(settings.regularity, 0.98) : settings.regularity
    var found: [RuleBreak] = []
    for (pairKey, pair) in caller.pairs.sorted {
      guard let rule = rules.pairs[pairKey], rule.total >= settings.minimumSupport else { continue }
      let needed = regularity * Double(rule.total)
      if Double(rule.before) >= needed, pair.after > 0 {
        found.append(
          RuleBreak(
            kind: .order, caller: key, callee: pair.a, other: pair.b, count: pair.after, support: rule.before,
            exemplar: pair.afterExemplar))
      } else if Double(rule.after) >= needed, pair.before > 0 {
        found.append(
          RuleBreak(
            kind: .order, caller: key, callee: pair.b, other: pair.a, count: pair.before, support: rule.after,
            exemplar: pair.beforeExemplar))
      }
    }
    return found
  }
}

/// How regularly a caller makes each of its calls.
struct Shares {
  struct Share {
    /// Callers that made the call, as a share of all.
    var share: Double
    /// Callers that made the call.
    var support: Int
  }

  /// By callee.
  var all: [UInt64: Share] = [:]

  init(_ caller: CallerStats, isSelf: Bool) {
    for (callee, edge) in caller.edges.sorted {
      all[callee] = Share(share: Double(edge.occurrences) / Double(max(caller.count, 1)), support: edge.occurrences)
    }
    guard isSelf, caller.compositions.overflow == 0 else { return }
    var totals: [Int64: Int] = [:]
    var made: [UInt64: [Int64: Int]] = [:]
    for (_, composition) in caller.compositions.sorted {
      for (window, count) in composition.windows {
        totals[window, default: 0] += count.value
        for member in composition.members { made[member.point, default: [:]][window, default: 0] += count.value }
      }
    }
    guard totals.count >= 3 else { return }
    for callee in all.keys.sorted() {
      let byWindow = made[callee] ?? [:]
      let shares = totals.sorted { $0.key < $1.key }.map { window, total in
        (share: Double(byWindow[window] ?? 0) / Double(total), weight: total)
      }
      all[callee]?.share = Self.median(shares)
    }
  }

  /// The weighted median.
  private static func median(_ values: [(share: Double, weight: Int)]) -> Double {
    let sorted = values.sorted { ($0.share, $0.weight) < ($1.share, $1.weight) }
    let half = Double(sorted.reduce(0) { $0 + $1.weight }) / 2
    var seen = 0
    for value in sorted {
      seen += value.weight
      if Double(seen) >= half { return value.share }
    }
    return sorted.last?.share ?? 0
  }
}
