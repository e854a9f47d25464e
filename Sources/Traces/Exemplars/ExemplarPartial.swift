// Whole requests that are kept to be shown: of every minute one that failed for each component where failures began, the
// slowest one of each entry point, and a few good ones. It merges in any order.

package import Model
package import Support

/// The requests kept so far, by what they stand for.
package struct ExemplarPartial: Sendable {
  /// Most requests kept: the ones whose keys have the smallest hashes, so that every merging keeps the same.
  static let limit = 512

  /// What a request stands for.
  struct Key: Hashable, Comparable, Sendable {
    enum Kind: UInt8, Sendable { case failed, slow, good }
    var kind: Kind
    /// The minute since the epoch; of good ones a number from 0.
    var slot: Int64
    /// The component where failures began, or the entry point's component.
    var component: String
    /// The entry point's operation, empty for failed ones.
    var operation: String

    var hash: UInt64 {
      StableHash.hash("\(kind.rawValue)\u{0}\(slot)\u{0}\(component)\u{0}\(operation)")
    }

    static func < (a: Key, b: Key) -> Bool {
      (a.kind.rawValue, a.slot, a.component, a.operation) < (b.kind.rawValue, b.slot, b.component, b.operation)
    }
  }

  /// A request with its rank among those of its key: the smallest is kept.
  struct Kept: Sendable {
    var rank: UInt64
    var request: ExemplarRequest
    /// A tie is broken by the request's own words.
    static func < (a: Kept, b: Kept) -> Bool { (a.rank, a.request.request) < (b.rank, b.request.request) }
  }

  private(set) var kept: [Key: Kept] = [:]

  package init() {}

  /// The requests kept, in the order of what they stand for.
  package var shown: [ExemplarRequest] { kept.sorted { $0.key < $1.key }.map(\.value.request) }

  mutating func add(_ key: Key, _ one: Kept) {
    if let there = kept[key], there < one { return }
    kept[key] = one
    if kept.count > 2 * Self.limit { trim() }
  }

  mutating func trim() {
    guard kept.count > Self.limit else { return }
    let ranked = kept.keys.map { (hash: $0.hash, key: $0) }.sorted { ($0.hash, $0.key) < ($1.hash, $1.key) }
    for (_, key) in ranked.dropFirst(Self.limit) { kept[key] = nil }
  }

  package mutating func merge(_ other: ExemplarPartial) {
    for (key, one) in other.kept { add(key, one) }
    trim()
  }
}

extension ExemplarPartial: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    var copy = self
    copy.trim()
    writer.array(copy.kept.sorted { $0.key < $1.key }) { writer, entry in
      writer.byte(entry.key.kind.rawValue)
      writer.signed(entry.key.slot)
      writer.text(entry.key.component)
      writer.text(entry.key.operation)
      writer.fixed64(entry.value.rank)
      entry.value.request.encode(to: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    for _ in 0..<(try reader.count(minimumBytes: 16)) {
      guard let kind = Key.Kind(rawValue: try reader.byte()) else { throw reader.failure("unknown kind of exemplar") }
      let key = Key(
        kind: kind, slot: try reader.signed(), component: try reader.text(), operation: try reader.text())
      kept[key] = Kept(rank: try reader.fixed64(), request: try ExemplarRequest(from: &reader))
    }
  }
}

extension ExemplarRequest: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(request.text)
    writer.signed(start)
    writer.signed(duration)
    writer.bool(isBad)
    writer.int(omitted)
    writer.array(spans) { writer, span in
      writer.int(span.depth)
      writer.text(span.component.text)
      writer.text(span.operation.text)
      writer.text(span.peer.text)
      writer.signed(span.offset)
      writer.signed(span.duration)
      writer.byte(span.failure?.rawValue ?? 0)
      writer.text(span.message.text)
      writer.bool(span.isOrigin)
      Evidence(span.location).encode(to: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    let request = ForeignName(try reader.text())
    self.init(
      request: request, start: try reader.signed(), duration: try reader.signed(), isBad: try reader.bool(), spans: [],
      omitted: try reader.int())
    for _ in 0..<(try reader.count(minimumBytes: 10)) {
      spans.append(
        Span(
          depth: try reader.int(), component: ForeignName(try reader.text()), operation: ForeignName(try reader.text()),
          peer: ForeignName(try reader.text()), offset: try reader.signed(), duration: try reader.signed(),
          failure: FailureKind(rawValue: try reader.byte()), message: ForeignText(try reader.text()),
          isOrigin: try reader.bool(), location: try Evidence(from: &reader).location))
    }
  }
}
