// Where one report stands: what its path and properties say of build, revision, branch, attempt and shard, and what is left.

internal import Model
internal import Support

struct ReportPlace {
  var revision = ""
  /// Whether the path names the revision; a property may be missing in some reports of a build.
  var isRevisionInPath = false
  var branch = ""
  var number: Int64?
  var isNumberSure = false
  var trailing: Int64?
  var date: Int64?
  /// As the folders that name the build are written.
  var label = ""
  var attempt: Int?
  /// Whether the report without a number is the last attempt, not the first.
  var isBaseLast = false
  var shard = ""
  /// The components that are left, outermost first; the last one is the file's own name.
  var rest: [PathComponent] = []
  var origin: RunOrigin

  /// Of the components that the number of the build, and the one behind its revision, are from.
  private var numberPlace = -1
  private var trailingPlace = -1

  /// - Parameters:
  ///   - components: the report's path, taken apart.
  ///   - origin: what the report says of the run.
  init(_ components: [PathComponent], origin: RunOrigin) {
    self.origin = origin
    var labels: [String] = []
    var isInAttempts = false
    for (offset, component) in components.enumerated() {
      var component = component
      // `builds/31`, `pipelines/991`, `runs/12345`.
      if component.number != nil, component.words.isEmpty, let parent = rest.last?.words, parent.count == 1,
        Self.buildFolders.contains(parent[0].lowercased())
      {
        component.isNumberSure = true
      }
      if isInAttempts, offset < components.count - 1 {
        // `Retries/<id>/2/…`: identifiers on the way to the number.
        if let number = component.number, number < 1000 {
          attempt = Int(number)
          component.number = nil
          isInAttempts = false
          continue
        }
        if component.words.count == 1, component.revision.isEmpty, component.attempt == nil { continue }
      }
      if component.holdsAttempts {
        isInAttempts = true
        isBaseLast = true
      }
      if let number = component.attempt {
        attempt = number
        isInAttempts = false
      }
      if !component.shard.isEmpty { shard = shard.isEmpty ? component.shard : shard + "." + component.shard }
      if takeBuild(component) { labels.append(component.text) }
      rest.append(component)
    }
    label = labels.joined(separator: "/")
    keepOtherNumbers()
    if attempt == nil { attempt = origin.attempt }
    readBranch()
    // What is empty says nothing, the file's own name excepted.
    let last = rest.popLast()
    rest.removeAll { $0.words.isEmpty && !$0.isOpaque }
    if let last { rest.append(last) }
    if number == nil, origin.number != nil {
      number = origin.number
      isNumberSure = true
    }
    if revision.isEmpty { revision = origin.revision }
    nameJobs()
  }

  /// `12/12.3`: the jobs of a build are numbered behind its own number. What one does is the same from build to build.
  private mutating func nameJobs() {
    guard let number else { return }
    let prefix = String(number) + "."
    for i in rest.indices where rest[i].words.count == 1 && rest[i].words[0].hasPrefix(prefix) {
      let job = rest[i].words[0].dropFirst(prefix.count)
      if !job.isEmpty, job.allSatisfy(\.isNumber) { rest[i].words = ["job" + job] }
    }
  }

  private static let buildFolders: Set<String> = [
    "builds", "runs", "pipelines", "workflows", "build", "run", "pipeline",
  ]

  /// A folder that is only a number, and not the build's, is called by it: a version, an attempt, a job.
  private mutating func keepOtherNumbers() {
    for i in rest.indices
    where i != numberPlace && i != trailingPlace && rest[i].revision.isEmpty && rest[i].words.isEmpty {
      guard let number = rest[i].number, rest[i].trailing == nil, attempt == nil || number >= 1000 else { continue }
      rest[i].words = [rest[i].text]
      // What counts jobs has no meaning; versions and years have fewer digits.
      if number >= 10_000 { rest[i].isOpaque = true }
    }
  }

  /// Takes revision, number and date of the build; the first of each kind counts.
  private mutating func takeBuild(_ component: PathComponent) -> Bool {
    var isTaken = false
    if !component.revision.isEmpty, revision.isEmpty {
      revision = component.revision
      isRevisionInPath = true
      isTaken = true
    }
    if let value = component.number {
      if !isRevisionInPath || number == nil && !component.revision.isEmpty {
        if number == nil || component.isNumberSure && !isNumberSure {
          number = value
          numberPlace = rest.count
          isNumberSure = component.isNumberSure
          isTaken = true
        }
      } else if trailing == nil, number == nil {
        trailing = value
        trailingPlace = rest.count
        isTaken = true
      }
    }
    if let value = component.trailing, trailing == nil {
      trailing = value
      isTaken = true
    }
    if let value = component.date, date == nil {
      date = value
      isTaken = true
    }
    return isTaken
  }

  private static let branchWords: Set<String> = [
    "main", "master", "develop", "development", "trunk", "release", "releases", "feature", "features", "fix", "bugfix",
    "hotfix", "pr", "pull", "dependabot", "renovate", "feat", "topic", "mainline", "staging",
  ]

  /// The branch of the properties, else of the folders before the revision or the number.
  private mutating func readBranch() {
    branch = origin.branch
    if !branch.isEmpty {
      let folded = branch.map { $0 == "/" ? "-" : String($0) }.joined()
      let parts = branch.split(separator: "/").map(String.init)
      let file = rest.popLast()
      rest.removeAll { $0.text == branch || $0.text == folded || parts.contains($0.text) }
      if let file { rest.append(file) }
      return
    }
    let isBuild = { (component: PathComponent) in
      !component.revision.isEmpty || component.number != nil || component.date != nil
    }
    guard let first = rest.firstIndex(where: isBuild), first > 0 else { return }
    for i in 0..<first {
      guard let word = rest[i].words.first?.lowercased(), Self.branchWords.contains(word) else { continue }
      // `feature/vat`: the name goes on in the next folder.
      let end =
        rest[i].words.count == 1 && !["main", "master", "trunk", "develop"].contains(word) && i + 1 < first
        ? i + 2 : i + 1
      branch = rest[i..<end].map(\.text).joined(separator: "/")
      rest.removeSubrange(i..<end)
      return
    }
  }
}
