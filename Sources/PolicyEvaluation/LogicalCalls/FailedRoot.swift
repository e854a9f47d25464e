// Failed calls that are traces of their own, by the span that a retry in another trace links to.
internal import Model
internal import Support

/// A failed root call.
package struct FailedRoot: Hashable, Comparable, Sendable {
  /// Kept at most: the earliest.
  static let limit = 200_000

  /// Microseconds since the epoch.
  package var start: Int64
  /// The hash that links to its span have.
  package var link: UInt32

  package init(start: Int64, span: UInt64) {
    self.start = start
    link = RetryEvidence.link(to: span).targetHash
  }

  init(start: Int64, link: UInt32) {
    self.start = start
    self.link = link
  }

  package static func < (a: FailedRoot, b: FailedRoot) -> Bool { (a.start, a.link) < (b.start, b.link) }
}

extension TraceJoin {
  /// Joins calls that link to a failed call of the same edge, whose client wrote down what it tried again.
  ///
  /// A call follows the chain of what it links to, where that has failed so far and has ended: the last attempt, or the
  /// first one, to which all of them link.
  ///
  /// - Parameters:
  ///   - attempts: of one edge, in canonical order; the joined ones afterwards.
  ///   - failed: failed root calls of all edges, in any order.
  /// - Returns: how many were joined.
  static func joinByLink(_ attempts: inout [LoggedAttempt], _ failed: [FailedRoot]) -> Int {
    guard !failed.isEmpty, attempts.contains(where: { $0.isRoot && RetryEvidence.isLink($0.target) })
    else { return 0 }
    // A hash that two of them have tells neither.
    var startOf: [UInt32: Int64?] = [:]
    for root in failed { startOf.updateValue(startOf[root.link] == nil ? root.start : nil, forKey: root.link) }
    let episodes = attempts.calls
    // Of failed roots that begin at the same time one is as good as another only where they are told apart.
    var episodeAt: [Int64: Int?] = [:]
    for (number, range) in episodes.enumerated() where attempts[range.lowerBound].isRoot {
      let start = attempts[range.lowerBound].start
      if attempts[range.lowerBound].failure == 0 { continue }
      episodeAt.updateValue(episodeAt[start] == nil ? number : nil, forKey: start)
    }
    let heads = episodes.map { attempts[$0.lowerBound] }
    return chain(&attempts, episodes) { number, last in
      let head = heads[number]
      guard head.isRoot, RetryEvidence.isLink(head.target), let start = startOf[head.target] ?? nil,
        let before = episodeAt[start] ?? nil, before < number, let tried = last(before),
        tried.failure != 0, tried.end <= head.start.addingSaturated(CallAggregator.tolerance)
      else { return nil }
      return before
    }
  }
}
