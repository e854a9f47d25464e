// The episodes of one partition: a multiset of attempts per edge that merges in any order and stays within a bound.
package import Support

/// Episodes by edge. Beyond the limit whole episodes are left out by their hash, the same ones whatever the order of
/// merging, so what stays is a fair sample.
package struct CallPartial: Partial, Equatable {
  /// Attempts kept at most.
  package static let defaultLimit = 4_000_000
  /// Child moments kept at most: the earliest.
  package static let momentLimit = 200_000

  package private(set) var limit: Int
  /// Episodes are kept whose hash has this many leading zero bits.
  package private(set) var level = 0
  package private(set) var edges: [CallEdge: [LoggedAttempt]] = [:]
  /// How often a peer's name turned out to be a component's.
  package private(set) var aliases: [Alias: Int] = [:]
  package private(set) var moments: [ChildMoment] = []
  /// What requests at each entry call.
  package private(set) var entries: [EntryPoint: EntryCalls] = [:]
  /// Attempts seen, kept or not.
  package private(set) var seen = 0
  package private(set) var kept = 0
  /// Calls without an end or outcome, left out.
  package private(set) var unfinished = 0
  package private(set) var momentsSeen = 0
  /// Calls that only their callees' spans tell, below the spans of their callers.
  package private(set) var calleeSides = 0
  /// Requests at servers whose callers wrote no span.
  package private(set) var lone = LoneRequests()
  /// Failed calls that are traces of their own, or the only one of a request that is one, for those that link to them.
  package private(set) var failedRoots: [LinkMark] = []
  /// What calls link to that also say what they ask for, or whose requests link.
  package private(set) var linked: [LinkMark] = []

  package struct Alias: Hashable, Comparable, Sendable {
    package var peer: String
    package var component: String
    package static func < (a: Alias, b: Alias) -> Bool { (a.peer, a.component) < (b.peer, b.component) }
  }

  package init(limit: Int = CallPartial.defaultLimit) { self.limit = max(limit, 1) }

  /// Adds one episode: attempts in order.
  package mutating func add(_ attempts: [LoggedAttempt], to edge: CallEdge) {
    guard let first = attempts.first else { return }
    seen += attempts.count
    guard level == 0 || Self.keeps(Self.hash(first, edge), level) else { return }
    kept += attempts.count
    edges[edge, default: []] += attempts
    thin()
  }

  /// Adds many episodes of one edge: attempts in order, each episode opened by its first.
  package mutating func add(all attempts: [LoggedAttempt], to edge: CallEdge) {
    seen += attempts.count
    kept += attempts.count
    edges[edge, default: []] += attempts
    if level > 0 { filter() }
    thin()
  }

  package mutating func add(alias peer: String, of component: String, count: Int) {
    aliases[Alias(peer: peer, component: component), default: 0] += count
  }

  package mutating func add(_ moment: ChildMoment) {
    momentsSeen += 1
    moments.append(moment)
    if moments.count > 2 * Self.momentLimit { trimMoments() }
  }

  package mutating func add(_ calls: EntryCalls, at entry: EntryPoint) {
    if entries[entry] == nil { entries[entry] = calls } else { entries[entry]?.merge(calls) }
  }

  package mutating func addUnfinished(_ count: Int) { unfinished += count }

  package mutating func add(calleeSides count: Int) { calleeSides += count }

  package mutating func add(lone attempts: [LoggedAttempt], at entry: EntryPoint) { lone.add(attempts, at: entry) }

  package mutating func add(_ roots: [LinkMark]) {
    failedRoots += roots
    if failedRoots.count > 2 * LinkMark.limit { failedRoots = LinkMark.kept(failedRoots) }
  }

  package mutating func add(linked marks: [LinkMark]) {
    linked += marks
    if linked.count > 2 * LinkMark.limit { linked = LinkMark.kept(linked) }
  }

  private mutating func trimMoments() {
    moments.sort()
    if moments.count > Self.momentLimit { moments.removeLast(moments.count - Self.momentLimit) }
  }

  /// Attempts left out because of the limit.
  package var leftOut: Int { seen - kept }

  private static func hash(_ first: LoggedAttempt, _ edge: CallEdge) -> UInt64 {
    // Calls that are traces of their own may belong together: they stay or go by whole blocks of ten minutes.
    let time = first.isRoot ? first.start / 600_000_000 : first.start
    let seed = StableHash.combine(StableHash.hash(edge.operation), UInt64(bitPattern: time))
    return first.isRoot ? seed : StableHash.combine(seed, UInt64(bitPattern: first.duration))
  }

  private static func keeps(_ hash: UInt64, _ level: Int) -> Bool { hash.leadingZeroBitCount >= level }

  private mutating func thin() {
    while kept > limit, level < 60 {
      level += 1
      filter()
    }
  }

  private mutating func filter() {
    kept = 0
    let level = level
    for (edge, attempts) in edges {
      let left = Self.calls(of: attempts) { Self.keeps(Self.hash($0, edge), level) }
      kept += left.count
      edges[edge] = left.isEmpty ? nil : left
    }
  }

  /// The calls whose first attempt is kept.
  static func calls(of attempts: [LoggedAttempt], where keeps: (LoggedAttempt) -> Bool) -> [LoggedAttempt] {
    var left: [LoggedAttempt] = []
    left.reserveCapacity(attempts.count / 2 + 1)
    var keeping = false
    for attempt in attempts {
      if attempt.isFirst { keeping = keeps(attempt) }
      if keeping { left.append(attempt) }
    }
    return left
  }

  package mutating func merge(_ other: CallPartial) {
    limit = min(limit, other.limit)
    seen += other.seen
    unfinished += other.unfinished
    momentsSeen += other.momentsSeen
    aliases.merge(other.aliases, uniquingKeysWith: +)
    moments += other.moments
    add(other.failedRoots)
    add(linked: other.linked)
    calleeSides += other.calleeSides
    lone.merge(other.lone)
    for (entry, calls) in other.entries { add(calls, at: entry) }
    trimMoments()
    for (edge, attempts) in other.edges { edges[edge, default: []] += attempts }
    level = max(level, other.level)
    if level > 0 { filter() } else { kept += other.kept }
    thin()
  }

  /// The episodes of one edge in their canonical order.
  package static func ordered(_ attempts: [LoggedAttempt]) -> [LoggedAttempt] {
    let starts = attempts.indices.filter { attempts[$0].isFirst }
    if zip(starts, starts.dropFirst()).allSatisfy({ attempts[$0] < attempts[$1] }) { return attempts }
    let ends = starts.dropFirst() + [attempts.count]
    let ranges = zip(starts, ends).map { $0..<$1 }
    let sorted = ranges.sorted { a, b in
      if attempts[a.lowerBound] != attempts[b.lowerBound] { return attempts[a.lowerBound] < attempts[b.lowerBound] }
      return attempts[a].lexicographicallyPrecedes(attempts[b])
    }
    var out: [LoggedAttempt] = []
    out.reserveCapacity(attempts.count)
    for range in sorted { out += attempts[range] }
    return out
  }

  package static func == (a: CallPartial, b: CallPartial) -> Bool {
    var x = ByteWriter()
    var y = ByteWriter()
    a.encode(to: &x)
    b.encode(to: &y)
    return x.bytes == y.bytes
  }
}

extension CallPartial {
  private static let version: UInt64 = 8

  package func encode(to writer: inout ByteWriter) {
    writer.unsigned(Self.version)
    writer.int(limit)
    writer.int(level)
    writer.int(seen)
    writer.int(unfinished)
    writer.int(momentsSeen)
    writer.dictionary(edges) { writer, edge, attempts in
      writer.text(edge.caller)
      writer.text(edge.callee)
      writer.text(edge.operation)
      writer.byte(edge.isHandedOn ? 1 : 0)
      Self.encode(Self.ordered(attempts), to: &writer)
    }
    writer.dictionary(aliases) { writer, alias, count in
      writer.text(alias.peer)
      writer.text(alias.component)
      writer.int(count)
    }
    writer.array(moments.sorted().prefix(Self.momentLimit).map { $0 }) { writer, moment in
      writer.signed(moment.time)
      writer.text(moment.child)
      writer.byte(moment.kind.rawValue)
      writer.text(moment.reason)
    }
    writer.dictionary(entries) { writer, entry, calls in
      entry.encode(to: &writer)
      calls.encode(to: &writer)
    }
    writer.int(calleeSides)
    lone.encode(to: &writer)
    for marks in [failedRoots, linked] {
      writer.array(LinkMark.kept(marks)) { writer, mark in mark.encode(to: &writer) }
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    guard try reader.unsigned() == Self.version else { throw reader.failure("unknown version of the episodes") }
    self.init(limit: try reader.int())
    level = try reader.int()
    seen = try reader.int()
    unfinished = try reader.int()
    momentsSeen = try reader.int()
    guard (0...60).contains(level), seen >= 0 else { throw reader.failure("episode counts out of range") }
    edges = try reader.dictionary { reader throws(DecodeFailure) in
      let caller = try reader.text()
      let callee = try reader.text()
      var edge = CallEdge(caller: caller, callee: callee, operation: try reader.text())
      edge.isHandedOn = try reader.byte() != 0
      return (edge, try Self.attempts(from: &reader))
    }
    aliases = try reader.dictionary { reader throws(DecodeFailure) in
      let peer = try reader.text()
      let component = try reader.text()
      return (Alias(peer: peer, component: component), try reader.int())
    }
    moments = try reader.array { reader throws(DecodeFailure) in
      let time = try reader.signed()
      let child = try reader.text()
      guard let kind = ChildMoment.Kind(rawValue: try reader.byte()) else {
        throw reader.failure("unknown kind of child moment")
      }
      return ChildMoment(time: time, child: child, kind: kind, reason: try reader.text())
    }
    entries = try reader.dictionary { reader throws(DecodeFailure) in
      let entry = try EntryPoint(from: &reader)
      return (entry, try EntryCalls(from: &reader))
    }
    calleeSides = try reader.int()
    guard calleeSides >= 0 else { throw reader.failure("a count of calls out of range") }
    lone = try LoneRequests(from: &reader)
    failedRoots = try reader.array { reader throws(DecodeFailure) in try LinkMark(from: &reader) }
    linked = try reader.array { reader throws(DecodeFailure) in try LinkMark(from: &reader) }
    kept = edges.values.reduce(0) { $0 + $1.count }
  }
}
