// Which of a night's folders, files and artifacts are cells of a matrix, attempts of one run, or the same told again.
//
// Siblings under one folder of a build that hold mostly the same tests are alternatives; siblings with other tests are
// modules or shards, whatever they are called. What alternatives are, their names and contents tell:
// - the same bytes, or files of one folder with the same ends and durations at one time: told again;
// - names that count from one (or have no number, or no meaning), the earlier ones with failures: attempts;
// - anything else: configurations, called by the words that tell the alternatives apart.
// A mistake between the last two is not symmetric: a fault of one configuration that is taken for an attempt looks flaky.

internal import Model
internal import Segments
internal import Support

struct ConfigurationFinder {
  /// What a report is, beside its build.
  struct Role {
    var configuration: [String] = []
    var attempt: Int?
    /// Whether the name counts attempts without saying so.
    var isTold = false
    var isCopy = false
    /// Components of its path that only count attempts.
    var counted: Set<Int> = []
  }

  private(set) var roles: [Role]
  /// Names that tonight's siblings show to be configurations, with what they are called; later nights know them.
  private(set) var labels: [String: String] = [:]

  private let parts: [TestFilePart]
  private let places: [ReportPlace]
  private let builds: [Int]
  private let known: [String: String]

  /// A child of a folder: what is under one name, over all builds.
  private struct Child {
    var name: String
    var words: [String]
    var isOpaque: Bool
    var isFile: Bool
    var depth: Int
    /// By build: the reports and their sample.
    var reports: [Int: [Int]] = [:]
    var samples: [Int: TestSample] = [:]
  }

  init(_ parts: [TestFilePart], _ finder: BuildFinder, known: [String: String]) {
    self.parts = parts
    places = finder.places
    builds = finder.of
    self.known = known
    roles = places.map { Role(attempt: $0.attempt.map { $0 == 0 ? 2 : $0 }, isTold: $0.attempt != nil) }
    let folders = Self.folders(parts, places, builds)
    for children in folders where children.count > 1 || children.contains(where: { known[$0.name] != nil }) {
      judge(children)
    }
    for children in folders {
      for child in children where child.isFile { settleRepeated(child) }
    }
  }

  /// Reports of one folder whose names differ only in their date and that hold the same tests: of several configurations
  /// where their properties say so, else attempts where all but the last one have a failure.
  private mutating func settleRepeated(_ child: Child) {
    for (_, reports) in child.reports.sorted(by: { $0.key < $1.key }) {
      let own = reports.filter { roles[$0].attempt == nil && !roles[$0].isCopy && parts[$0].start != .max }
        .sorted { (parts[$0].start, $0) < (parts[$1].start, $1) }
      guard (2...20).contains(own.count), let last = own.last,
        own.allSatisfy({ places[$0].rest.last?.date != nil && places[$0].rest.last?.isDrawn == false })
      else { continue }
      let overlap = zip(own, own.dropFirst()).map { parts[$0].sample.overlap(parts[$1].sample) }
      guard overlap.allSatisfy(\.isMost) else { continue }
      if let values = Self.telling(own.map { places[$0].origin.configuration }) {
        for (report, value) in zip(own, values) { roles[report].configuration.append(value) }
        continue
      }
      let hosts = Set(own.map { Set(parts[$0].suites.map(\.note.host)) })
      guard hosts.count == 1, Set(own.map { parts[$0].start }).count == own.count,
        own.allSatisfy({ $0 == last || parts[$0].failed + parts[$0].errors > 0 || !parts[$0].isComplete })
      else { continue }
      for (rank, report) in own.enumerated() { roles[report].attempt = rank + 1 }
    }
  }

  /// The values of the property with the shortest ones among those that every report has and no two share.
  private static func telling(_ properties: [[TestRecord.Property]]) -> [String]? {
    let tables = properties.map { list in
      Dictionary(list.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    var best: [String]?
    for name in (tables.first ?? [:]).keys.sorted() {
      let values = tables.compactMap { $0[name] }
      guard values.count == tables.count, Set(values).count == values.count else { continue }
      if best.map({ values.joined().utf8.count < $0.joined().utf8.count }) ?? true { best = values }
    }
    return best
  }

  /// The children of each folder that holds reports; folders sorted by path, children by name.
  private static func folders(_ parts: [TestFilePart], _ places: [ReportPlace], _ builds: [Int]) -> [[Child]] {
    var numbers: [String: Int] = [:]
    var keys: [[String: Int]] = []
    var folders: [[Child]] = []
    for (i, place) in places.enumerated() where !parts[i].isEnvironment {
      var path = ""
      for (depth, component) in place.rest.enumerated() {
        let isFile = depth == place.rest.count - 1
        let name = component.isOpaque && component.words.isEmpty ? component.text : component.name
        let folder = numbers[path] ?? folders.count
        if folder == folders.count {
          numbers[path] = folder
          keys.append([:])
          folders.append([])
        }
        let key = isFile ? name + "\u{0}" : name
        let child = keys[folder][key] ?? folders[folder].count
        if child == folders[folder].count {
          keys[folder][key] = child
          folders[folder].append(
            Child(name: name, words: component.words, isOpaque: component.isOpaque, isFile: isFile, depth: depth))
        }
        // In its place: a copy of the child would be one of all its builds, for every report.
        folders[folder][child].reports[builds[i], default: []].append(i)
        folders[folder][child].samples[builds[i], default: TestSample()].join(parts[i].sample)
        path += name + "/"
      }
    }
    return numbers.sorted { $0.key < $1.key }.map { _, folder in
      keys[folder].sorted { $0.key < $1.key }.map { folders[folder][$0.value] }
    }
  }

  // MARK: - Siblings

  private enum Relation { case apart, copies, attempts, configurations }

  private mutating func judge(_ children: [Child]) {
    var pairs: [(Int, Int, Relation)] = []
    for (a, b) in candidates(children) {
      let relation = relation(children[a], children[b])
      if relation != .apart { pairs.append((a, b, relation)) }
    }
    var group = Array(children.indices)
    func root(_ i: Int) -> Int {
      var i = i
      while group[i] != i { i = group[i] }
      return i
    }
    for (a, b, relation) in pairs {
      switch relation {
      case .copies: markCopies(children[a], children[b])
      case .configurations: group[max(root(a), root(b))] = min(root(a), root(b))
      case .attempts, .apart: break
      }
    }
    let attempts = pairs.filter { $0.2 == .attempts }.map { ($0.0, $0.1) }
    count(children, attempts)
    let children = withoutCounts(children, attempts)
    var members: [Int: [Int]] = [:]
    for i in children.indices { members[root(i), default: []].append(i) }
    for (_, indices) in members.sorted(by: { $0.key < $1.key }) {
      if indices.count > 1 {
        name(indices.map { children[$0] })
      } else if let label = known[children[indices[0]].name] {
        setLabel(children[indices[0]], label)
      }
    }
  }

  /// The children without the words that count attempts: those of `linux-1`, `linux-2` and `windows-1` are no part of what
  /// a configuration is called.
  private func withoutCounts(_ children: [Child], _ attempts: [(Int, Int)]) -> [Child] {
    var counts: Set<String> = []
    for (a, b) in attempts where !children[a].isFile && !children[b].isFile {
      counts.formUnion(Self.difference(children[a].words, children[b].words))
      counts.formUnion(Self.difference(children[b].words, children[a].words))
    }
    guard !counts.isEmpty, counts.allSatisfy({ Int($0) != nil }) else { return children }
    return children.map { child in
      guard let last = child.words.last, counts.contains(last), child.words.count > 1 else { return child }
      var child = child
      child.words.removeLast()
      return child
    }
  }

  /// Pairs of children that share a test in some build.
  private func candidates(_ children: [Child]) -> [(Int, Int)] {
    var found: Set<[Int]> = []
    let allBuilds = Set(children.flatMap(\.samples.keys)).sorted()
    for build in allBuilds {
      var holders: [UInt64: [Int]] = [:]
      for (i, child) in children.enumerated() {
        for hash in child.samples[build]?.hashes ?? [] { holders[hash, default: []].append(i) }
      }
      for list in holders.values where list.count > 1 {
        // Very many with one test: neighbours are enough to join them.
        if list.count > 48 {
          for (a, b) in zip(list, list.dropFirst()) { found.insert([a, b]) }
        } else {
          for i in list.indices { for j in list.indices where j > i { found.insert([list[i], list[j]]) } }
        }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
  }

  private func relation(_ a: Child, _ b: Child) -> Relation {
    var overlap = TestSample.Overlap()
    var isSame = true
    var isTogether = true
    let both = a.samples.keys.filter { b.samples[$0] != nil }.sorted()
    for build in both {
      guard let first = a.samples[build], let second = b.samples[build] else { continue }
      overlap.add(first.overlap(second))
      let (x, y) = (a.reports[build] ?? [], b.reports[build] ?? [])
      // The attempts that a name tells of are their own explanation.
      if x.allSatisfy({ roles[$0].isTold }) != y.allSatisfy({ roles[$0].isTold }) { return .apart }
      if Set(x.map { parts[$0].content }) != Set(y.map { parts[$0].content }) { isSame = false }
      isTogether = isTogether && areTogether(x, y)
    }
    guard overlap.isMost else { return .apart }
    if isSame { return .copies }
    if let first = known[a.name], let second = known[b.name], first != second { return .configurations }
    let isOneFolder = a.isFile || b.isFile
    if isOneFolder, isTogether, overlap.isAlike, overlap.common == overlap.smaller { return .copies }
    if propertiesDiffer(a, b, both) { return .configurations }
    guard canCount(a, b) else { return .configurations }
    return failedFirst(a, b, both) ? .attempts : a.isFile != b.isFile ? .attempts : .configurations
  }

  /// Whether the reports of two children were written at one time, as far as they tell: within five seconds.
  private func areTogether(_ x: [Int], _ y: [Int]) -> Bool {
    guard let a = x.map({ parts[$0].start }).min(), let b = y.map({ parts[$0].start }).min(), a != .max, b != .max
    else {
      return true
    }
    return abs(a.subtractingSaturated(b)) <= 5_000_000
  }

  /// Whether the names differ only in a count, or in names without meaning.
  private func canCount(_ a: Child, _ b: Child) -> Bool {
    if a.isFile != b.isFile { return true }
    if a.isOpaque, b.isOpaque { return true }
    let (x, y) = (Self.difference(a.words, b.words), Self.difference(b.words, a.words))
    guard x.count <= 1, y.count <= 1 else { return false }
    let first = Self.count(x.first ?? y.first ?? "")
    let second = Self.count(y.first ?? x.first ?? "")
    guard let first, let second, first.word == second.word else { return x.isEmpty && y.isEmpty }
    // `py2` and `py3`, `jdk17` and `jdk21` do not count from one.
    guard a.isFile || ["run", "a", "r", "", "no", "pass", "iteration"].contains(first.word) else { return false }
    let numbers = Set([x.isEmpty ? nil : first.number, y.isEmpty ? nil : second.number].compactMap(\.self))
    let high = numbers.max() ?? 99
    return numbers.count == 1 ? high <= 2 : (numbers.min() ?? 9) <= 1 && high < 20
  }

  /// A word with a number behind it, or none.
  private static func count(_ word: String) -> (word: String, number: Int)? {
    let letters = word.lowercased().prefix { !$0.isNumber }
    if letters.count == word.count { return (String(letters), 1) }
    return Int(word.dropFirst(letters.count)).map { (String(letters), $0) }
  }

  private static func difference(_ a: [String], _ b: [String]) -> [String] {
    var rest = b
    return a.filter { word in
      guard let place = rest.firstIndex(of: word) else { return true }
      rest.remove(at: place)
      return false
    }
  }

  /// The order in which two children ran, by time, else by their numbers, else by name.
  private func precedes(_ a: Child, _ b: Child, in build: Int) -> Bool {
    let times = [a, b].map { child in (child.reports[build] ?? []).map { parts[$0].start }.min() ?? .max }
    if times[0] != times[1], times[0] != .max, times[1] != .max { return times[0] < times[1] }
    let x = Self.difference(a.words, b.words).first.flatMap(Self.count)?.number ?? 0
    let y = Self.difference(b.words, a.words).first.flatMap(Self.count)?.number ?? 0
    return x == y ? a.name < b.name : x < y
  }

  /// Whether the earlier of two has a failure in every build that has both: nobody runs again what has passed.
  private func failedFirst(_ a: Child, _ b: Child, _ both: [Int]) -> Bool {
    both.allSatisfy { build in
      let earlier = precedes(a, b, in: build) ? a : b
      return (earlier.reports[build] ?? []).contains {
        parts[$0].failed + parts[$0].errors > 0 || !parts[$0].isComplete
      }
    }
  }

  /// Whether the properties that may be a configuration's differ.
  private func propertiesDiffer(_ a: Child, _ b: Child, _ both: [Int]) -> Bool {
    !both.isEmpty
      && both.allSatisfy { build in
        guard let x = a.reports[build]?.first, let y = b.reports[build]?.first else { return false }
        let (own, others) = (places[x].origin.configuration, places[y].origin.configuration)
        return own != others && !own.isEmpty && !others.isEmpty
      }
  }

  // MARK: - What they are

  /// Of reports told again the fuller one counts, else the first by name.
  private mutating func markCopies(_ a: Child, _ b: Child) {
    for build in Set(a.reports.keys).intersection(b.reports.keys).sorted() {
      let (x, y) = (a.reports[build] ?? [], b.reports[build] ?? [])
      let sizes = [x, y].map { list in list.reduce(0) { $0 + parts[$1].cases } }
      let (kept, told) = sizes[0] >= sizes[1] ? (x, y) : (y, x)
      if kept.allSatisfy({ roles[$0].isCopy }) { continue }
      for report in told where kept.contains(where: { parts[$0].sample.overlap(parts[report].sample).isMost }) {
        roles[report].isCopy = true
      }
    }
  }

  /// Gives the reports of siblings that count attempts their numbers, build by build.
  private mutating func count(_ children: [Child], _ pairs: [(Int, Int)]) {
    let involved = Set(pairs.flatMap { [$0.0, $0.1] })
    for build in Set(involved.flatMap { children[$0].reports.keys }).sorted() {
      let present = involved.filter { children[$0].reports[build] != nil }.sorted { a, b in
        a != b && precedes(children[a], children[b], in: build)
      }
      for (rank, child) in present.enumerated() {
        for report in children[child].reports[build] ?? [] where roles[report].attempt == nil {
          roles[report].attempt = rank + 1
          roles[report].counted.insert(children[child].depth)
        }
      }
    }
  }

  /// Names alternatives by the words that tell them apart.
  private mutating func name(_ children: [Child]) {
    var common = children[0].words
    for child in children.dropFirst() { common = common.filter(child.words.contains) }
    let byName = children.map { child in child.words.filter { !common.contains($0) } }
    let isTold =
      byName.allSatisfy { !$0.isEmpty && !$0.allSatisfy { Int($0) != nil } } && !children.contains(where: \.isOpaque)
      && !(areNumbered(byName) && children.allSatisfy { propertyLabel($0, among: children) != nil })
    for (child, words) in zip(children, byName) {
      let label = isTold ? words.joined(separator: "-") : propertyLabel(child, among: children) ?? child.name
      setLabel(child, known[child.name] ?? label)
    }
  }

  /// Whether names only count (`job1`, `job2`): a number from one on behind one word, which says nothing of what ran there.
  private func areNumbered(_ names: [[String]]) -> Bool {
    let counts = names.compactMap { $0.count == 1 ? Self.count($0[0]) : nil }
    guard counts.count == names.count, Set(counts.map(\.word)).count == 1 else { return false }
    return BuildFinder.counts(Set(counts.map { Int64($0.number) }))
  }

  /// The shortest property that tells the alternatives apart.
  private func propertyLabel(_ child: Child, among children: [Child]) -> String? {
    func values(_ child: Child) -> [String: String] {
      guard let report = child.reports.min(by: { $0.key < $1.key })?.value.first else { return [:] }
      return Dictionary(
        places[report].origin.configuration.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let all = children.map(values)
    let own = values(child)
    let telling = own.keys.filter { name in Set(all.map { $0[name] ?? "" }).count == children.count }
    return telling.map { own[$0] ?? "" }.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
  }

  private mutating func setLabel(_ child: Child, _ label: String) {
    if !child.name.isEmpty { labels[child.name] = label }
    for report in child.reports.values.flatMap(\.self) where !roles[report].isCopy {
      roles[report].configuration.append(label)
    }
  }
}
