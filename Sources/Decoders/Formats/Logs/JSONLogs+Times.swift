// Which of a JSON log record's times is the record's own.

internal import Model
internal import Support

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
    guard found.role == .creation, !isOfRequest else { return true }
    if found.rank == LogKeyNames.planned { return false }
    if timeEvidence.takesCreation { return true }
    fields.hasCreation = true
    return false
  }

  /// Reads what the record of a request says of its time and its writer, under the keys of log records.
  mutating func readRequest(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) -> JSONLogFields {
    isOfRequest = true
    defer { isOfRequest = false }
    return read(b, at: start, &texts)
  }

  /// Whether a name says who served a request: a service, which counts before its container as it does for the lines of a log, a
  /// container, a pod, or a program that a collector names. A `component` may be a part of the program; the record's own `host` is the
  /// proxy's word, which `AccessObject` reads.
  func namesServer(_ found: LogKeyTable.Found, _ name: Span<UInt8>) -> Bool {
    switch found.role {
    case .container: found.rank != LogKeyNames.ident
    case .pod, .label: true
    // Traefik's `ServiceName` is what it handed the request on to, with the provider that it knows it from (`oven@docker`).
    case .service: found.rank != table.ownPart && ByteScan.find(0x40, in: name, from: 0) == name.count
    default: false
    }
  }
}
