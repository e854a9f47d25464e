// What one partition knows of its log messages.

package import Model
package import Support

/// One masked message: how often, how severe, from whom, and the first records that said it.
package struct MessageStats: Sendable, Hashable, Weighted {
  /// The masked message, bounded.
  package var text: String
  /// Counts by severity, in the order of `Severity`.
  package var counts: [Int]
  /// The components that said it: the first in byte order, at most `componentLimit`.
  package private(set) var components: [String]
  /// First and last time, microseconds; `Int64.max` and `Int64.min` where no record had a time.
  package var first: Int64
  package var last: Int64
  /// The first records by (time, location).
  package private(set) var evidence: [TimedEvidence]

  package struct TimedEvidence: Hashable, Comparable, Sendable {
    package var time: Int64
    package var evidence: Evidence

    package static func < (a: TimedEvidence, b: TimedEvidence) -> Bool { (a.time, a.evidence) < (b.time, b.evidence) }
  }

  static let componentLimit = 32
  static let evidenceLimit = 2
  static let severities = Int(Severity.fatal.rawValue) + 1

  init(text: String) {
    self.text = text
    counts = [Int](repeating: 0, count: Self.severities)
    components = []
    first = .max
    last = .min
    evidence = []
  }

  package var count: Int { counts.reduce(0, +) }
  package var weight: Int { count }

  /// The level that most of the records have; of equals the more severe.
  package var severity: Severity {
    var best = 0
    for level in 1..<counts.count where counts[level] > 0 && counts[level] >= counts[best] { best = level }
    return Severity(rawValue: UInt8(best)) ?? .unknown
  }

  mutating func add(components more: [String]) {
    if more.isEmpty || components == more { return }
    components = Array(Set(components + more).sorted().prefix(Self.componentLimit))
  }

  mutating func add(evidence more: [TimedEvidence]) {
    evidence = Array(Set(evidence + more).sorted().prefix(Self.evidenceLimit))
  }
}

extension MessageStats: Mergeable {
  package mutating func merge(_ other: MessageStats) {
    // Two texts under one hash: the first by bytes names both.
    text = min(text, other.text)
    for level in counts.indices { counts[level] += other.counts[level] }
    add(components: other.components)
    first = min(first, other.first)
    last = max(last, other.last)
    add(evidence: other.evidence)
  }
}

extension MessageStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(text)
    for count in counts { writer.int(count) }
    writer.array(components) { $0.text($1) }
    writer.signed(first)
    writer.signed(last)
    writer.array(evidence) { writer, item in
      writer.signed(item.time)
      item.evidence.encode(to: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    self.init(text: try reader.text())
    for level in counts.indices { counts[level] = try reader.int() }
    components = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    first = try reader.signed()
    last = try reader.signed()
    evidence = try reader.array { reader throws(DecodeFailure) in
      TimedEvidence(time: try reader.signed(), evidence: try Evidence(from: &reader))
    }
  }
}

/// The multiset of masked messages of one partition, or of several after merging.
package struct TemplatePartial: Sendable {
  /// By the stable hash of the text. What is beyond the limit is counted, not kept.
  package var messages: BoundedMap<MessageStats>

  /// How many different masked messages are kept.
  package static let limit = 50_000

  package init() { messages = BoundedMap(limit: Self.limit) }

  /// All records, those of messages that are not kept included.
  package var count: Int { messages.sorted.reduce(messages.overflow) { $0 + $1.value.count } }

  /// What the night's messages come to under what is known.
  package func conclude(known: [KnownTemplate] = []) -> TemplateConclusion {
    let all = messages.sorted.map(\.value)
    let model = TemplateLearner(known: known).learn(all.map(\.text))
    var merged: [Int: MessageStats] = [:]
    var ids: [String: String] = [:]
    for stats in all {
      guard let index = model.template(of: Array(stats.text.utf8)) else { continue }
      ids[stats.text] = model.templates[index].id
      var held = merged.removeValue(forKey: index) ?? MessageStats(text: model.templates[index].text)
      var next = stats
      next.text = held.text
      held.merge(next)
      merged[index] = held
    }
    let knownIDs = Set(known.map(\.id))
    let found = merged.sorted { $0.key < $1.key }.map { index, stats in
      let template = model.templates[index]
      return LearnedTemplate(
        finding: TemplateFinding(
          id: FindingID(template.id), template: ForeignText(template.text), count: stats.count,
          severity: stats.severity,
          components: stats.components.map { ForeignName($0) },
          status: knownIDs.contains(template.id) ? .known : .new),
        evidence: stats.evidence.map(\.evidence), first: stats.first, last: stats.last)
    }
    return TemplateConclusion(
      templates: found, all: model.templates, aliases: model.aliases, ids: ids, unkept: messages.overflow)
  }
}

extension TemplatePartial: Mergeable, BinaryCodable {
  package mutating func merge(_ other: TemplatePartial) { messages.merge(other.messages) }

  package func encode(to writer: inout ByteWriter) { messages.encode(to: &writer) }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    messages = try BoundedMap(limit: Self.limit, from: &reader)
  }
}

/// One template of the night with its records.
package struct LearnedTemplate: Hashable, Sendable {
  package var finding: TemplateFinding
  package var evidence: [Evidence]
  /// First and last time, microseconds; `Int64.max` and `Int64.min` where no record had a time.
  package var first: Int64
  package var last: Int64
}

/// The templates of a night.
package struct TemplateConclusion: Sendable {
  /// Those with records, byte-sorted by text. The counts add up to all records less `unkept`.
  package var templates: [LearnedTemplate]
  /// All templates, known ones without records tonight included: what History keeps for the next night.
  package var all: [KnownTemplate]
  /// Ids of earlier nights that were given up, and the id that took their place.
  package var aliases: [String: String]
  /// The template's id by masked message.
  package var ids: [String: String]
  /// Records whose messages were beyond the limit of different messages.
  package var unkept: Int
}
