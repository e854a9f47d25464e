// The room LogTemplates: log messages to templates: values are masked, lines of one shape are one message.
// It never needs to be told an application's formats, and never gives a line two templates.

// From masked messages to templates with ids that last.

internal import Support

/// A template of an earlier night: its id never changes, its text may have been widened since.
package struct KnownTemplate: Hashable, Sendable {
  package var id: String
  package var text: String

  package init(id: String, text: String) {
    self.id = id
    self.text = text
  }
}

/// Learns templates from a set of masked messages.
///
/// Learning sees the set of different messages only, so shuffling or sharding the lines changes nothing. A message that
/// fits a template of an earlier night belongs to it and teaches nothing new; the rest is learned together with the known
/// templates. A known template that turns out too narrow is widened and keeps its id; where several become one, the first
/// in the given order keeps its id and the others become aliases of it.
package struct TemplateLearner: Sendable {
  private let known: [KnownTemplate]

  /// - Parameter known: the templates of earlier nights, oldest first.
  package init(known: [KnownTemplate] = []) { self.known = known }

  /// - Parameter messages: masked messages in any order, duplicates allowed.
  /// - Returns: known and new templates, and which message belongs to which.
  package func learn(_ messages: [String]) -> TemplateModel {
    learn(messages.map { Array($0.utf8) })
  }

  package func learn(_ messages: [[UInt8]]) -> TemplateModel {
    let known = self.known.map { Array($0.text.utf8) }
    let matcher = TemplateMatcher(known)
    var inputs: [[UInt8]: Bool] = [:]
    for message in messages where !message.isEmpty && matcher.best(message) == nil { inputs[message] = true }
    if inputs.isEmpty { return TemplateModel(templates: self.known, aliases: [:]) }
    for text in known where !text.isEmpty { inputs[text] = inputs[text] ?? false }
    let sorted = inputs.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (bytes: $0.key, isFresh: $0.value) }
    var rewriter = TemplateRewriter(sorted)
    rewriter.run()

    var owner: [Int: String] = [:]
    var aliases: [String: String] = [:]
    var places: [[UInt8]: Int] = [:]
    for (index, input) in sorted.enumerated() { places[input.bytes] = index }
    for (template, text) in zip(self.known, known) {
      guard let place = places[text] else { continue }
      let final = rewriter.current[place]
      if let id = owner[final] {
        if id != template.id { aliases[template.id] = id }
      } else {
        owner[final] = template.id
      }
    }
    let templates = rewriter.texts.enumerated().map { index, text in
      KnownTemplate(id: owner[index] ?? Self.id(of: text.bytes), text: String(decoding: text.bytes, as: UTF8.self))
    }
    return TemplateModel(templates: templates, aliases: aliases)
  }

  /// The id of a template that is new: its text's stable hash, sixteen hex digits.
  package static func id(of text: [UInt8]) -> String { hexText(StableHash.hash(text.span)) }
}

/// Templates with their ids, and which message belongs to which.
package struct TemplateModel: Sendable {
  /// Byte-sorted by text.
  package let templates: [KnownTemplate]
  /// Ids that were given up, and the id that took their place.
  package let aliases: [String: String]
  private let matcher: TemplateMatcher

  init(templates: [KnownTemplate], aliases: [String: String]) {
    let sorted = templates.map { ($0, Array($0.text.utf8)) }
      .sorted { $0.1 != $1.1 ? $0.1.lexicographicallyPrecedes($1.1) : $0.0.id < $1.0.id }
    self.templates = sorted.map(\.0)
    self.aliases = aliases
    matcher = TemplateMatcher(sorted.map(\.1))
  }

  /// The number of the template that a masked message belongs to: of all that fit the one with the most literal text. Nil
  /// for the empty message and for one that was not learned from and fits none.
  package func template(of message: [UInt8]) -> Int? { message.isEmpty ? nil : matcher.best(message) }
}
