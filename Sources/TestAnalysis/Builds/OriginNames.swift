// What a property of a report is about: its name promises it, and its value has to look like what the name promises.
//
// Names are compared word by word (`CI_COMMIT_SHA`, `env.GITHUB_SHA`, `git.commit.id`, `buildVcsNumber`). All reports of a
// night have the same few: what a name promises is found out once.

internal import Model
internal import Support

/// What one property is about.
enum OriginRole: Equatable {
  case revision, branch, build, attempt, configuration
}

/// Tells what properties are about, and remembers what their names promise.
struct OriginNames {
  private var known: [String: OriginPromise] = [:]
  /// Names that are remembered, so that reports of names without end take no room without end.
  private static let most = 4096
  private static let longestName = 200
  private static let longestValue = 200

  /// The role of a property, nil where it is about nothing of this kind.
  mutating func role(of property: TestRecord.Property) -> OriginRole? {
    let value = property.value
    guard !value.isEmpty, value.utf8.count <= Self.longestValue else { return nil }
    return promise(of: property.name).role(of: value)
  }

  private mutating func promise(of name: String) -> OriginPromise {
    guard name.utf8.count <= Self.longestName else { return .of(OriginPromise.words(name)) }
    if let promise = known[name] { return promise }
    let promise = OriginPromise.of(OriginPromise.words(name))
    if known.count == Self.most { known.removeAll(keepingCapacity: true) }
    known[name] = promise
    return promise
  }

  /// The properties of a report that its origin is read from, so that the others need not be kept.
  ///
  /// - Parameter properties: all of them.
  /// - Returns: at most 24, each value bounded.
  mutating func kept(_ properties: [TestRecord.Property]) -> [TestRecord.Property] {
    var kept: [TestRecord.Property] = []
    for property in properties where role(of: property) != nil {
      if kept.contains(where: { $0.name == property.name }) { continue }
      kept.append(property)
      if kept.count == 24 { break }
    }
    return kept
  }
}

/// What a name may be about; the value decides.
struct OriginPromise: OptionSet {
  let rawValue: UInt8

  static let revision = OriginPromise(rawValue: 1)
  static let branch = OriginPromise(rawValue: 2)
  static let attempt = OriginPromise(rawValue: 4)
  static let build = OriginPromise(rawValue: 8)
  static let configuration = OriginPromise(rawValue: 16)

  /// What a name of these words may be about.
  static func of(_ words: [String]) -> OriginPromise {
    func has(_ options: Set<String>) -> Bool { words.contains(where: options.contains) }
    if has(["revision", "commit", "sha", "changeset", "sourceversion", "githash"])
      || words.suffix(2) == ["vcs", "number"]
      || words.suffix(2) == ["git", "hash"] || words.suffix(2) == ["source", "version"]
    {
      return has(aboutCommits) ? [] : .revision
    }
    if isBranch(words) { return .branch }
    var promise: OriginPromise = []
    if has(["attempt"]) { promise.insert(.attempt) }
    if isBuild(words) { promise.insert(.build) }
    if has(configurationWords) { promise.insert(.configuration) }
    return promise
  }

  /// What a value is about that stands under such a name.
  func role(of value: String) -> OriginRole? {
    if contains(.revision) { return Self.isRevision(value) ? .revision : nil }
    if contains(.branch) { return .branch }
    if contains(.attempt), Int(value) != nil { return .attempt }
    if contains(.build), Int64(value) != nil { return .build }
    guard contains(.configuration), value.utf8.count <= 60, !value.contains(where: { "/\\\n".contains($0) }) else {
      return nil
    }
    return .configuration
  }

  private static let aboutCommits: Set<String> = [
    "message", "author", "time", "date", "timestamp", "title", "branch", "ref", "tag", "count", "url", "email", "user",
    "before", "base", "parent", "description", "committer",
  ]

  /// One word with a figure in it: a commit of git or mercurial, a number of Subversion's, a label of Perforce's.
  static func isRevision(_ value: String) -> Bool {
    (1...64).contains(value.utf8.count) && value.utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
      && !value.utf8.contains { $0 <= 0x20 || $0 == 0x2F || $0 == 0x3A }
  }

  private static func isBranch(_ words: [String]) -> Bool {
    if words.contains(where: ["target", "default", "base", "url", "protected"].contains) { return false }
    if words.last == "branch" || words.suffix(2) == ["branch", "name"] { return true }
    let joined = words.filter { $0 != "env" && $0 != "name" && $0 != "environment" }.joined(separator: " ")
    return ["github ref", "github head ref", "ci commit ref", "git ref", "ref", "commit ref"].contains(joined)
  }

  private static func isBuild(_ words: [String]) -> Bool {
    let joined = words.filter { $0 != "env" && $0 != "environment" }.joined(separator: " ")
    return [
      "build number", "build num", "build id", "github run id", "github run number", "run id", "run number",
      "ci pipeline id", "ci pipeline iid", "pipeline id", "pipeline number", "circle build num",
      "buildkite build number", "travis build number", "build build id", "build build number",
      "bitbucket build number", "drone build number", "teamcity build id", "workflow run id",
    ].contains(joined)
  }

  private static let configurationWords: Set<String> = [
    "os", "platform", "arch", "architecture", "browser", "device", "jdk", "java", "jre", "python", "node", "ruby",
    "php", "dotnet", "go", "rust", "scala", "kotlin", "runtime", "framework", "configuration", "config", "variant",
    "flavor", "flavour", "target", "profile", "locale", "environment", "matrix", "compiler", "toolchain", "database",
    "db", "project", "version", "buildtype", "api", "sdk", "emulator", "resolution", "viewport",
  ]

  /// The words of a name in lower case: split where letters end and where a capital begins a word.
  static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for scalar in name.unicodeScalars {
      guard scalar.properties.isAlphabetic else {
        if !word.isEmpty { words.append(word) }
        word = ""
        wasLower = false
        continue
      }
      if scalar.properties.isUppercase, wasLower {
        words.append(word)
        word = ""
      }
      word += scalar.properties.lowercaseMapping
      wasLower = scalar.properties.isLowercase
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
