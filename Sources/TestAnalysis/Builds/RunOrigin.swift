// What a report's own properties say of where it comes from: revision, branch, number of the build, attempt, and the
// values that may be those of a configuration (which of them are, their varying within a build tells).

internal import Model
internal import Support

/// What one property is about.
enum OriginRole: Equatable {
  case revision, branch, build, attempt, configuration

  /// The role of a property, nil where it is about nothing of this kind.
  ///
  /// Names are compared word by word (`CI_COMMIT_SHA`, `env.GITHUB_SHA`, `git.commit.id`, `buildVcsNumber`), and the value
  /// has to look like what the name promises.
  init?(_ property: TestRecord.Property) {
    let value = property.value
    guard !value.isEmpty, value.utf8.count <= 200 else { return nil }
    let words = Self.words(property.name)
    func has(_ options: Set<String>) -> Bool { words.contains(where: options.contains) }
    if has(["revision", "commit", "sha", "changeset", "sourceversion", "githash"])
      || words.suffix(2) == ["vcs", "number"]
      || words.suffix(2) == ["git", "hash"] || words.suffix(2) == ["source", "version"]
    {
      if !has(Self.aboutCommits), Self.isRevision(value) {
        self = .revision
        return
      }
      return nil
    }
    if Self.isBranch(words) {
      self = .branch
      return
    }
    if has(["attempt"]), Int(value) != nil {
      self = .attempt
      return
    }
    if Self.isBuild(words), Int64(value) != nil {
      self = .build
      return
    }
    guard has(Self.configurationWords), value.utf8.count <= 60, !value.contains(where: { "/\\\n".contains($0) }) else {
      return nil
    }
    self = .configuration
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
      "ci pipeline id",
      "ci pipeline iid", "pipeline id", "pipeline number", "circle build num", "buildkite build number",
      "travis build number", "build build id", "build build number", "bitbucket build number", "drone build number",
      "teamcity build id", "workflow run id",
    ].contains(joined)
  }

  private static let configurationWords: Set<String> = [
    "os", "platform", "arch", "architecture", "browser", "device", "jdk", "java", "jre", "python", "node", "ruby",
    "php",
    "dotnet", "go", "rust", "scala", "kotlin", "runtime", "framework", "configuration", "config", "variant", "flavor",
    "flavour", "target", "profile", "locale", "environment", "matrix", "compiler", "toolchain", "database", "db",
    "project",
    "version", "buildtype", "api", "sdk", "emulator", "resolution", "viewport",
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

/// What a report says of its origin.
struct RunOrigin {
  var revision = ""
  var branch = ""
  var number: Int64?
  var attempt: Int?
  /// Name and value of what may be a configuration, in the order of the names.
  var configuration: [TestRecord.Property] = []

  /// The properties of a report that its origin is read from, so that the others need not be kept.
  ///
  /// - Parameter properties: all of them.
  /// - Returns: at most 24, each value bounded.
  static func kept(_ properties: [TestRecord.Property]) -> [TestRecord.Property] {
    var kept: [TestRecord.Property] = []
    for property in properties where OriginRole(property) != nil {
      if kept.contains(where: { $0.name == property.name }) { continue }
      kept.append(property)
      if kept.count == 24 { break }
    }
    return kept
  }

  init(_ properties: [TestRecord.Property]) {
    for property in properties {
      switch OriginRole(property) {
      case .revision: if revision.isEmpty { revision = property.value }
      case .branch: if branch.isEmpty { branch = Self.branch(property.value) }
      case .build: if number == nil { number = Int64(property.value) }
      case .attempt: if attempt == nil { attempt = Int(property.value) }
      case .configuration: configuration.append(property)
      case nil: break
      }
    }
    configuration.sort { ($0.name, $0.value) < ($1.name, $1.value) }
  }

  /// `refs/heads/main` is `main`, `refs/pull/12/merge` is `pull/12`.
  private static func branch(_ value: String) -> String {
    for prefix in ["refs/heads/", "refs/tags/", "refs/remotes/origin/", "origin/", "refs/"]
    where value.hasPrefix(prefix) {
      let rest = value.dropFirst(prefix.count)
      return rest.hasPrefix("pull/") && rest.hasSuffix("/merge") ? String(rest.dropLast(6)) : String(rest)
    }
    return value
  }
}
