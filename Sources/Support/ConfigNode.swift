// The room Support: what every room needs and no room is about: coding, JSON, configuration trees, statistics, files,
// threads.
// It never knows a span, a test or an incident: what has to do with nights and findings is Model's.

/// A configuration file as a tree that knows its places, neutral of the file's syntax.
///
/// Rooms read their settings out of it, and name what they cannot accept as a `ConfigProblem` at that place.
package struct ConfigNode: Hashable, Sendable {
  package indirect enum Value: Hashable, Sendable {
    case scalar(String)
    case list([ConfigNode])
    /// In the file's order.
    case map([Entry])
  }

  package struct Entry: Hashable, Sendable {
    package var key: String
    /// 1-based place of the key.
    package var line: Int
    package var column: Int
    package var value: ConfigNode
    package init(key: String, line: Int, column: Int, value: ConfigNode) {
      self.key = key
      self.line = line
      self.column = column
      self.value = value
    }
  }

  package var value: Value
  /// 1-based.
  package var line: Int
  package var column: Int

  package init(_ value: Value, line: Int = 0, column: Int = 0) {
    self.value = value
    self.line = line
    self.column = column
  }

  package var scalar: String? { if case .scalar(let text) = value { text } else { nil } }
  package var list: [ConfigNode]? { if case .list(let nodes) = value { nodes } else { nil } }
  package var map: [Entry]? { if case .map(let entries) = value { entries } else { nil } }

  /// The value of a key of a map.
  package subscript(key: String) -> ConfigNode? { map?.first { $0.key == key }?.value }
}

/// Something wrong in a configuration file.
package struct ConfigProblem: Hashable, Error, Sendable {
  /// 1-based.
  package var line: Int
  package var column: Int
  package var message: String
  /// What to write instead, where that can be guessed.
  package var suggestion: String?
  /// The keys that are known at this place, where an unknown one is the problem.
  package var knownKeys: [String] = []

  package init(at node: ConfigNode, _ message: String, suggestion: String? = nil) {
    line = node.line
    column = node.column
    self.message = message
    self.suggestion = suggestion
  }

  package init(at entry: ConfigNode.Entry, _ message: String, suggestion: String? = nil) {
    line = entry.line
    column = entry.column
    self.message = message
    self.suggestion = suggestion
  }
}

extension ConfigNode {
  /// Reports every key of a map that is not among the allowed ones, with the nearest allowed key as suggestion.
  package func rejectUnknownKeys(_ allowed: [String], problems: inout [ConfigProblem]) {
    guard let map else {
      problems.append(ConfigProblem(at: self, "expected keys and values"))
      return
    }
    var seen: Set<String> = []
    for entry in map {
      if !allowed.contains(entry.key) {
        let nearest = allowed.min { editDistance($0, entry.key) < editDistance($1, entry.key) }
        let close = nearest.flatMap { editDistance($0, entry.key) <= max(2, entry.key.count / 3) ? $0 : nil }
        var problem = ConfigProblem(at: entry, "unknown key '\(entry.key)'", suggestion: close)
        problem.knownKeys = allowed
        problems.append(problem)
      } else if !seen.insert(entry.key).inserted {
        problems.append(ConfigProblem(at: entry, "key '\(entry.key)' appears twice"))
      }
    }
  }

  /// A duration with its unit (`5000us`, `200ms`, `10s`, `5min`, `2h`, `1d`) in microseconds.
  package static func duration(_ text: String) -> Int64? {
    let units: [(String, Double)] = [
      ("us", 1), ("µs", 1), ("ms", 1e3), ("min", 60e6), ("s", 1e6), ("m", 60e6), ("h", 3_600e6), ("d", 86_400e6),
    ]
    for (unit, scale) in units where text.hasSuffix(unit) {
      guard let number = Double(text.dropLast(unit.count)), number >= 0 else { continue }
      return Int64(checked: (number * scale).rounded())
    }
    return nil
  }

  /// A size with its unit (`64MiB`, `1GB`, `512`) in bytes.
  package static func size(_ text: String) -> Int? {
    let units: [(String, Double)] = [
      ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776), ("kB", 1e3), ("KB", 1e3),
      ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ]
    for (unit, scale) in units where text.hasSuffix(unit) {
      guard let number = Double(text.dropLast(unit.count)), number >= 0 else { continue }
      return Int64(checked: (number * scale).rounded()).flatMap { Int(exactly: $0) }
    }
    return Int(text)
  }
}

/// Levenshtein's distance in Unicode scalars, for suggestions.
package func editDistance(_ a: String, _ b: String) -> Int {
  let x = Array(a.unicodeScalars)
  let y = Array(b.unicodeScalars)
  var row = Array(0...y.count)
  for i in x.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in y.indices {
      let substitution = diagonal + (x[i] == y[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[y.count]
}
