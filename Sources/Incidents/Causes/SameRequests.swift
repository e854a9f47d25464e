// Whether two access logs tell of the same requests.

internal import Support

/// Two proxies one behind the other log each request twice; two that share the load log each once. Over the night both pairs have the
/// same operations and about the same numbers; minute by minute they differ.
///
/// Given how many requests each log has in a minute, and how many of an operation both have together, a balancer that does not look at
/// the operation (round robin, random, least connections) deals them as cards are dealt: what one log has of an operation is
/// hypergeometric, of mean `e = n·A/N` and variance `v = (A·B/N²)·n·(N − n)/(N − 1)` (Fisher, *Statistical Methods for Research
/// Workers*, 1934, section 21.02), so that `Σ(a − e)² / Σv` is 1 in the mean whatever the balancer. Of one stream logged twice it is
/// next to 0: where the clocks lie `s` seconds apart about `s/60`, where a share `p` of the lines is lost about `p/2`. The fifth of the
/// minutes that differ most is left out (an outage of which one proxy tells and the other does not, a gap in a log), which leaves
/// 0.4 to 0.9 of the 1, and in simulated nights of 0.05 to 20 requests a second at most 0.12 of a log doubled with clocks five seconds
/// apart and lines of 5 % lost.
struct SameRequests {
  private static let cut = 0.25
  private static let kept = 0.8
  /// Minutes that must tell anything.
  private static let leastMinutes = 10
  /// The most that outcomes scatter where they are dealt: beyond it one log calls failed what the other does not.
  private static let mostScatter = 4.0

  private struct Row {
    var minute: Int32
    var operation: Int32
    var failed: Bool
    var count = 0
  }

  /// By entry component's name: ascending by minute, operation and outcome.
  private var rows: [Int32: [Row]] = [:]

  /// - Complexity: O(cells · log cells)
  init(_ entries: CellTable<Tally>, of names: Set<Int32>) {
    guard names.count > 1 else { return }
    var counts: [CubeKey: Int] = [:]
    for (cell, tally) in entries.cells where names.contains(cell.a) {
      let minute = IncidentPartial.minute(ofFine: cell.slot)
      counts[CubeKey(a: cell.a, b: cell.b, d: cell.d == 0 ? 0 : 1, slot: minute), default: 0] += tally.count
    }
    for (key, count) in counts {
      rows[key.a, default: []].append(Row(minute: key.slot, operation: key.b, failed: key.d != 0, count: count))
    }
    for name in rows.keys {
      rows[name]?.sort { ($0.minute, $0.operation, $0.failed ? 1 : 0) < ($1.minute, $1.operation, $1.failed ? 1 : 0) }
    }
  }

  /// One minute of both logs: how far the one's counts lie from what was to be expected, squared, and their variance.
  private struct Contrast {
    var squares = 0.0
    var variance = 0.0
    var ratio: Double { variance > 0 ? squares / variance : 0 }
  }

  /// Whether two logs, known by their components' names, tell of the same requests as far as anything shows.
  ///
  /// - Complexity: O(n log n) for n rows of both
  func areSame(_ a: Int32, _ b: Int32) -> Bool {
    let minutes = minutes(of: rows[a] ?? [], rows[b] ?? [])
    let (allA, allB) = minutes.reduce((0.0, 0.0)) { ($0.0 + $1.total.a, $0.1 + $1.total.b) }
    guard allA > 0, allB > 0 else { return false }
    // How many there were in all: a random balancer shows itself, and one that takes turns does not.
    let totals = minutes.map { minute in
      let difference = minute.total.a / allA - minute.total.b / allB
      return Contrast(
        squares: difference * difference, variance: minute.total.a / (allA * allA) + minute.total.b / (allB * allB))
    }
    if let differ = Self.scatter(totals), differ.ratio >= Self.cut { return false }
    if let dealt = Self.scatter(minutes.map { Self.dealt($0.operations, $0.total) }) { return dealt.ratio < Self.cut }
    guard let dealt = Self.scatter(minutes.map { Self.dealt($0.outcomes, $0.total) }) else { return true }
    return dealt.ratio < Self.cut || dealt.ratio > Self.mostScatter
  }

  private struct Pair {
    var a = 0.0
    var b = 0.0
    mutating func add(_ count: Int, isFirst: Bool) { if isFirst { a += Double(count) } else { b += Double(count) } }
  }

  private struct Minute {
    var total = Pair()
    var operations: [Pair] = []
    var outcomes = [Pair(), Pair()]
  }

  private func minutes(of a: [Row], _ b: [Row]) -> [Minute] {
    var found: [Minute] = []
    var last: (minute: Int32, operation: Int32)?
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let isFirst =
        j == b.count || i < a.count && (a[i].minute, a[i].operation) <= (b[j].minute, b[j].operation)
      let row = isFirst ? a[i] : b[j]
      if isFirst { i += 1 } else { j += 1 }
      if last?.minute != row.minute { found.append(Minute()) }
      let minute = found.count - 1
      if last?.minute != row.minute || last?.operation != row.operation { found[minute].operations.append(Pair()) }
      last = (row.minute, row.operation)
      let operation = found[minute].operations.count - 1
      found[minute].operations[operation].add(row.count, isFirst: isFirst)
      found[minute].outcomes[row.failed ? 1 : 0].add(row.count, isFirst: isFirst)
      found[minute].total.add(row.count, isFirst: isFirst)
    }
    return found
  }

  private static func dealt(_ kinds: [Pair], _ total: Pair) -> Contrast {
    var contrast = Contrast()
    let all = total.a + total.b
    guard total.a > 0, total.b > 0, kinds.count > 1 else { return contrast }
    for kind in kinds {
      let count = kind.a + kind.b
      let difference = kind.a - count * total.a / all
      contrast.squares += difference * difference
      contrast.variance += total.a * total.b / (all * all) * count * (all - count) / (all - 1)
    }
    return contrast
  }

  /// What the minutes say together without those that differ most; nil where too few say anything.
  private static func scatter(_ minutes: [Contrast]) -> Contrast? {
    let telling = minutes.filter { $0.variance > 0 }.sorted { $0.ratio < $1.ratio }
    guard telling.count >= leastMinutes else { return nil }
    let rest = telling.prefix(Int((kept * Double(telling.count)).rounded(.up)))
    return rest.reduce(into: Contrast()) { sum, one in
      sum.squares += one.squares
      sum.variance += one.variance
    }
  }
}
