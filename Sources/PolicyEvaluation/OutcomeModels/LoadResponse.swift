// How a component answers to load, read off the log, and what a candidate's own load would have done.
internal import Glibc
internal import Model
internal import Support

/// The fitted response: success = A up to the capacity C, beyond it C - k·(A - C), with A attempts in a second.
enum LoadResponse {
  struct Fit: Hashable, Sendable {
    /// Attempts in a second.
    var capacity: Double
    var loss: Double
    /// The share that succeeds below the capacity.
    var healthy: Double

    /// The share of attempts that succeed where so many come in a second.
    func success(_ load: Double) -> Double {
      healthy * (load <= capacity ? 1 : max(0, capacity - loss * (load - capacity)) / load)
    }
  }

  /// Attempts by what came in the second before them, themselves counted: all, and those that failed.
  struct LoadTable {
    private(set) var all: [Int] = []
    private(set) var failed: [Int] = []
    /// Loads beyond this share the last row.
    static let limit = 20_000

    /// How likely the outcomes are under a fit.
    func likelihood(_ fit: Fit) -> Double {
      all.indices.reduce(0) { sum, load in
        guard all[load] > 0 else { return sum }
        let success = fit.success(Double(load))
        let bad = Double(failed[load])
        return sum + bad * Glibc.log(max(1 - success, 0.001)) + (Double(all[load]) - bad)
          * Glibc.log(max(success, 0.001))
      }
    }

    /// Whether a response tells the outcomes better than one share of answers does, whatever comes: two parameters more must be
    /// worth it (G. Schwarz, 1978). False where all fared alike.
    func supports(_ fit: Fit) -> Bool {
      let made = Double(all.reduce(0, +))
      let bad = Double(failed.reduce(0, +))
      guard bad > 0, bad < made else { return false }
      let none = bad * Glibc.log(bad / made) + (made - bad) * Glibc.log(1 - bad / made)
      return likelihood(fit) > none + Glibc.log(max(made, 2))
    }

    /// First attempts alone, by the first attempts of the second before them.
    init(firstOf log: borrowing CallLog, _ range: Range<Int>, dead: DeadTimes) {
      var head = range.lowerBound
      for episode in range {
        while log.arrival[head] <= log.arrival[episode] - 1_000_000 { head += 1 }
        if !dead.contains(log.arrival[episode]) { add(episode - head + 1, failed: log.firstFailure[episode] != 0) }
      }
    }

    private mutating func add(_ load: Int, failed isFailed: Bool) {
      let load = min(load, Self.limit)
      while all.count <= load {
        all.append(0)
        failed.append(0)
      }
      all[load] += 1
      if isFailed { failed[load] += 1 }
    }

    /// `attempts` are of one component, in the order of time; those count that begin at such times.
    init(
      _ log: borrowing CallLog, _ attempts: [Int32], dead: DeadTimes, where counts: (Int64) -> Bool = { _ in true }
    ) {
      var head = 0
      for (number, raw) in attempts.enumerated() {
        let i = Int(raw)
        while log.start[Int(attempts[head])] <= log.start[i] - 1_000_000 { head += 1 }
        if dead.contains(log.start[i]) || !counts(log.start[i]) { continue }
        add(number - head + 1, failed: log.failure[i] != 0)
      }
    }
  }

  /// The losses with their likeliest capacities at which outcomes are no less likely than the data leave open: half the 95 %
  /// point of chi-square with one degree of freedom below the best (S. Wilks, 1938).
  static func ends(_ best: Fit, _ table: LoadTable) -> (mild: Fit, severe: Fit) {
    let floor = table.likelihood(best) - 1.92
    func end(_ direction: Double) -> Fit {
      var last = best
      for step in 1...40 {
        let loss = best.loss + direction * 0.02 * Double(step)
        guard loss >= 0 else { break }
        let fits = (-20...20).map {
          Fit(capacity: last.capacity * (1 + 0.002 * Double($0)), loss: loss, healthy: best.healthy)
        }
        let likely = fits.max { table.likelihood($0) < table.likelihood($1) } ?? last
        guard table.likelihood(likely) >= floor else { break }
        last = likely
      }
      return last
    }
    return (end(-1), end(1))
  }

  /// Capacity and loss by maximum likelihood of every attempt's outcome, around a fit that showed that there are such.
  ///
  /// Whole seconds blur what a window that slides tells: in a storm the load doubles within one. What is played is the
  /// sliding window, so what is fitted is too.
  static func refine(_ fit: Fit, _ table: LoadTable) -> Fit {
    let rows = table.all.indices.filter { table.all[$0] > 0 }
    guard let top = rows.last, top > 1 else { return fit }
    func likelihood(_ fit: Fit) -> Double { table.likelihood(fit) }
    var best = (likelihood(fit), fit)
    func improve(_ capacity: Double, _ loss: Double) {
      guard capacity > 0, loss >= 0 else { return }
      let other = Fit(capacity: capacity, loss: loss, healthy: fit.healthy)
      let value = likelihood(other)
      if value > best.0 { best = (value, other) }
    }
    for step in 0...30 {
      for k in 0...20 {
        improve(Double(top) * (0.2 + 0.8 * Double(step) / 30), Double(k) / 5)
      }
    }
    for scale in [0.02, 0.01, 0.004] {
      for _ in 0..<4 {
        let centre = best
        for c in -2...2 {
          for k in -2...2 {
            improve(
              centre.1.capacity * (1 + scale * Double(c)), centre.1.loss + 5 * scale * Double(k))
          }
        }
        if best.0 == centre.0 { break }
      }
    }
    return best.1
  }

  /// The likeliest capacity and loss, where no grid over whole seconds finds any; nil where outcomes are as likely without one.
  static func likeliest(_ table: LoadTable) -> Fit? {
    let quiet = table.all.indices.filter { table.all[$0] > 0 }
    guard quiet.count > 1 else { return nil }
    let all = table.all.reduce(0, +)
    var seen = 0
    let middle =
      quiet.first {
        seen += table.all[$0]; return seen * 2 >= all
      } ?? 1
    let below = quiet.filter { $0 <= middle }
    let made = below.reduce(0) { $0 + table.all[$1] }
    let healthy = 1 - Double(below.reduce(0) { $0 + table.failed[$1] }) / Double(max(made, 1))
    let fit = refine(Fit(capacity: Double(middle) * 1.2, loss: 0.3, healthy: healthy), table)
    return table.supports(fit) ? fit : nil
  }

  /// The fit of one component over the seconds of its log, outages of their own making and their neighbours left out.
  static func fit(_ seconds: SecondCounts, dead: Set<Int64>) -> Fit? {
    let alive = seconds.bins.sorted { $0.key < $1.key }.filter { bin in
      !(-1...1).contains { dead.contains(bin.key + $0) } && bin.value.good * 20 >= bin.value.made
    }
    return fit(alive.map { (Double($0.value.made), Double($0.value.good)) })
  }

  /// Least squares over a grid of capacities and losses; nil unless it explains the busy seconds twice as well as none.
  private static func fit(_ bins: [(made: Double, good: Double)]) -> Fit? {
    guard bins.count >= 30 else { return nil }
    let loads = bins.map(\.made).sorted()
    let middle = loads[loads.count / 2]
    guard let top = loads.last, top >= middle * 1.2, middle >= 5 else { return nil }
    let quiet = bins.filter { $0.made <= middle }
    let healthy = quiet.reduce(0) { $0 + $1.good } / max(quiet.reduce(0) { $0 + $1.made }, 1)
    func error(_ capacity: Double, _ loss: Double) -> Double {
      bins.reduce(0) { sum, bin in
        let expected = healthy * (bin.made <= capacity ? bin.made : max(0, capacity - loss * (bin.made - capacity)))
        return sum + (bin.good - expected) * (bin.good - expected)
      }
    }
    let none = bins.reduce(0) { $0 + ($1.good - healthy * $1.made) * ($1.good - healthy * $1.made) }
    var best: (error: Double, fit: Fit)?
    for step in 0...60 {
      let capacity = middle + (top - middle) * Double(step) / 60
      let beyond = bins.count { $0.made > capacity }
      guard beyond >= 3 else { break }
      for k in 0...40 {
        let loss = Double(k) / 10
        let value = error(capacity, loss)
        if value < best?.error ?? .infinity {
          best = (value, Fit(capacity: capacity, loss: loss, healthy: healthy))
        }
      }
    }
    guard let best, best.error < none * 0.6 else { return nil }
    // In an outage of another making answers are a fixed share of the attempts; only overload takes more the more come.
    let busy = bins.filter { $0.made > best.fit.capacity }
    let made = busy.reduce(0) { $0 + $1.made * $1.made }
    let share = busy.reduce(0) { $0 + $1.made * $1.good } / max(made, 1)
    let asShare = busy.reduce(0) { $0 + ($1.good - share * $1.made) * ($1.good - share * $1.made) }
    let asLoad = busy.reduce(0) { sum, bin in
      let fit = best.fit
      let expected = fit.healthy * max(0, fit.capacity - fit.loss * (bin.made - fit.capacity))
      return sum + (bin.good - expected) * (bin.good - expected)
    }
    guard busy.count >= 5, asLoad < asShare * 0.4 else { return nil }
    return best.fit
  }
}
