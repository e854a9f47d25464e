// What another attempt would have met: tables of how the component answered its neighbours in time, mixed with the
// possibility that the request itself is at fault.
internal import Core

/// The outcome model of research method §2.
///
/// The pattern of a moment counts the successes among the two nearest first attempts of other requests before it and
/// among the two after it. A retry at that pattern fails with f(pattern), unless its request is persistently bad, which
/// has probability pi: both are found by expectation maximisation over the logged retries. Retries are told apart by
/// whether anybody else was heard since the request's own last failure: without that, that failure is the freshest news.
struct OutcomeModel: Sendable {
  static let firstCells = 9
  static let retryCells = 18
  /// How strongly a component's own table is pulled towards that of all components, in retries.
  static let shrinkage = 20.0
  static let rounds = 8

  /// The moment of an attempt as its neighbours saw it.
  struct Moment: Sendable {
    /// 3a + b
    var pattern: Int
    /// Whether another first attempt lies between the request's last attempt and this one.
    var isNews: Bool
    var cell: Int { pattern * 2 + (isNews ? 1 : 0) }
  }

  let settings: EvaluationSettings
  /// The share of persistently bad requests.
  private(set) var persistent = 0.0
  /// Failure probability of a first attempt by pattern, persistent requests aside.
  private(set) var first = [Double](repeating: 0.5, count: firstCells)
  /// Failure probability of a retry by cell and component; component `components` is all together.
  private(set) var retry: [[Double]] = []
  private(set) var retryCounts: [Double] = [Double](repeating: 0, count: retryCells)
  /// Whether retries at healthy moments tell persistent requests from unlucky ones.
  private(set) var isIdentified = false
  /// Posterior of being persistent, by failing episode (index into `failing`).
  private(set) var posterior: [Double] = []
  /// Episodes whose first attempt failed, ascending.
  private(set) var failing: [Int32] = []
  /// Cells the log supports, after falling back to coarser ones: the cell to read, or -1.
  private(set) var readable = [Int](repeating: -1, count: retryCells)

  init(_ log: borrowing EpisodeLog, _ logged: LoggedPolicy, settings: EvaluationSettings) {
    self.settings = settings
    fit(log, logged)
  }

  // MARK: Neighbours

  /// The moment at `time` for an episode of a component, nil without neighbours inside the window.
  ///
  /// - Parameter lastStart: when the episode's last attempt began.
  func moment(
    _ log: borrowing EpisodeLog, component: Int, episode: Int, at time: Int64, lastStart: Int64
  ) -> Moment? {
    let range = log.ranges[component]
    var low = range.lowerBound
    var high = range.upperBound
    // Retries come soon after their episode: gallop from there.
    if time >= log.arrival[episode] {
      low = episode
      var step = 4
      while low + step < high, log.arrival[low + step] <= time { step *= 2 }
      high = min(high, low + step)
    }
    while low < high {
      let middle = (low + high) / 2
      if log.arrival[middle] <= time { low = middle + 1 } else { high = middle }
    }
    var before = 0
    var beforeFound = 0
    var isNews = false
    var i = low - 1
    while i >= range.lowerBound, beforeFound < 2 {
      if i != episode {
        guard time - log.arrival[i] <= settings.donorWindow else { break }
        if beforeFound == 0 { isNews = log.arrival[i] > lastStart }
        before += log.firstFailure[i] == 0 ? 1 : 0
        beforeFound += 1
      }
      i -= 1
    }
    var after = 0
    var afterFound = 0
    i = low
    while i < range.upperBound, afterFound < 2 {
      if i != episode {
        guard log.arrival[i] - time <= settings.donorWindow else { break }
        after += log.firstFailure[i] == 0 ? 1 : 0
        afterFound += 1
      }
      i += 1
    }
    guard beforeFound > 0, afterFound > 0 else { return nil }
    if beforeFound == 1 { before *= 2 }
    if afterFound == 1 { after *= 2 }
    return Moment(pattern: 3 * before + after, isNews: isNews)
  }

  /// The failure probability of a retry that is not persistent, nil where the log does not support the cell.
  @inline(__always)
  func failure(_ moment: Moment, component: Int) -> Double? {
    let cell = readable[moment.cell]
    return cell < 0 ? nil : retry[component][cell]
  }

  // MARK: Fitting

  private struct Retry {
    var failing: Int32
    var component: Int32
    var cell: Int16
    var failed: Bool
  }

  private mutating func fit(_ log: borrowing EpisodeLog, _ logged: LoggedPolicy) {
    var firstPattern: [Int8] = []
    var neverSucceeded: [Bool] = []
    var retries: [Retry] = []
    var firstTotals = [Double](repeating: 0, count: Self.firstCells)
    for component in log.ranges.indices {
      let range = log.ranges[component]
      for episode in range {
        let pattern = neighbourPattern(log, range, episode)
        let failed = log.firstFailure[episode] != 0
        if failed, !logged.retried.contains(code: log.firstFailure[episode]) {
          failing.append(Int32(episode))
          firstPattern.append(-1)
          neverSucceeded.append(false)
          continue
        }
        firstTotals[pattern] += 1
        guard failed else { continue }
        failing.append(Int32(episode))
        firstPattern.append(Int8(pattern))
        neverSucceeded.append(!log.succeeded(episode))
        let attempts = log.attempts(of: episode)
        for i in attempts.dropFirst() {
          guard
            let moment = moment(
              log, component: component, episode: episode, at: log.start[i], lastStart: log.start[i - 1])
          else { continue }
          retries.append(
            Retry(
              failing: Int32(failing.count - 1), component: Int32(component), cell: Int16(moment.cell),
              failed: log.failure[i] != 0))
        }
      }
    }
    let total = Double(log.count)
    posterior = neverSucceeded.map { $0 ? 0.2 : 0 }
    var table = [Double](repeating: 0.5, count: Self.retryCells)
    for _ in 0..<Self.rounds {
      maximise(retries, firstPattern, firstTotals, total, &table)
      expect(retries, firstPattern, neverSucceeded, table)
    }
    maximise(retries, firstPattern, firstTotals, total, &table)
    finish(retries, table, components: log.ranges.count)
  }

  /// The pattern of a first attempt: its own neighbours in the component's row.
  private func neighbourPattern(_ log: borrowing EpisodeLog, _ range: Range<Int>, _ episode: Int) -> Int {
    var before = 0
    var after = 0
    if episode - 2 >= range.lowerBound {
      before = (log.firstFailure[episode - 1] == 0 ? 1 : 0) + (log.firstFailure[episode - 2] == 0 ? 1 : 0)
    } else if episode - 1 >= range.lowerBound {
      before = log.firstFailure[episode - 1] == 0 ? 2 : 0
    } else {
      before = 2
    }
    if episode + 2 < range.upperBound {
      after = (log.firstFailure[episode + 1] == 0 ? 1 : 0) + (log.firstFailure[episode + 2] == 0 ? 1 : 0)
    } else if episode + 1 < range.upperBound {
      after = log.firstFailure[episode + 1] == 0 ? 2 : 0
    } else {
      after = 2
    }
    return 3 * before + after
  }

  private mutating func maximise(
    _ retries: [Retry], _ firstPattern: [Int8], _ firstTotals: [Double], _ total: Double, _ table: inout [Double]
  ) {
    var sum = 0.0
    var failed = [Double](repeating: 0, count: Self.firstCells)
    var lost = [Double](repeating: 0, count: Self.firstCells)
    for i in firstPattern.indices where firstPattern[i] >= 0 {
      sum += posterior[i]
      failed[Int(firstPattern[i])] += 1 - posterior[i]
      lost[Int(firstPattern[i])] += posterior[i]
    }
    persistent = total > 0 ? sum / total : 0
    for p in 0..<Self.firstCells { first[p] = (failed[p] + 0.5) / (firstTotals[p] - lost[p] + 1) }
    var failures = [Double](repeating: 0, count: Self.retryCells)
    var weights = failures
    for retry in retries {
      let weight = 1 - posterior[Int(retry.failing)]
      weights[Int(retry.cell)] += weight
      if retry.failed { failures[Int(retry.cell)] += weight }
    }
    for c in 0..<Self.retryCells { table[c] = (failures[c] + 0.5) / (weights[c] + 1) }
  }

  private mutating func expect(
    _ retries: [Retry], _ firstPattern: [Int8], _ neverSucceeded: [Bool], _ table: [Double]
  ) {
    var odds = [Double](repeating: 1, count: firstPattern.count)
    for retry in retries where neverSucceeded[Int(retry.failing)] { odds[Int(retry.failing)] *= table[Int(retry.cell)] }
    for i in firstPattern.indices {
      guard neverSucceeded[i], firstPattern[i] >= 0 else {
        posterior[i] = 0
        continue
      }
      let unlucky = (1 - persistent) * first[Int(firstPattern[i])] * odds[i]
      posterior[i] = persistent / max(persistent + unlucky, .leastNormalMagnitude)
    }
  }

  private mutating func finish(_ retries: [Retry], _ table: [Double], components: Int) {
    var failures = [[Double]](repeating: [Double](repeating: 0, count: Self.retryCells), count: components)
    var weights = failures
    var counts = [Double](repeating: 0, count: Self.retryCells)
    for retry in retries {
      let weight = 1 - posterior[Int(retry.failing)]
      weights[Int(retry.component)][Int(retry.cell)] += weight
      if retry.failed { failures[Int(retry.component)][Int(retry.cell)] += weight }
      counts[Int(retry.cell)] += 1
    }
    retryCounts = counts
    // Finest cell with enough retries; else the pattern without the news; else any cell as healthy as it.
    let need = Double(settings.minimumRetries)
    var merged = table
    for cell in 0..<Self.retryCells {
      let pattern = cell / 2
      let alike = (0..<Self.retryCells).filter { $0 / 2 / 3 + $0 / 2 % 3 == pattern / 3 + pattern % 3 }
      for group in [[cell], [pattern * 2, pattern * 2 + 1], alike] {
        let n = group.reduce(0) { $0 + counts[$1] }
        guard n >= need else { continue }
        readable[cell] = cell
        if group.count > 1 {
          let f = group.reduce(0.0) { sum, c in sum + failures.reduce(0.0) { $0 + $1[c] } }
          let w = group.reduce(0.0) { sum, c in sum + weights.reduce(0.0) { $0 + $1[c] } }
          merged[cell] = (f + 0.5) / (w + 1)
        }
        break
      }
    }
    retry = (0..<components).map { component in
      (0..<Self.retryCells).map { cell in
        components == 1
          ? merged[cell]
          : (failures[component][cell] + Self.shrinkage * merged[cell]) / (weights[component][cell] + Self.shrinkage)
      }
    }
    isIdentified = counts[8 * 2] + counts[8 * 2 + 1] >= need
  }
}
