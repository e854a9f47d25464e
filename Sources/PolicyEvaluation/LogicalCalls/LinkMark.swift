// Links between attempts in traces of their own: failed calls by the span that a retry links to, and the spans that calls link
// to beside what they tell otherwise.
internal import Model
internal import Support

/// The start of a call beside a span: its own, or that of its request, where it failed; or the one that it links to.
package struct LinkMark: Hashable, Comparable, Sendable {
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

  /// Those that are kept of many: the earliest.
  static func kept(_ marks: [LinkMark]) -> [LinkMark] { Array(marks.sorted().prefix(limit)) }

  func encode(to writer: inout ByteWriter) {
    writer.signed(start)
    writer.unsigned(UInt64(link))
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    start = try reader.signed()
    guard let link = UInt32(exactly: try reader.unsigned()) else { throw reader.failure("link out of range") }
    self.link = link
  }

  package static func < (a: LinkMark, b: LinkMark) -> Bool { (a.start, a.link) < (b.start, b.link) }
}

extension TraceJoin {
  /// Joins calls that link to a failed call of the same edge, whose client wrote down what it tried again.
  ///
  /// A call follows the chain of what it links to, where that has failed so far and has ended: the last attempt, or the
  /// first one, to which all of them link.
  ///
  /// - Parameters:
  ///   - attempts: of one edge, in canonical order; the joined ones afterwards.
  ///   - failed: failed calls of all edges that others may link to, in any order.
  ///   - linked: what calls link to that tell something else in their attempts, or whose requests link, in any order.
  /// - Returns: how many were joined.
  static func joinByLink(_ attempts: inout [LoggedAttempt], _ failed: [LinkMark], _ linked: [LinkMark]) -> Int {
    guard !failed.isEmpty, !linked.isEmpty || attempts.contains(where: { $0.isRoot && RetryEvidence.isLink($0.target) })
    else { return 0 }
    // A hash that two of them have tells neither, and two that begin at the same time are not told apart.
    var startOf: [UInt32: Int64?] = [:]
    for mark in failed { startOf.updateValue(startOf[mark.link] == nil ? mark.start : nil, forKey: mark.link) }
    var linkAt: [Int64: UInt32?] = [:]
    for mark in linked { linkAt.updateValue(linkAt[mark.start] == nil ? mark.link : nil, forKey: mark.start) }
    let starts = Set(failed.map(\.start))
    let episodes = attempts.calls
    let heads = episodes.map { attempts[$0.lowerBound] }
    var episodeAt: [Int64: Int?] = [:]
    for (number, head) in heads.enumerated() where head.isRoot && head.failure != 0 || starts.contains(head.start) {
      if attempts[episodes[number]].last?.failure == 0 { continue }
      episodeAt.updateValue(episodeAt[head.start] == nil ? number : nil, forKey: head.start)
    }
    return chain(&attempts, episodes) { number, last in
      let head = heads[number]
      let link = head.isRoot && RetryEvidence.isLink(head.target) ? head.target : linkAt[head.start] ?? nil
      guard let link, let start = startOf[link] ?? nil, let before = episodeAt[start] ?? nil, before < number,
        let tried = last(before), tried.failure != 0,
        tried.end <= head.start.addingSaturated(CallAggregator.tolerance)
      else { return nil }
      return before
    }
  }
}
