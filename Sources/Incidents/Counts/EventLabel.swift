internal import Model
internal import Support

/// How the events within a span are named, so that pairs of them can be counted and read again: the start and the end
/// of the span, a call by the component and operation it leads to, a log record by its severity and template
/// (event pairs as in Nezha, Yu et al., FSE 2023).
enum EventLabel {
  static let start = "^"
  static let end = "$"
  /// Longest text of a label for readers, in characters.
  private static let bound = 160
  private static let callMark = "\u{1}"
  private static let logMark = "\u{2}"

  /// A call that left nothing but the caller's own span names whom it asked besides.
  static func call(_ component: String, _ operation: String, peer: String = "") -> String {
    callMark + component + callMark + operation + (peer.isEmpty ? "" : callMark + peer)
  }

  /// A record that names the statement that wrote it is known by that place alone (`o.s.OrderServiceImpl#365`): what the
  /// statement prints may vary in ways that no mask sees.
  static func log(_ template: String, _ severity: Severity) -> String {
    logMark + String(severity.rawValue) + logMark + (sourcePlace(template) ?? template)
  }

  /// The first word of a template where it is a class name, `#`, and a line number.
  private static func sourcePlace(_ template: String) -> String? {
    guard let word = template.split(separator: " ", maxSplits: 1).first,
      let mark = word.lastIndex(of: "#"), mark != word.startIndex
    else { return nil }
    let digits = word[word.index(after: mark)...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return String(word)
  }

  /// The component that a call leads to.
  static func callee(_ label: String) -> String? { call(label)?.component }

  /// The component and the operation that a call leads to, and whom it asks there where that one left no span.
  static func call(_ label: String) -> (component: String, operation: String, peer: String?)? {
    guard label.hasPrefix(callMark) else { return nil }
    let parts = label.dropFirst().split(separator: "\u{1}", omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return nil }
    return (String(parts[0]), String(parts[1]), parts.count > 2 ? String(parts[2]) : nil)
  }

  /// The severity of a log record's label.
  static func severity(_ label: String) -> Severity? {
    guard label.hasPrefix(logMark) else { return nil }
    let rest = label.dropFirst()
    guard let end = rest.firstIndex(of: "\u{2}") else { return nil }
    return UInt8(rest[..<end]).flatMap { Severity(rawValue: $0) }
  }

  /// The label as a fact.
  static func event(_ label: String) -> CallEvent {
    if label == start { return .start }
    if label == end { return .end }
    if let call = call(label) {
      return .call(component: ForeignName(call.peer ?? call.component), operation: ForeignName(short(call.operation)))
    }
    return .log(text(label), severity(label) ?? .unknown)
  }

  /// What a log record's label says.
  static func text(_ label: String) -> ForeignText {
    let parts = label.split(separator: "\u{2}", omittingEmptySubsequences: true)
    return ForeignText(parts.count >= 2 ? short(parts.dropFirst().joined(separator: " ")) : label)
  }

  private static func short(_ text: String) -> String {
    RecordQuote.bounded(text, to: bound)
  }
}

/// The log records of a request by the span that wrote them, each span's by time.
struct LogsBySpan {
  private var order: [(node: Int, log: LogRow)] = []

  init() {}

  /// A record without a known span goes to the first span of its component; one of no component here is left out.
  /// A record that is there twice, same time and same message, counts once.
  init(_ tree: CallTree) {
    guard !tree.logs.isEmpty else { return }
    var bySpan: [UInt64: Int] = [:]
    var byComponent: [Symbol: Int] = [:]
    for index in tree.nodes.indices.reversed() {
      bySpan[tree.nodes[index].span] = index
      byComponent[tree.nodes[index].component] = index
    }
    var rank: [(node: Int, ordinal: Int)] = []
    for (ordinal, log) in tree.logs.enumerated() {
      var node = log.span == 0 ? nil : bySpan[log.span]
      if let known = node, tree.nodes[known].component != log.component { node = nil }
      if let node = node ?? byComponent[log.component] { rank.append((node, ordinal)) }
    }
    rank.sort { $0 < $1 }
    for (node, ordinal) in rank {
      let log = tree.logs[ordinal]
      if let last = order.last, last.node == node, last.log.time == log.time, last.log.message == log.message {
        continue
      }
      order.append((node, log))
    }
  }

  /// The records of a node; nodes must be asked for in ascending order with one cursor.
  func logs(of node: Int, from cursor: inout Int) -> [LogRow] {
    guard cursor < order.count, order[cursor].node == node else { return [] }
    var logs: [LogRow] = []
    while cursor < order.count, order[cursor].node == node {
      logs.append(order[cursor].log)
      cursor += 1
    }
    return logs
  }
}
