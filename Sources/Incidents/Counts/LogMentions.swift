// Whom log lines speak of.

internal import Model
internal import Support

/// The components that warnings and errors name in their text. "giving up on catalog" of the cart speaks against the catalog,
/// which may write nothing at all, and so does one that quotes what the catalog says itself (`QuotedRecords`); a line that does neither
/// speaks against its own writer.
struct LogMentions {
  struct Line {
    /// Microseconds: the first of its lines.
    var time: Int64
    var component: Int
    var named: [Int]
    var count: Int
    var example: EvidenceSample
  }

  /// By time.
  private let lines: [Line]
  private let finder: NameFinder
  /// Components by the words that mean them.
  private let meanings: [String: [Int]]

  /// How far an accusation is followed from one component to the next.
  private static let steps = 8
  /// The shortest part of a name that is looked for in texts.
  private static let leastWord = 4

  /// Of a night without lines.
  init() { (lines, finder, meanings) = ([], NameFinder([]), [:]) }

  init(_ grid: ComponentTimeline) {
    var namedBy: [Int32: [Int]] = [:]
    // A short name is a word of any text.
    // A name that is one word is found as a word (`media` is not meant where `media-cache` stands), any other wherever it stands.
    finder = NameFinder(
      grid.components.map { $0.utf8.count >= Self.leastWord && Self.words(of: $0) != [$0.lowercased()] ? $0 : "" })
    meanings = Self.words(grid)
    let quotes = QuotedRecords(grid)
    var quotedBy: [Int32: [Int]] = [:]
    var lines: [Line] = []
    for (cell, logs) in grid.partial.logs.cells {
      guard let component = grid.component(cell.a) else { continue }
      var named = namedBy[cell.b] ?? []
      if namedBy[cell.b] == nil {
        let text = grid.partial.names[cell.b]
        named = Self.named(in: text, finder, meanings)
        namedBy[cell.b] = named
        quotedBy[cell.b] = quotes.quoted(in: text, name: cell.b)
      }
      if let quoted = quotedBy[cell.b], !quoted.isEmpty {
        let writers = quotes.writers(of: quoted, in: IncidentPartial.minute(ofFine: cell.slot))
        named = writers.union(named).sorted()
      }
      lines.append(
        Line(
          time: logs.example.time, component: component, named: named.filter { $0 != component }, count: logs.count,
          example: logs.example))
    }
    self.lines = lines.sorted {
      ($0.time, $0.component, $0.count, $0.example) < ($1.time, $1.component, $1.count, $1.example)
    }
  }

  private static func named(in text: String, _ finder: NameFinder, _ meanings: [String: [Int]]) -> [Int] {
    Set(finder.names(in: text)).union(words(of: text).flatMap { meanings[$0] ?? [] }).sorted()
  }

  /// The components that a text names, ascending.
  func named(in text: String) -> [Int] { Self.named(in: text, finder, meanings) }

  /// The component with callers that a text names where it names one alone.
  func onlyCallee(named text: String, _ grid: ComponentTimeline) -> Int? {
    let called = Self.named(in: text, finder, meanings).filter { !grid.callers[$0].isEmpty }
    return called.count == 1 ? called[0] : nil
  }

  private func lines(within range: ClosedRange<Int64>) -> ArraySlice<Line> {
    let low = lines.partitioningIndex { $0.time >= range.lowerBound }
    let high = lines.partitioningIndex { $0.time > range.upperBound }
    return low < high ? lines[low..<high] : []
  }

  /// The components that warnings and errors of a component name in their text, with how many lines do.
  func mentions(within range: ClosedRange<Int64>) -> [Int: [Int: Int]] {
    var found: [Int: [Int: Int]] = [:]
    for line in lines(within: range) {
      for index in line.named { found[line.component, default: [:]][index, default: 0] += line.count }
    }
    return found
  }

  /// Lines of others that name a component: how many, whose, and the first of each writer.
  func accusations(
    of component: Int, within range: ClosedRange<Int64>
  ) -> (lines: Int, writers: [Int], examples: [EvidenceSample]) {
    var count = 0
    var firsts: [Int: EvidenceSample] = [:]
    for line in lines(within: range) where line.named.contains(component) {
      count += line.count
      if firsts[line.component] == nil { firsts[line.component] = line.example }
    }
    let writers = firsts.keys.sorted()
    return (count, writers, writers.compactMap { firsts[$0] })
  }

  /// Where the accusations end: every line of some components speaks against those that it names, else against its writer; whom
  /// another names passes it on as its own lines do (an absorbing walk along who blames whom).
  ///
  /// - Returns: shares by component, their sum is 1; empty where there is no line.
  func blame(within range: ClosedRange<Int64>, by writers: Set<Int>) -> [Int: Double] {
    var own: [Int: Double] = [:]
    var passed: [Int: [Int: Double]] = [:]
    var mass: [Int: Double] = [:]
    for line in lines(within: range) {
      let count = Double(line.count)
      if line.named.isEmpty { own[line.component, default: 0] += count }
      for name in line.named {
        passed[line.component, default: [:]][name, default: 0] += count / Double(line.named.count)
      }
      if writers.contains(line.component) { mass[line.component, default: 0] += count }
    }
    let total = mass.values.sorted().reduce(0, +)
    guard total > 0 else { return [:] }
    var settled: [Int: Double] = [:]
    for _ in 0..<Self.steps where !mass.isEmpty {
      var next: [Int: Double] = [:]
      for (component, amount) in mass.sorted(by: { $0.key < $1.key }) {
        let others = (passed[component] ?? [:]).sorted { $0.key < $1.key }
        let all = others.reduce(own[component] ?? 0) { $0 + $1.value }
        guard all > 0 else {
          settled[component, default: 0] += amount
          continue
        }
        settled[component, default: 0] += amount * (own[component] ?? 0) / all
        for (other, count) in others { next[other, default: 0] += amount * count / all }
      }
      mass = next
    }
    for (component, amount) in mass.sorted(by: { $0.key < $1.key }) { settled[component, default: 0] += amount }
    return settled.mapValues { $0 / total }
  }

  /// The share of a component's warnings and errors of a minute that must name a callee for what fails without a failed span
  /// beneath it to be that callee's doing: more do than speak of anything else.
  private static let majority = 0.5

  /// The callee that a component's log accuses, for (component, coarse slot); only those that the traces show it to call.
  func accusedCallees(_ grid: ComponentTimeline) -> [CubeKey: Int] {
    var named: [CubeKey: [Int: Int]] = [:]
    var all: [CubeKey: Int] = [:]
    for line in lines {
      let minute = CubeKey(a: Int32(line.component), slot: IncidentPartial.slot(line.time, IncidentPartial.coarse))
      all[minute, default: 0] += line.count
      for other in line.named where grid.callees[line.component].contains(other) {
        named[minute, default: [:]][other, default: 0] += line.count
      }
    }
    var accused: [CubeKey: Int] = [:]
    for (minute, counts) in named {
      let most = counts.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }
      guard let most, Double(most.value) > Self.majority * Double(all[minute] ?? 0) else { continue }
      accused[minute] = most.key
    }
    return accused
  }

  // MARK: Names in texts

  /// What a caller may write for a component without naming it: what it is for.
  private static let roles: [(words: [String], parts: Set<String>)] = [
    (
      ["database", "postgres", "postgresql", "mysql"],
      [
        "db", "database", "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "oracle", "mssql", "sql",
        "cassandra",
      ]
    ),
    (["cache", "redis", "memcached"], ["redis", "memcached", "cache", "valkey"]),
    (["broker", "kafka", "rabbitmq"], ["kafka", "rabbitmq", "broker", "nats", "activemq", "pulsar"]),
  ]

  /// Words that are a part of many names and say nothing of whose they are.
  private static let common: Set<String> = [
    "application", "async", "client", "consumer", "controller", "core", "default", "error", "handle", "handler", "http",
    "https", "internal", "java", "listener", "localhost", "logger", "main", "manager", "node", "pool", "producer",
    "python",
    "request", "response", "root", "server", "service", "services", "system", "test", "thread", "worker", "warn",
    "warning",
  ]

  /// The components by the words that mean them: their name without a replica's number, or a part of it that no other name
  /// has (`c.e.catalog.Controller` is `catalog`).
  private static func words(_ grid: ComponentTimeline) -> [String: [Int]] {
    var byWord: [String: Set<Int>] = [:]
    var bases: [Int: String] = [:]
    for (index, name) in grid.components.enumerated() {
      let lower = name.lowercased()
      let base = withoutReplica(lower)
      bases[index] = base
      var parts = Set(words(of: lower)).union(words(of: lower, joining: false))
      parts.insert(base)
      for part in parts where part.utf8.count >= leastWord && !common.contains(part) {
        if part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { continue }
        byWord[part, default: []].insert(index)
      }
      for role in roles where !role.parts.isDisjoint(with: words(of: lower, joining: false)) {
        for word in role.words { byWord[word, default: []].insert(index) }
      }
    }
    // A word of several components means none of them, unless they are replicas of one.
    return byWord.filter { entry in Set(entry.value.compactMap { bases[$0] }).count == 1 }.mapValues { $0.sorted() }
  }

  /// The name without `-1` and the like behind it.
  private static func withoutReplica(_ name: String) -> String {
    guard let dash = name.lastIndex(of: "-"), dash != name.startIndex else { return name }
    let digits = name[name.index(after: dash)...].utf8
    return !digits.isEmpty && digits.count <= 3 && digits.allSatisfy { (0x30...0x39).contains($0) }
      ? String(name[..<dash]) : name
  }

  /// The words of a text, lower case: letters and digits, and hyphens and low lines within a word where they join.
  private static func words(of text: String, joining: Bool = true) -> Set<String> {
    var found: Set<String> = []
    var word: [UInt8] = []
    func isJoint(_ byte: UInt8) -> Bool { joining && (byte == 0x2D || byte == 0x5F) }
    func close() {
      while let last = word.last, last == 0x2D || last == 0x5F { word.removeLast() }
      if !word.isEmpty { found.insert(String(decoding: word, as: UTF8.self)) }
      word.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
      switch byte {
      case 0x41...0x5A: word.append(byte | 0x20)
      case 0x61...0x7A, 0x30...0x39: word.append(byte)
      case 0x80...: word.append(byte)
      default:
        if isJoint(byte), !word.isEmpty { word.append(byte) } else { close() }
      }
    }
    close()
    return found
  }
}
