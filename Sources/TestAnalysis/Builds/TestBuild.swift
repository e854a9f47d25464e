// One run of the pipeline on one revision, and the order in which builds ran.

internal import Model
internal import Support

/// One build: modules, shards, jobs of a matrix and attempts of one run belong to it.
package struct TestBuild: Hashable, Sendable {
  /// What the folders of its reports are called; unique among a night's builds.
  package var id: String
  package var revision: String
  package var branch: String
  /// The pipeline's number.
  package var number: Int64?
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var start: Int64
  /// Empty for tonight's builds.
  package var night: String
  /// Whether a job of it died, or a report that its neighbours have is missing.
  package var isIncomplete = false
  /// When its reports were written, by the archive; `Int64.max` where no archive tells. Orders tonight's builds only.
  var written = Int64.max
  /// A date in its folders' names.
  var date: Int64?
  /// Whether any test was read in it: a report that is only damage says nothing of the order of the others.
  var hasTests = true

  package init(id: String, revision: String = "", branch: String = "", start: Int64 = .min, night: String = "") {
    self.id = id
    self.revision = revision
    self.branch = branch
    self.start = start
    self.night = night
  }

  /// When it ran, by its reports, else by when they were written; nil where nothing tells.
  var moment: Int64? { start != .min ? start : written != .max ? written : nil }

  /// What a report calls it where a revision is wanted: its revision, else what its folder is called.
  package var label: String { revision.isEmpty ? id : revision }
}

/// The order of a night's builds: by their time, else by their number, else by the date in their names, else by when their
/// reports were written.
struct BuildOrder {
  /// Places of the builds, the earliest first.
  private(set) var order: [Int] = []
  /// Whether something tells which of two builds of one branch ran first, for all of them.
  private(set) var isKnown = true

  init(_ builds: [TestBuild]) {
    let telling = builds.filter(\.hasTests)
    let useTime = telling.allSatisfy { $0.start != .min }
    let useNumber = telling.allSatisfy { $0.number != nil }
    let useDate = telling.allSatisfy { $0.date != nil }
    let useWritten = telling.allSatisfy { $0.written != .max }
    func key(_ build: TestBuild) -> [Int64] {
      guard build.hasTests else { return [] }
      var key: [Int64] = []
      if useTime { key.append(build.start) }
      if useNumber, let number = build.number { key.append(number) }
      if useDate, let date = build.date { key.append(date) }
      if useWritten { key.append(build.written) }
      return key
    }
    let keys = builds.map(key)
    order = builds.indices.sorted { a, b in
      if keys[a] != keys[b] { return keys[a].lexicographicallyPrecedes(keys[b]) }
      return (builds[a].branch, builds[a].id, builds[a].revision) < (builds[b].branch, builds[b].id, builds[b].revision)
    }
    let ranked = order.filter { builds[$0].hasTests }
    for (a, b) in zip(ranked, ranked.dropFirst()) where keys[a] == keys[b] && builds[a].branch == builds[b].branch {
      isKnown = false
    }
  }
}
