internal import Support

/// One thing that was dropped, repaired or doubted, named by input, member and place.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: UInt8, Comparable, Hashable, Sendable {
    case note
    case warning
    case error

    package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
    package var name: String { String(describing: self) }
  }

  /// A stable word for the kind of problem, `unrecognizedFormat` for one.
  package var code: String
  package var severity: Severity
  package var location: SourceLocation
  package var message: MessageText
  /// How many occurrences it stands for.
  package var count: Int
  /// The name of the limit that was hit, where one was.
  package var limit: String?

  package init(
    _ code: String, _ severity: Severity, at location: SourceLocation, _ message: MessageText, count: Int = 1,
    limit: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.location = location
    self.message = message
    self.count = count
    self.limit = limit
  }
}

/// Diagnostics with a bound: per input, member and code the first `listed` by position are kept, the rest are counted.
package struct DiagnosticLog: Sendable, Mergeable {
  package struct Key: Hashable, Comparable, Sendable {
    var input: String
    var member: String
    var code: String
    var severity: Diagnostic.Severity
    var limit: String?

    package static func < (a: Key, b: Key) -> Bool {
      (a.input, a.member, a.code, a.severity, a.limit ?? "") < (b.input, b.member, b.code, b.severity, b.limit ?? "")
    }
  }

  struct Group: Sendable {
    var kept: [Diagnostic] = []
    var total = 0
  }

  /// How many of one kind are listed per member before the rest are only counted.
  package static let listed = 20

  var groups: [Key: Group] = [:]

  package init() {}

  package var isEmpty: Bool { groups.isEmpty }

  /// Whether anything at or above a severity was logged.
  package func contains(atLeast severity: Diagnostic.Severity) -> Bool {
    groups.keys.contains { $0.severity >= severity }
  }

  package mutating func add(_ diagnostic: Diagnostic) {
    let key = Key(
      input: diagnostic.location.input, member: diagnostic.location.member, code: diagnostic.code,
      severity: diagnostic.severity, limit: diagnostic.limit)
    var group = groups.removeValue(forKey: key) ?? Group()
    group.add([diagnostic], total: diagnostic.count)
    groups[key] = group
  }

  package mutating func merge(_ other: DiagnosticLog) {
    groups.merge(other.groups) { mine, theirs in
      var group = mine
      group.add(theirs.kept, total: theirs.total)
      return group
    }
  }

  /// All diagnostics in a fixed order; the last of a group that overflowed carries the count of the rest.
  package var sorted: [Diagnostic] {
    var all: [Diagnostic] = []
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
      all += group.kept
      let rest = group.total - group.kept.reduce(0) { $0 + $1.count }
      if rest > 0, var last = group.kept.last {
        last.location.position = .whole
        last.message = "and \(rest) more of this kind"
        last.count = rest
        all.append(last)
      }
    }
    return all
  }
}

extension DiagnosticLog.Group {
  mutating func add(_ diagnostics: [Diagnostic], total count: Int) {
    total += count
    if diagnostics.count == 1, kept.count >= DiagnosticLog.listed, let last = kept.last,
      !Self.precedes(diagnostics[0], last)
    {
      return
    }
    kept += diagnostics
    kept.sort(by: Self.precedes)
    if kept.count > DiagnosticLog.listed { kept.removeLast(kept.count - DiagnosticLog.listed) }
  }

  static func precedes(_ a: Diagnostic, _ b: Diagnostic) -> Bool {
    (a.location.position, a.message, a.count) < (b.location.position, b.message, b.count)
  }
}
