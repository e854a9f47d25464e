// Which reports belong to one build.
//
// A build is named by the number and the revision in its reports' paths and properties, wherever they stand; everything
// else in a path is for configuration, module, shard and attempt. Whether a number that no word explains is a build's or
// a shard's, and whether one behind a revision counts builds or attempts, the night's reports tell together: builds repeat
// the same tests, shards do not; attempts begin with one for every revision.

internal import Model
internal import Support

struct BuildFinder {
  private(set) var places: [ReportPlace]
  private(set) var builds: [TestBuild] = []
  /// The build of each report, an index into `builds`.
  private(set) var of: [Int] = []
  private(set) var isOrderKnown = true

  init(_ parts: [TestFilePart]) {
    var reader = PathReader(words: PathWords(parts))
    var names = OriginNames()
    let environments = Self.environments(parts)
    let above = Self.above(parts, &reader)
    places = parts.map { part in
      let own = part.dialect == "allure" ? environments[Self.folder(part.path)] ?? [] : []
      let origin = RunOrigin(part.properties + own, &names)
      return ReportPlace(
        reader.components(of: String(decoding: part.path.utf8.dropFirst(above), as: UTF8.self)), origin: origin)
    }
    settleTrailing()
    settleNumbers(parts)
    settleVersions(parts)
    group(parts)
  }

  /// How much of the paths is nobody's build, in bytes: the folders above archives up to one that looks like a build (`/data/ci20/`), where
  /// every report has a build of its own in its archive. Where the files of a night are put tells nothing of the night.
  private static func above(_ parts: [TestFilePart], _ reader: inout PathReader) -> Int {
    guard let first = parts.first, parts.allSatisfy({ $0.path.utf8.contains(0x21) }) else { return 0 }
    var shared = Array(first.path.utf8.prefix { $0 != 0x21 })
    for part in parts { shared.removeLast(shared.count - zip(shared, part.path.utf8).prefix { $0 == $1 }.count) }
    var names = OriginNames()
    let nowhere = RunOrigin([], &names)
    func place(_ path: some Sequence<UInt8>) -> ReportPlace {
      ReportPlace(reader.components(of: String(decoding: Array(path), as: UTF8.self)), origin: nowhere)
    }
    let ends = shared.indices.filter { shared[$0] == 0x2F }.map { $0 + 1 }
    guard let last = ends.last else { return 0 }
    var start = 0
    // The last component of a path is a file's, which is read in its own way.
    for end in ends where place(shared[start..<last] + [0x78]).number != nil { start = end }
    guard start > 0 else { return 0 }
    let areNamed = parts.allSatisfy { part in
      let own = place(part.path.utf8.dropFirst(start))
      return own.number != nil && own.isNumberSure
    }
    return areNamed ? start : 0
  }

  /// Folders that are versions of what is built (`1.0.345`, `v1.2.4`), where nothing else names a build: each is a build where
  /// they hold the same tests, two of them differ in nothing but the last number, and they ran in their order. Versions of
  /// what tests run on differ in more, or ran at one time.
  private mutating func settleVersions(_ parts: [TestFilePart]) {
    guard places.allSatisfy({ $0.number == nil && $0.revision.isEmpty && $0.date == nil && $0.rest.count > 1 }) else {
      return
    }
    var versions: [[Int64]: (sample: TestSample, start: Int64, end: Int64)] = [:]
    var own: [[Int64]] = []
    for (i, place) in places.enumerated() {
      guard let version = Self.version(place.rest[0].text), parts[i].start != .max else { return }
      own.append(version)
      var known = versions[version] ?? (TestSample(), .max, .min)
      known.sample.join(parts[i].sample)
      known.start = min(known.start, parts[i].start)
      known.end = max(known.end, parts[i].start)
      versions[version] = known
    }
    let ordered = versions.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let pairs = zip(ordered, ordered.dropFirst())
    guard pairs.contains(where: { $0.key.dropLast() == $1.key.dropLast() }),
      pairs.allSatisfy({ $0.value.end < $1.value.start && $0.value.sample.overlap($1.value.sample).isMost })
    else { return }
    for i in places.indices {
      places[i].number = own[i].reduce(0) { $0 * 10_000 + $1 }
      places[i].isNumberSure = true
      places[i].label = places[i].rest[0].text
      places[i].rest.removeFirst()
    }
  }

  /// Three or four numbers between dots, a `v` before them or not; nil for anything else.
  private static func version(_ text: String) -> [Int64]? {
    let bare = text.first == "v" || text.first == "V" ? text.dropFirst() : text[...]
    let numbers = bare.split(separator: ".", omittingEmptySubsequences: false).map { part in
      part.utf8.count <= 4 && part.allSatisfy(\.isNumber) ? Int64(part) : nil
    }
    let known = numbers.compactMap(\.self)
    return known.count == numbers.count && (3...4).contains(known.count) ? known : nil
  }

  /// What Allure's environment files say of the results beside them, by folder.
  private static func environments(_ parts: [TestFilePart]) -> [String: [TestRecord.Property]] {
    var found: [String: [TestRecord.Property]] = [:]
    for part in parts where part.isEnvironment { found[folder(part.path), default: []] += part.properties }
    return found
  }

  private static func folder(_ path: String) -> String {
    guard let cut = path.lastIndex(where: { $0 == "/" || $0 == "!" }) else { return "" }
    return String(path[..<cut])
  }

  /// Numbers behind revisions: attempts where they begin with one (or zero) for each revision, else the builds' numbers.
  private mutating func settleTrailing() {
    var numbers: [String: Set<Int64>] = [:]
    for place in places {
      if let trailing = place.trailing { numbers[place.revision, default: []].insert(trailing) }
    }
    let areAttempts = numbers.values.allSatisfy { Self.counts($0) }
    for i in places.indices {
      guard let trailing = places[i].trailing else { continue }
      if areAttempts, places[i].attempt == nil, trailing < 1000 {
        places[i].attempt = Int(trailing)
      } else if places[i].number == nil || !places[i].isNumberSure {
        places[i].number = trailing
        places[i].isNumberSure = true
      }
    }
  }

  /// Whether numbers count from one or zero without a gap.
  static func counts(_ numbers: Set<Int64>) -> Bool {
    guard let low = numbers.min(), let high = numbers.max(), low <= 1, low >= 0 else { return false }
    return high < 100 && high - low + 1 == Int64(numbers.count)
  }

  /// Folders that are only a number: builds where the same tests stand in most of them, shards where they do not.
  private mutating func settleNumbers(_ parts: [TestFilePart]) {
    var samples: [Int64: TestSample] = [:]
    for (i, place) in places.enumerated() where place.number != nil && !place.isNumberSure {
      samples[place.number ?? 0, default: TestSample()].join(parts[i].sample)
    }
    guard samples.count > 1 else { return }
    let ordered = samples.sorted { $0.key < $1.key }.map(\.value)
    var overlap = TestSample.Overlap()
    for (a, b) in zip(ordered, ordered.dropFirst()) { overlap.add(a.overlap(b)) }
    let hasRevisions = places.allSatisfy { $0.number == nil || $0.isNumberSure || !$0.revision.isEmpty }
    guard overlap.smaller > 0, overlap.common * 3 < overlap.smaller, !hasRevisions else { return }
    for i in places.indices where !places[i].isNumberSure {
      guard let number = places[i].number else { continue }
      places[i].shard = places[i].shard.isEmpty ? String(number) : places[i].shard + "." + String(number)
      places[i].number = nil
    }
  }

  /// What tells builds apart.
  private struct Key: Hashable {
    var branch: String
    var number: Int64?
    var revision: String
    var date: Int64?
  }

  private mutating func group(_ parts: [TestFilePart]) {
    // A revision that only properties tell may be missing in some of a build's reports: the number holds them together,
    // unless it stands with several revisions.
    var told: [Key: Set<String>] = [:]
    for place in places where !place.isRevisionInPath && !place.revision.isEmpty {
      told[numberKey(place), default: []].insert(place.revision)
    }
    var numbers: [Key: Int] = [:]
    var keys: [Key] = []
    for place in places {
      var key = numberKey(place)
      if place.isRevisionInPath {
        key.revision = place.revision
      } else if let revisions = told[key] {
        key.revision = revisions.count == 1 ? revisions.first ?? "" : place.revision
      }
      if key.number != nil || !key.revision.isEmpty { key.date = nil }
      keys.append(key)
    }
    let named = Set(keys.filter { $0.number != nil || !$0.revision.isEmpty || $0.date != nil })
    for (i, var key) in keys.enumerated() {
      // A report that names no build belongs to the only one there is.
      if key.number == nil, key.revision.isEmpty, key.date == nil {
        let fitting = named.filter { key.branch.isEmpty || $0.branch == key.branch || $0.branch.isEmpty }
        if fitting.count == 1, let only = fitting.first { key = only }
      }
      let number = numbers[key] ?? builds.count
      if number == builds.count {
        numbers[key] = number
        builds.append(TestBuild(id: "", revision: key.revision, branch: key.branch, start: .max))
        builds[number].number = key.number
        builds[number].date = key.date
        builds[number].hasTests = false
      }
      of.append(number)
      note(parts[i], places[i], in: number)
    }
    arrange()
  }

  private func numberKey(_ place: ReportPlace) -> Key {
    Key(branch: place.branch, number: place.number, revision: "", date: place.number == nil ? place.date : nil)
  }

  private mutating func note(_ part: TestFilePart, _ place: ReportPlace, in number: Int) {
    builds[number].start = min(builds[number].start, part.start)
    if part.written != .max { builds[number].written = min(builds[number].written, part.written) }
    if !part.isComplete || !part.isClosed { builds[number].isIncomplete = true }
    if part.cases > 0 { builds[number].hasTests = true }
    if builds[number].id.isEmpty || !place.label.isEmpty && place.label < builds[number].id {
      builds[number].id = place.label
    }
  }

  /// Brings the builds into their order and gives each a name of its own.
  private mutating func arrange() {
    for i in builds.indices where builds[i].start == .max { builds[i].start = .min }
    let order = BuildOrder(builds)
    isOrderKnown = order.isKnown
    var rank = [Int](repeating: 0, count: builds.count)
    for (position, number) in order.order.enumerated() { rank[number] = position }
    builds = order.order.map { builds[$0] }
    of = of.map { rank[$0] }
    var seen: Set<String> = []
    for i in builds.indices {
      var id = builds[i].id
      if id.isEmpty { id = builds[i].revision }
      if id.isEmpty, let number = builds[i].number { id = String(number) }
      if id.isEmpty { id = "reports" }
      if !builds[i].branch.isEmpty, seen.contains(id) { id = builds[i].branch + "/" + id }
      var unique = id
      var number = 2
      while !seen.insert(unique).inserted {
        unique = id + "#" + String(number)
        number += 1
      }
      builds[i].id = unique
    }
  }
}
