// Which of a JSON log record's times is the record's own.

internal import Model

/// Which times the records of a sample have.
struct TimeEvidence: Sendable {
  /// Whether some record has a time of its own, and whether some has only the one at which what it tells of was made.
  private var isOwn = false
  private var isCreation = false

  mutating func add(_ fields: JSONLogFields) {
    if fields.hasCreation || fields.isOfCreation { isCreation = true }
    if fields.time != .min, !fields.isOfCreation { isOwn = true }
  }

  /// Whether `created_at` is what the writer of the records calls their time: none of them has any other.
  var takesCreation: Bool { isCreation && !isOwn }
}

extension JSONLogs {
  /// The order in which a record's times are believed.
  func timeRank(_ found: LogKeyTable.Found) -> Int {
    switch found.role {
    case .lateTime: found.rank + Self.late
    case .creation: found.rank + 2 * Self.late
    default: found.rank
    }
  }

  /// Whether a moment that was read is a time of the record; of what was made at some time that is noted.
  mutating func counts(_ found: LogKeyTable.Found) -> Bool {
    guard found.role == .creation, !isOfRequest, !timeEvidence.takesCreation else { return true }
    fields.hasCreation = true
    return false
  }

  /// Reads what the record of a request says of its time and its writer, under the keys of log records.
  mutating func readRequest(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) -> JSONLogFields {
    isOfRequest = true
    defer { isOfRequest = false }
    return read(b, at: start, &texts)
  }

  /// Whether a name says who served a request: a container, a pod, or a program that a collector names. The record's own `service` and
  /// `host` are the proxy's words, which `AccessObject` reads.
  func namesServer(_ found: LogKeyTable.Found) -> Bool {
    switch found.role {
    case .container, .pod, .label: true
    case .service: found.rank >= table.ownServices
    default: false
    }
  }
}
