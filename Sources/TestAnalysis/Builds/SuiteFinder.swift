// Which suites of one report are cells of a matrix: suites that repeat each other's tests and differ in the producer's own
// configuration, their host (Playwright writes the project there), their name (one suite per device) or their properties.

internal import Model
internal import Segments
internal import Support

/// What the suites of one report are.
struct SuiteFinder {
  struct Role {
    var configuration = ""
    var attempt: Int?
    /// The file that tells a test from another of the same name; empty where no other has it.
    var variant = ""
  }

  private(set) var roles: [Role]
  /// Names that turned out to be configurations.
  private(set) var labels: [String: String] = [:]

  init(_ suites: [SuitePart], known: [String: String]) {
    roles = suites.map { suite in
      var role = Role()
      role.configuration = suite.note.configuration
      if role.configuration.isEmpty, let label = known[suite.note.host] { role.configuration = label }
      return role
    }
    guard suites.count > 1 else { return }
    for (a, b) in Self.candidates(suites) where suites[a].sample.overlap(suites[b].sample).isMost {
      tell(a, b, suites)
    }
  }

  /// Pairs of suites that share a test.
  private static func candidates(_ suites: [SuitePart]) -> [(Int, Int)] {
    var holders: [UInt64: [Int]] = [:]
    for (i, suite) in suites.enumerated() {
      for hash in suite.sample.hashes { holders[hash, default: []].append(i) }
    }
    var found: Set<[Int]> = []
    for list in holders.values where list.count > 1 {
      if list.count > 48 {
        for (a, b) in zip(list, list.dropFirst()) { found.insert([a, b]) }
      } else {
        for i in list.indices { for j in list.indices where j > i { found.insert([list[i], list[j]]) } }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
  }

  private mutating func tell(_ a: Int, _ b: Int, _ suites: [SuitePart]) {
    let (x, y) = (suites[a].note, suites[b].note)
    if x.configuration != y.configuration { return }
    if x.host != y.host, !x.host.isEmpty, !y.host.isEmpty {
      label(a, x.host)
      label(b, y.host)
    } else if x.suite != y.suite {
      let (first, second) = (PathComponent(x.suite[...], isFile: false), PathComponent(y.suite[...], isFile: false))
      if first.name == second.name, first.attempt != second.attempt {
        roles[a].attempt = first.attempt ?? 1
        roles[b].attempt = second.attempt ?? 2
        return
      }
      if !x.file.isEmpty, !y.file.isEmpty, x.file != y.file {
        roles[a].variant = x.file
        roles[b].variant = y.file
        return
      }
      label(a, x.suite)
      label(b, y.suite)
    } else if x.file != y.file, !x.file.isEmpty, !y.file.isEmpty {
      roles[a].variant = x.file
      roles[b].variant = y.file
    } else if let name = Self.differing(x.properties, y.properties) {
      label(a, x.properties.first { $0.name == name }?.value ?? "")
      label(b, y.properties.first { $0.name == name }?.value ?? "")
    }
  }

  private mutating func label(_ suite: Int, _ label: String) {
    guard roles[suite].configuration.isEmpty, !label.isEmpty else { return }
    roles[suite].configuration = label
    labels[label] = label
  }

  /// The property with the shortest values among those that differ.
  private static func differing(_ a: [TestRecord.Property], _ b: [TestRecord.Property]) -> String? {
    var names = OriginNames()
    let first = RunOrigin(a, &names).configuration
    let second = Dictionary(
      RunOrigin(b, &names).configuration.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    return first.filter { second[$0.name].map { [value = $0.value] in $0 != value } ?? false }
      .min { ($0.value.utf8.count, $0.name) < ($1.value.utf8.count, $1.name) }?.name
  }
}
