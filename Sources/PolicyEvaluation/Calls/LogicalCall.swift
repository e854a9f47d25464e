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
  /// 0 where it succeeded, else `FailureKind.rawValue`.
  package var failure: UInt8
  /// The number its client wrote down, 0 where it wrote none.
  package var counted: UInt8
  /// Whether it opens an episode; the attempts after it up to the next opening one belong to it.
  package var isFirst: Bool
  /// Whether the call was a trace of its own, so that its episode may go on in another trace.
  package var isRoot: Bool

  package init(
    start: Int64, duration: Int64, failure: UInt8 = 0, counted: UInt8 = 0, isFirst: Bool = true, isRoot: Bool = false
  ) {
    self.start = start
    self.duration = duration
    self.failure = failure
    self.counted = counted
    self.isFirst = isFirst
    self.isRoot = isRoot
  }

  @inlinable package var end: Int64 { start.addingSaturated(duration) }

  package static func < (a: LoggedAttempt, b: LoggedAttempt) -> Bool {
    if a.start != b.start { return a.start < b.start }
    if a.duration != b.duration { return a.duration < b.duration }
    if a.failure != b.failure { return a.failure < b.failure }
    if a.counted != b.counted { return a.counted < b.counted }
    return !a.isRoot && b.isRoot
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
