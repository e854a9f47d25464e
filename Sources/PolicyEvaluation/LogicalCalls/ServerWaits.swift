// Waits that a server asked for, in logs whose spans do not say so: whole seconds after answers that ask to slow down.
internal import Model
internal import Support

/// Tells `Retry-After` from the waits before retries: its number is of whole seconds (RFC 9110, section 10.2.3), a client
/// waits that long and is late on one side, and it comes with 429 and 503 only.
enum ServerWaits {
  /// Retries after one kind of failure below which nothing is told.
  private static let least = 12
  /// How much later than a whole second a wait may be, microseconds: a busy machine's lateness. Of waits by any other law one
  /// in sixteen lies there.
  private static let late: Int64 = 60_000
  private static let kinds = [FailureKind.insufficientResources, .unavailable].map(\.rawValue)

  /// Notes what was asked with each failure of a kind whose retries show it; a failure that was not tried again takes over
  /// what was asked last before it.
  ///
  /// A law of the client's own can be of whole seconds as well. The waits are a server's where waits after other failures are
  /// of another law, or, where nothing else was tried again, where they differ before the same retry, which no exact law does.
  ///
  /// - Returns: the retries that tell it.
  static func tell(_ attempts: inout [LoggedAttempt]) -> Int {
    var found = 0
    for kind in kinds {
      let retries = Self.retries(attempts, after: { $0 == kind })
      guard retries.count >= least, areWholeSeconds(retries.map(\.wait)),
        retries.allSatisfy({ $0.wait >= 1_000_000 - CallAggregator.tolerance }),
        isOther(attempts) ?? differ(retries)
      else { continue }
      found += retries.count
      note(&attempts, kind)
    }
    return found
  }

  private static func retries(
    _ attempts: [LoggedAttempt], after isMeant: (UInt8) -> Bool
  ) -> [(number: Int, wait: Int64)] {
    var retries: [(number: Int, wait: Int64)] = []
    var number = 0
    for i in attempts.indices.dropLast() {
      number = attempts[i].isFirst ? 1 : number + 1
      guard !attempts[i + 1].isFirst, attempts[i].failure != 0, isMeant(attempts[i].failure),
        attempts[i].marks.isDisjoint(with: [.countedOnly, .restored])
      else { continue }
      retries.append((number, wait(attempts, i)))
    }
    return retries
  }

  private static func wait(_ attempts: [LoggedAttempt], _ i: Int) -> Int64 {
    max(attempts[i + 1].start.subtractingSaturated(attempts[i].end), 0)
  }

  /// The whole seconds that a wait was made of.
  private static func seconds(_ wait: Int64) -> Int64 { wait.addingSaturated(CallAggregator.tolerance) / 1_000_000 }

  private static func areWholeSeconds(_ waits: [Int64]) -> Bool {
    let whole = waits.count { wait in
      wait.addingSaturated(CallAggregator.tolerance) % 1_000_000 <= late + CallAggregator.tolerance
    }
    return whole * 10 >= waits.count * 9
  }

  /// Whether waits before the same retry are of different seconds, a fifth of them at least of others than the most usual.
  private static func differ(_ retries: [(number: Int, wait: Int64)]) -> Bool {
    let first = retries.filter { $0.number == 1 }.map { seconds($0.wait) }
    var counts: [Int64: Int] = [:]
    for value in first { counts[value, default: 0] += 1 }
    guard let most = counts.values.max() else { return false }
    return first.count >= least && most * 5 <= first.count * 4
  }

  /// Whether waits after failures that no server asks to wait with are not of whole seconds; nil where there are too few.
  private static func isOther(_ attempts: [LoggedAttempt]) -> Bool? {
    let others = retries(attempts, after: { !kinds.contains($0) })
    return others.count >= least ? !areWholeSeconds(others.map(\.wait)) : nil
  }

  private static func note(_ attempts: inout [LoggedAttempt], _ kind: UInt8) {
    var asked = AskedWait.none
    for i in attempts.indices where attempts[i].failure == kind {
      if i + 1 < attempts.count, !attempts[i + 1].isFirst {
        asked = AskedWait(milliseconds: seconds(wait(attempts, i)) * 1000)
      }
      attempts[i].asked = asked
    }
  }
}
