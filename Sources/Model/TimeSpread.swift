// How the times of records lie over the days, and which of them are the night's.

internal import Support

/// Counts times by day, so that a few far outside can be told from the night.
package struct TimeSpread: Hashable, Sendable {
  /// One day with records.
  package struct Day: Hashable, Sendable {
    package var count = 0
    package var first = Int64.max
    package var last = Int64.min

    package init() {}
  }

  /// By days since the epoch; at most `most` of them.
  package private(set) var days: [Int64: Day] = [:]
  /// Times on days beyond that number.
  package private(set) var uncounted = 0

  /// So many days of records fill eleven years: more are the work of broken clocks.
  private static let most = 4096
  private static let day: Int64 = 86_400_000_000
  /// Two stretches are two where a week lies between them: a history of builds has silent weekends in it.
  private static let gap: Int64 = 7 * 86_400_000_000

  private var lastDay = Int64.min
  private var pending = Day()

  package init() {}

  package var isEmpty: Bool { days.isEmpty && pending.count == 0 }

  /// Counts one time, in microseconds since the epoch.
  @inlinable package mutating func add(_ time: Int64) {
    if time < current.upperBound, time >= current.lowerBound { count(time) } else { turn(to: time) }
  }

  @usableFromInline var current: Range<Int64> = 0..<0

  @usableFromInline mutating func count(_ time: Int64) {
    pending.count += 1
    if time < pending.first { pending.first = time }
    if time > pending.last { pending.last = time }
  }

  /// Goes on with another day.
  @usableFromInline mutating func turn(to time: Int64) {
    settle()
    let number = time >= 0 ? time / Self.day : -1 - (-1 - time) / Self.day
    let (start, overflow) = number.multipliedReportingOverflow(by: Self.day)
    current = overflow ? 0..<0 : start..<start.addingSaturated(Self.day)
    lastDay = number
    count(time)
  }

  /// Adds what was counted of the day at hand.
  package mutating func settle() {
    guard pending.count > 0 else { return }
    merge(lastDay, pending)
    pending = Day()
    current = 0..<0
  }

  package mutating func merge(_ number: Int64, _ other: Day) {
    guard var known = days[number] ?? (days.count < Self.most ? Day() : nil) else {
      uncounted += other.count
      return
    }
    known.count += other.count
    known.first = min(known.first, other.first)
    known.last = max(known.last, other.last)
    days[number] = known
  }

  /// Counts times of days beyond the bound.
  package mutating func addUncounted(_ count: Int) { uncounted = uncounted.addingReportingOverflow(count).partialValue }

  package mutating func merge(_ other: TimeSpread) {
    var other = other
    other.settle()
    settle()
    for (number, day) in other.days.sorted(by: { $0.key < $1.key }) { merge(number, day) }
    uncounted += other.uncounted
  }

  /// The stretch that holds most of the times, and how many lie outside of it; nil without any time.
  ///
  /// Stretches are days of records with no more than a week of silence between them; of two with as many records the
  /// later one is taken.
  package var main: (start: Int64, end: Int64, outside: Int)? {
    var settled = self
    settled.settle()
    var best: (start: Int64, end: Int64, count: Int)?
    var all = uncounted
    var open: (start: Int64, end: Int64, count: Int)?
    func close() {
      guard let stretch = open else { return }
      if stretch.count >= best?.count ?? 0 { best = stretch }
    }
    for (_, day) in settled.days.sorted(by: { $0.key < $1.key }) {
      all += day.count
      if let stretch = open, day.first.subtractingSaturated(stretch.end) <= Self.gap {
        open = (stretch.start, max(stretch.end, day.last), stretch.count + day.count)
      } else {
        close()
        open = (day.first, day.last, day.count)
      }
    }
    close()
    return best.map { ($0.start, $0.end, all - $0.count) }
  }
}
