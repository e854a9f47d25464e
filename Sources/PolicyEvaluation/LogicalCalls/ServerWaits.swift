// Waits that a server asked for, in logs whose spans do not say so: whole seconds after answers that ask to slow down.
internal import Glibc
internal import Model
internal import Support

/// Tells `Retry-After` from the waits before retries: its number is of whole seconds (RFC 9110, section 10.2.3), a client
/// waits that long and is late on one side, and it comes with 429 and 503 only.
///
/// A server does not ask after every failure. So the waits after one kind of failure are a mixture: of points at whole seconds
/// that all calls share, and of the client's own law, taken as even up to the longest wait that it makes before each retry.
/// It is fitted by expectation and maximisation (Dempster, Laird and Rubin, 1977), and a wait belongs to what it is likelier of.
enum ServerWaits {
  /// Retries after one kind of failure below which nothing is told.
  private static let least = 12
  /// How much later than a whole second a wait may be, microseconds: a busy machine's lateness. Of waits by any other law one
  /// in sixteen lies there.
  private static let late: Int64 = 60_000
  private static let second: Int64 = 1_000_000
  private static let kinds = [FailureKind.insufficientResources, .unavailable].map(\.rawValue)

  /// A wait before a retry.
  private struct Retry {
    /// The failed attempt before it.
    var attempt: Int
    /// From 1.
    var number: Int
    var wait: Int64
    /// When the failed attempt ended.
    var end: Int64

    /// The whole seconds in the wait.
    var floor: Int64 { wait.addingSaturated(CallAggregator.tolerance) / ServerWaits.second }

    /// The whole seconds that the wait may have been made of, 0 where it is of none.
    var seconds: Int64 {
      let rest = wait.addingSaturated(CallAggregator.tolerance) % ServerWaits.second
      return rest <= ServerWaits.late + CallAggregator.tolerance ? floor : 0
    }
  }

  /// Notes what was asked with each failure of a kind whose retries show it; a failure that was not tried again takes over
  /// what was asked with the one nearest in time.
  ///
  /// - Returns: the retries that tell it.
  static func tell(_ attempts: inout [LoggedAttempt]) -> Int {
    var found = 0
    for kind in kinds {
      let retries = Self.retries(attempts, after: { $0 == kind })
      guard retries.count >= least else { continue }
      guard let isAsked = mixture(retries, attempts) else { continue }
      found += isAsked.count { $0 }
      note(
        &attempts, kind, zip(retries, isAsked).map { (at: $0.end, seconds: $1 ? $0.floor : 0, attempt: $0.attempt) })
    }
    return found
  }

  private static func retries(_ attempts: [LoggedAttempt], after isMeant: (UInt8) -> Bool) -> [Retry] {
    var retries: [Retry] = []
    var number = 0
    for i in attempts.indices.dropLast() {
      number = attempts[i].isFirst ? 1 : number + 1
      guard !attempts[i + 1].isFirst, attempts[i].failure != 0, isMeant(attempts[i].failure),
        attempts[i].marks.isDisjoint(with: [.countedOnly, .restored])
      else { continue }
      let wait = max(attempts[i + 1].start.subtractingSaturated(attempts[i].end), 0)
      retries.append(Retry(attempt: i, number: min(number, 64), wait: wait, end: attempts[i].end))
    }
    return retries
  }

  /// Which waits were asked for; nil where the client's own law alone makes them as well.
  ///
  /// A law of the client's own can be of whole seconds too. The waits are a server's where other waits come before the same
  /// retry, as no law without jitter makes them, or waits after other failures are of another law, or, where nothing else was
  /// tried again, where they differ before the same retry.
  private static func mixture(_ retries: [Retry], _ attempts: [LoggedAttempt]) -> [Bool]? {
    let whole = retries.map(\.seconds)
    guard whole.count(where: { $0 > 0 }) >= least else { return nil }
    // The longest wait of the law by number of the retry; at least the longest before it, as laws do not shrink.
    func longest(_ isOwn: (Int) -> Bool) -> [Double] {
      var most = [Double](repeating: 0, count: 65)
      for (i, retry) in retries.enumerated() where isOwn(i) {
        most[retry.number] = max(most[retry.number], Double(retry.wait) + 1)
      }
      for number in 1...64 { most[number] = max(most[number], most[number - 1]) }
      return most
    }
    let window = Double(late + 2 * CallAggregator.tolerance)
    var belongs = whole.map { $0 > 0 ? 1.0 : 0 }
    var likelihood = 0.0
    var points: [Int64: Double] = [:]
    for _ in 0..<30 {
      points = [:]
      for (i, seconds) in whole.enumerated() where seconds > 0 { points[seconds, default: 0] += belongs[i] }
      let total = belongs.reduce(0, +)
      guard total > 0 else { return nil }
      let share = total / Double(retries.count)
      let most = longest { belongs[$0] < 0.5 }
      likelihood = 0
      for (i, retry) in retries.enumerated() {
        let limit = most[retry.number]
        let own = Double(retry.wait) < limit ? (1 - share) / limit : 0
        let point = whole[i] > 0 ? share * (points[whole[i]] ?? 0) / total / window : 0
        belongs[i] = point + own > 0 ? point / (point + own) : 0
        likelihood += log(max(point + own, 1e-30))
      }
    }
    let isAsked = belongs.map { $0 >= 0.5 }
    let count = isAsked.count { $0 }
    guard count >= least else { return nil }
    // Against the law alone (Schwarz, 1978): a number for each point and one for the share.
    let alone = longest { _ in true }
    let without = retries.reduce(0.0) { $0 - log(max(alone[$1.number], 1)) }
    let used = Set(zip(whole, isAsked).filter(\.1).map(\.0)).count
    guard likelihood - without > Double(used + 1) * log(Double(retries.count)) else { return nil }
    if count * 10 >= retries.count * 9 {
      // Where all waits but a few are asked for, those few came late.
      return isOther(attempts) ?? differ(retries) ? retries.map { $0.floor > 0 } : nil
    }
    var both: [Int: (asked: Int, own: Int)] = [:]
    for (retry, asked) in zip(retries, isAsked) {
      if asked { both[retry.number, default: (0, 0)].asked += 1 } else { both[retry.number, default: (0, 0)].own += 1 }
    }
    return both.values.contains { $0.asked >= least && $0.own >= least } || differ(retries) ? isAsked : nil
  }

  private static func areWholeSeconds(_ retries: [Retry]) -> Bool {
    retries.count { $0.wait % second <= late || $0.seconds > 0 } * 10 >= retries.count * 9
  }

  /// Whether waits before the same retry are of different seconds, a fifth of them at least of others than the most usual.
  private static func differ(_ retries: [Retry]) -> Bool {
    let first = retries.filter { $0.number == 1 && $0.seconds > 0 }.map(\.seconds)
    var counts: [Int64: Int] = [:]
    for value in first { counts[value, default: 0] += 1 }
    guard let most = counts.values.max() else { return false }
    return first.count >= least && most * 5 <= first.count * 4
  }

  /// Whether waits after failures that no server asks to wait with are not of whole seconds; nil where there are too few.
  private static func isOther(_ attempts: [LoggedAttempt]) -> Bool? {
    let others = retries(attempts, after: { !kinds.contains($0) })
    return others.count >= least ? !areWholeSeconds(others) : nil
  }

  private static func note(
    _ attempts: inout [LoggedAttempt], _ kind: UInt8, _ told: [(at: Int64, seconds: Int64, attempt: Int)]
  ) {
    func asked(_ seconds: Int64) -> AskedWait { seconds > 0 ? AskedWait(milliseconds: seconds * 1000) : .none }
    let byTime = told.sorted { ($0.at, $0.attempt) < ($1.at, $1.attempt) }
    for i in attempts.indices where attempts[i].failure == kind {
      let end = attempts[i].end
      let later = byTime.partitioningIndex { $0.at >= end }
      let nearest =
        later == byTime.count
          || later > 0 && end.subtractingSaturated(byTime[later - 1].at) < byTime[later].at.subtractingSaturated(end)
        ? later - 1 : later
      attempts[i].asked = asked(byTime[nearest].seconds)
    }
    for retry in told { attempts[retry.attempt].asked = asked(retry.seconds) }
  }
}
