package import Model
internal import Support
// What one logical call looked like in the log: its attempts, one after the other.

/// Who calls whom with what.
package struct CallEdge: Hashable, Comparable, Sendable {
  package var caller: String
  /// The component called; empty where a failed call did not tell, until the log is put together.
  package var callee: String
  package var operation: String

  package init(caller: String, callee: String, operation: String) {
    self.caller = caller
    self.callee = callee
    self.operation = operation
  }

  package static func < (a: CallEdge, b: CallEdge) -> Bool {
    (a.callee, a.caller, a.operation) < (b.callee, b.caller, b.operation)
  }
}

/// One attempt as logged.
package struct LoggedAttempt: Hashable, Comparable, Sendable {
  /// Microseconds since the epoch.
  package var start: Int64
  /// Microseconds.
  package var duration: Int64
  /// Microseconds from the start to the end of the callee's own span, which goes on where a client gave up; -1 where the
  /// callee wrote none.
  package var answered: Int32 = -1
  /// Hash of what a root call asked for; 0 where that is not told or the call is no root.
  package var target: UInt32 = 0
  /// From the start to the start of the callee's span in tenths of a millisecond, at most 65,534; 65,535 where the callee
  /// wrote none.
  package var lead: UInt16 = .max
  /// 0 where it succeeded, else `FailureKind.rawValue`.
  package var failure: UInt8
  /// The same of the callee's own span.
  package var answerFailure: UInt8 = 0
  /// The number its client wrote down, 0 where it wrote none.
  package var counted: UInt8
  private var bits: UInt8 = 0
  /// How long the callee asked to wait before the next attempt.
  package var asked = AskedWait.none

  /// Whether it opens an episode; the attempts after it up to the next opening one belong to it.
  package var isFirst: Bool {
    get { bits & 0x80 != 0 }
    set { bits = newValue ? bits | 0x80 : bits & 0x7F }
  }

  /// Whether the call was a trace of its own, so that its episode may go on in another trace.
  package var isRoot: Bool {
    get { bits & 0x40 != 0 }
    set { bits = newValue ? bits | 0x40 : bits & 0xBF }
  }

  package var marks: Marks {
    get { Marks(rawValue: bits & 0x3F) }
    set { bits = bits & 0xC0 | newValue.rawValue & 0x3F }
  }

  /// How an attempt that has no client span of its own came to be known.
  package struct Marks: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A server's span below one client span that holds several attempts.
    package static let inner = Marks(rawValue: 1)
    /// Counted by its client, without any time of its own.
    package static let countedOnly = Marks(rawValue: 2)
    /// No attempt at all: a request that failed without the call that its kind always makes.
    package static let refused = Marks(rawValue: 4)
    /// Its client went on while the callee was still at work: how long it waited for it is not told.
    package static let overlapping = Marks(rawValue: 8)
    /// Put in where a client's span lasts longer than what it holds explains.
    package static let restored = Marks(rawValue: 16)
  }

  package init(
    start: Int64, duration: Int64, failure: UInt8 = 0, counted: UInt8 = 0, isFirst: Bool = true, isRoot: Bool = false
  ) {
    self.start = start
    self.duration = duration
    self.failure = failure
    self.counted = counted
    bits = (isFirst ? 0x80 : 0) | (isRoot ? 0x40 : 0)
  }

  @inlinable package var end: Int64 { start.addingSaturated(duration) }

  /// Notes the callee's own span.
  package mutating func note(callee start: Int64, duration: Int64, failure: UInt8) {
    let end = start.addingSaturated(duration).subtractingSaturated(self.start)
    answered = Int32(clamping: max(end, 0))
    answerFailure = failure
    lead = UInt16(clamping: min(max(start.subtractingSaturated(self.start), 0) / 100, 65_534))
  }

  package static func < (a: LoggedAttempt, b: LoggedAttempt) -> Bool {
    if a.start != b.start { return a.start < b.start }
    if a.duration != b.duration { return a.duration < b.duration }
    if a.failure != b.failure { return a.failure < b.failure }
    if a.counted != b.counted { return a.counted < b.counted }
    if a.isRoot != b.isRoot { return !a.isRoot }
    return (a.answered, a.answerFailure, a.lead, a.target, a.marks.rawValue, a.asked.code)
      < (b.answered, b.answerFailure, b.lead, b.target, b.marks.rawValue, b.asked.code)
  }
}

/// Something that happened to a supervised child.
package struct ChildMoment: Hashable, Comparable, Sendable {
  package enum Kind: UInt8, Hashable, Sendable { case exited, heartbeat }
  /// Microseconds since the epoch.
  package var time: Int64
  package var child: String
  package var kind: Kind
  /// `ExitReason.rawValue`, empty for a heartbeat.
  package var reason: String

  package static func < (a: ChildMoment, b: ChildMoment) -> Bool {
    (a.time, a.child, a.kind.rawValue, a.reason) < (b.time, b.child, b.kind.rawValue, b.reason)
  }
}

extension [LoggedAttempt] {
  /// The places of each call's attempts: from one that is a first to the one before the next.
  var calls: [Range<Int>] {
    var calls: [Range<Int>] = []
    var begin = 0
    for i in indices.dropFirst() where self[i].isFirst {
      calls.append(begin..<i)
      begin = i
    }
    if !isEmpty { calls.append(begin..<count) }
    return calls
  }
}
