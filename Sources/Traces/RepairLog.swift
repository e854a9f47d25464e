package import Model
package import Support

/// What was mended while requests were put together, by kind and member, with the first place of each.
package struct RepairLog: Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable {
    /// A span named itself as its parent: it is a root.
    case selfParent
    /// Parents form a ring: the earliest span of it is a root.
    case cycle
    /// The parent is missing: the span is kept under the request's root.
    case orphanAdopted
    /// The request has no root span at all: its topmost spans are roots.
    case rootless
    /// The same span id again: both are kept.
    case duplicateSpan
    /// The same span again, equal in everything: it is counted once.
    case repeatedSpan
    /// The two halves of a span whose id caller and callee share were joined.
    case sharedSpanJoined
    /// Records that know only the lower half of a trace's id were joined with the others.
    case joinedTraceIDs
    /// A callee's clock was shifted into its caller's span.
    case clockSkew
    /// A span without an end: it reaches to its last child's, which is not taken for how long it took.
    case unfinishedSpan
    /// A request of which only its end is known and not how long it took.
    case untimedSpan
    /// An end without its start, or a start without its end, among structural events.
    case unpairedEvent
    /// The request has more than one root: all are kept.
    case severalRoots
    /// A child begins before its parent or ends after it, as asynchronous work does: kept as it is.
    case childOutsideParent

    /// The name in the record counts.
    package var name: String { String(describing: self) }
  }

  private struct Key: Hashable {
    var kind: Kind
    var member: Int
  }

  private struct Entry {
    var count: Int
    var first: SourceRef

    mutating func add(_ source: SourceRef) {
      count += 1
      if source.bits < first.bits { first = source }
    }
  }

  private var entries: [Key: Entry] = [:]

  package init() {}

  package mutating func add(_ kind: Kind, at source: SourceRef) {
    entries[Key(kind: kind, member: source.member), default: Entry(count: 0, first: source)].add(source)
  }

  /// The repairs with the names of their members.
  package func resolved(_ sources: SourceTable) -> Repairs {
    var repairs = Repairs()
    for (key, entry) in entries {
      let location = sources.location(entry.first)
      repairs.add(key.kind.name, count: entry.count, first: location)
    }
    return repairs
  }
}

/// Repairs by input, member and kind: the mergeable form of a `RepairLog`.
package struct Repairs: Hashable, Sendable {
  package struct Key: Hashable, Comparable, Sendable {
    package var input: String
    package var member: String
    package var kind: String

    package static func < (a: Key, b: Key) -> Bool {
      (a.input, a.member, a.kind) < (b.input, b.member, b.kind)
    }
  }

  package struct Entry: Hashable, Sendable {
    package var count: Int
    package var first: SourceLocation.Position
  }

  package private(set) var entries: [Key: Entry] = [:]

  package init() {}

  package mutating func add(_ kind: String, count: Int, first: SourceLocation) {
    add(Key(input: first.input, member: first.member, kind: kind), Entry(count: count, first: first.position))
  }

  private mutating func add(_ key: Key, _ entry: Entry) {
    guard let mine = entries[key] else {
      entries[key] = entry
      return
    }
    entries[key] = Entry(count: mine.count + entry.count, first: min(mine.first, entry.first))
  }

  /// What is only worth a note, because the record was used as it is.
  package static let observations: Set<String> = Set(
    [RepairLog.Kind.severalRoots, .childOutsideParent, .untimedSpan].map(\.name))

  /// What each kind means, for the reader of a diagnostic.
  private static let explanations: [String: MessageText] = [
    RepairLog.Kind.selfParent.name: "a span named itself as its parent: it is a root",
    RepairLog.Kind.cycle.name: "parents form a ring: the earliest span of it is a root",
    RepairLog.Kind.orphanAdopted.name: "the parent is missing: the span is kept under the request's root",
    RepairLog.Kind.rootless.name: "the request has no root span: its topmost spans are roots",
    RepairLog.Kind.duplicateSpan.name: "the same span id again: both spans are kept",
    RepairLog.Kind.repeatedSpan.name: "the same span was written again: it is counted once",
    RepairLog.Kind.sharedSpanJoined.name: "the halves of a span that caller and callee share were joined",
    RepairLog.Kind.joinedTraceIDs.name:
      "records that know 64 bits of a trace's id were joined with those that know all of them",
    RepairLog.Kind.clockSkew.name: "the callee's clock was shifted into its caller's span",
    RepairLog.Kind.unfinishedSpan.name:
      "a span without an end: it counts as begun; whether it was answered and after how long is not known",
    RepairLog.Kind.untimedSpan.name:
      "a request was logged without how long it took: it counts, but nothing slow can be seen by it",
    RepairLog.Kind.unpairedEvent.name: "a start without its end, or an end without its start",
    RepairLog.Kind.severalRoots.name: "the request has more than one root: all are kept",
    RepairLog.Kind.childOutsideParent.name: "a child begins before its parent or ends after it: kept as it is",
  ]

  /// The repairs as notes, one per member and kind.
  package var diagnostics: [Diagnostic] {
    entries.sorted { $0.key < $1.key }.map { key, entry in
      Diagnostic(
        key.kind, .note,
        at: SourceLocation(input: key.input, member: key.member, position: entry.first),
        Self.explanations[key.kind] ?? "mended while requests were put together", count: entry.count)
    }
  }
}

extension Repairs: Mergeable {
  package mutating func merge(_ other: Repairs) {
    for (key, entry) in other.entries { add(key, entry) }
  }
}

extension Repairs: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.dictionary(entries) { writer, key, entry in
      writer.int(entry.count)
      Evidence(
        SourceLocation(input: key.input, member: key.member, position: entry.first), request: ForeignName(key.kind)
      )
      .encode(to: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    for _ in 0..<(try reader.count()) {
      let count = try reader.int()
      let place = try Evidence(from: &reader)
      add(place.request.text, count: count, first: place.location)
    }
  }
}
