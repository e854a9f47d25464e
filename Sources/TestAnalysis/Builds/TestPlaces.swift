// For every report and suite of the night: its build, configuration, shard and place among the attempts.

internal import Model
internal import Segments
internal import Support

/// Where the cases of one suite of one report belong.
struct SuitePlace: Hashable {
  var build = 0
  /// Index into the configurations; 0 is none.
  var configuration = 0
  /// Parts of one run that tests may be told in: shards and modules. A test that stands in several is one test.
  var part = 0
  /// The place among the attempts of a run; equal where nothing counts them.
  var rank = 1
  /// Whether an attempt is counted at all.
  var isAttempt = false
  /// The same results were told by another report.
  var isCopy = false
  /// Tells a test from another of the same name.
  var variant = ""
  /// Tells the suites of one report apart: the same case again in one suite is another attempt.
  var suite: UInt32 = 0
  /// When the report began, microseconds since the epoch; `Int64.max` where unknown.
  var start = Int64.max
}

/// The night's builds and the places of its reports.
struct TestPlaces {
  private(set) var builds: [TestBuild]
  private(set) var isOrderKnown: Bool
  /// Sorted; the first is empty: none.
  private(set) var configurations: [String] = [""]
  /// Names that show a configuration, for later nights.
  private(set) var labels: [String: String]
  /// Report by report: the places of its suites, and behind them that of its cases without a suite.
  private var all: [SuitePlace] = []
  /// The keys of the suites, ascending within a report; of what is no suite's, none is asked for.
  private var keys: [UInt32] = []
  /// By report: which of `all` are its suites'.
  private var suites: [Range<Int>] = []
  /// By build, configuration and part: the last attempt.
  private var lastAttempts: [[Int]: Int] = [:]
  /// Reports that told what another had told.
  private(set) var copies: [Int] = []

  init(_ parts: [TestFilePart], known: [String: String] = [:]) {
    let finder = BuildFinder(parts)
    let found = ConfigurationFinder(parts, finder, known: known)
    builds = finder.builds
    isOrderKnown = finder.isOrderKnown
    labels = known.merging(found.labels) { old, _ in old }
    var owns: [SuitePlace] = []
    var named: [[(key: UInt32, place: SuitePlace, label: String)]] = []
    var numbers: [String: Int] = ["": 0]
    for (i, part) in parts.enumerated() {
      let role = found.roles[i]
      let place = finder.places[i]
      var own = SuitePlace(build: finder.of[i])
      let partKey = place.shard + "\u{0}" + Self.module(place, role)
      own.part = numbers[partKey] ?? numbers.count
      numbers[partKey] = own.part
      own.isCopy = role.isCopy
      // One result a file, the file named by a number drawn for it: the files of one test are its attempts.
      let isDrawn = part.cases == 1 && (place.rest.last?.isDrawn ?? false)
      own.isAttempt = role.attempt != nil || isDrawn
      own.rank = role.attempt ?? 1
      own.start = part.start
      if role.isCopy { copies.append(i) }
      let inside = SuiteFinder(part.suites, known: known)
      labels.merge(inside.labels) { old, _ in old }
      let outer = role.configuration.joined(separator: " ")
      var list: [(key: UInt32, place: SuitePlace, label: String)] = []
      for (suite, told) in zip(part.suites, inside.roles) {
        var placed = own
        placed.variant = told.variant
        placed.suite = Self.suite(suite.note, told.variant)
        if let attempt = told.attempt {
          placed.isAttempt = true
          placed.rank = attempt
        }
        let label =
          outer.isEmpty || told.configuration.isEmpty || outer.contains(told.configuration)
          ? outer.isEmpty ? told.configuration : outer : outer + " " + told.configuration
        list.append((suite.note.key, placed, label))
      }
      if list.isEmpty { list.append((0, own, outer)) }
      named.append(list)
      owns.append(own)
    }
    configurations = Set(named.flatMap { $0.map(\.label) }).union([""]).sorted()
    let index = Dictionary(uniqueKeysWithValues: configurations.enumerated().map { ($1, $0) })
    for (i, list) in named.enumerated() {
      let start = all.count
      for (key, place, label) in list {
        var placed = place
        placed.configuration = index[label] ?? 0
        all.append(placed)
        keys.append(key)
        note(placed)
      }
      suites.append(start..<all.count)
      var own = owns[i]
      own.configuration = list.first.flatMap { index[$0.label] } ?? 0
      all.append(own)
      keys.append(.max)
    }
    settleBase(finder)
    findMissing(parts, finder, found)
  }

  /// The report beside a folder of attempts is the last of them.
  private mutating func settleBase(_ finder: BuildFinder) {
    var held: Set<[Int]> = []
    for (i, place) in finder.places.enumerated() where place.isBaseLast {
      for place in all[suites[i]] { held.insert([place.build, place.configuration, place.part]) }
    }
    if held.isEmpty { return }
    for i in suites.indices where !finder.places[i].isBaseLast {
      for j in suites[i] where !all[j].isAttempt {
        let cell = [all[j].build, all[j].configuration, all[j].part]
        guard held.contains(cell) else { continue }
        for k in [j, suites[i].upperBound] {
          all[k].isAttempt = true
          all[k].rank = Int.max
        }
        lastAttempts[cell] = Int.max
      }
    }
  }

  /// What tells suites apart: their names, hosts and configurations, and the source file where it tells tests apart.
  private static func suite(_ note: SuiteNote, _ variant: String) -> UInt32 {
    UInt32(
      truncatingIfNeeded: StableHash.hash(
        [note.suite, note.host, note.configuration, variant].joined(separator: "\u{0}")))
  }

  private mutating func note(_ place: SuitePlace) {
    let key = [place.build, place.configuration, place.part]
    if place.isAttempt { lastAttempts[key] = max(lastAttempts[key] ?? 0, place.rank) }
  }

  /// The modules on the way to a report: what is neither configuration nor attempt nor the file's own name.
  private static func module(_ place: ReportPlace, _ role: ConfigurationFinder.Role) -> String {
    place.rest.dropLast().enumerated().filter { !role.counted.contains($0.offset) }.map(\.element.name).joined(
      separator: "/")
  }

  /// By build: the configurations that it has, sorted.
  func configurationsByBuild() -> [[String]] {
    var found = [Set<Int>](repeating: [], count: builds.count)
    for range in suites {
      for place in all[range] where !place.isCopy { found[place.build].insert(place.configuration) }
    }
    return found.map { $0.sorted().map { configurations[$0] }.filter { !$0.isEmpty } }
  }

  /// By configuration: how many builds have it, those without a single test left aside: they tell nothing of the others.
  func buildsByConfiguration() -> [String: Int] {
    var found: [Int: Set<Int>] = [:]
    for place in all where counts(place) { found[place.configuration, default: []].insert(place.build) }
    return Dictionary(uniqueKeysWithValues: found.map { (configurations[$0.key], $0.value.count) })
  }

  private func counts(_ place: SuitePlace) -> Bool { !place.isCopy && builds[place.build].hasTests }

  /// The number of a configuration.
  func number(of configuration: String) -> Int? {
    let place = configurations.partitioningIndex { $0 >= configuration }
    return place < configurations.count && configurations[place] == configuration ? place : nil
  }

  /// Where the cases of a suite belong.
  func place(of suite: UInt32, in report: Int) -> SuitePlace {
    var own = suites[report]
    // Most reports have one suite.
    while own.count > 1 {
      let middle = own.lowerBound + own.count / 2
      own = keys[middle] <= suite ? middle..<own.upperBound : own.lowerBound..<middle
    }
    return keys[own.lowerBound] == suite ? all[own.lowerBound] : all[suites[report].upperBound]
  }

  /// Whether the run of a place was tried again after this attempt.
  func isRepeated(_ place: SuitePlace) -> Bool {
    (lastAttempts[[place.build, place.configuration, place.part]] ?? 0) > place.rank
  }

  /// Reports that most builds have are missed where one lacks them: a job of it died.
  private mutating func findMissing(_ parts: [TestFilePart], _ finder: BuildFinder, _ found: ConfigurationFinder) {
    var holders: [String: Set<Int>] = [:]
    for (i, place) in finder.places.enumerated() where !parts[i].isEnvironment {
      let cell = found.roles[i].configuration.joined(separator: "\u{0}")
      let folder = place.rest.dropLast().map(\.name).joined(separator: "/") + "\u{0}" + cell
      // Which of its tests a shard gets changes from build to build: of a shard the folder counts, of a file all shards.
      holders["file " + folder + "\u{0}" + (place.rest.last?.name ?? ""), default: []].insert(finder.of[i])
      holders["shard " + folder + "\u{0}" + place.shard, default: []].insert(finder.of[i])
    }
    var branches: [String: [Int]] = [:]
    for (number, build) in builds.enumerated() { branches[build.branch, default: []].append(number) }
    for list in branches.values where list.count >= 3 {
      for have in holders.values {
        let present = list.filter(have.contains)
        guard present.count < list.count, present.count * 4 >= list.count * 3, let first = present.first,
          let last = present.last
        else { continue }
        // Before the first and behind the last that have it, it may be new or gone.
        for number in list
        where !have.contains(number)
          && (number > first && number < last || present.count >= 3 && list.count - present.count == 1)
        {
          builds[number].isIncomplete = true
        }
      }
    }
  }
}
