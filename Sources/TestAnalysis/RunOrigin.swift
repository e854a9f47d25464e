// Which build a report comes from: revision, branch and configuration out of its properties or the names of its folders.

internal import Model
internal import Support

struct RunOrigin {
  var revision = ""
  var branch = ""
  var configuration = ""
  /// The folder of the report: reports of one build lie in one folder.
  var build = ""

  init(properties: [TestRecord.Property], path: String) {
    build = Self.folder(of: path)
    for property in properties {
      let name = property.name.lowercased().filter { $0.isLetter }
      if property.value.isEmpty { continue }
      if revision.isEmpty, Self.revisionNames.contains(name) { revision = property.value }
      if branch.isEmpty, Self.branchNames.contains(name) { branch = property.value }
      if configuration.isEmpty, Self.configurationNames.contains(name) { configuration = property.value }
    }
    for part in build.split(separator: "/") {
      if revision.isEmpty, let found = Self.revision(in: part) { revision = found }
      if configuration.isEmpty, Self.configurations.contains(part.lowercased()) { configuration = String(part) }
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(where: { $0 == "/" || $0 == "!" }).map { String(path[..<$0]) } ?? ""
  }

  /// A folder named by a commit: 7 to 40 hex digits with a letter among them, `rev-` or `sha-` before them or not.
  private static func revision(in part: Substring) -> String? {
    var text = part
    for prefix in ["rev-", "sha-", "commit-", "r"] where text.hasPrefix(prefix) && text.count > prefix.count + 6 {
      text = text.dropFirst(prefix.count)
      break
    }
    guard (7...40).contains(text.utf8.count), text.utf8.allSatisfy({ hexDigit($0) < 16 }),
      text.contains(where: \.isLetter), text.contains(where: \.isNumber)
    else { return nil }
    return String(text)
  }

  private static let revisionNames: Set<String> = [
    "revision", "suiterevision", "commit", "commitid", "commitsha", "gitcommit", "gitsha", "githash", "gitrevision",
    "githubsha", "cicommitsha", "buildvcsnumber", "scmrevision", "sha", "changeset", "buildrevision", "vcsrevision",
    "envgitcommit", "envgithubsha",
  ]
  private static let branchNames: Set<String> = [
    "branch", "suitebranch", "gitbranch", "branchname", "githubrefname", "cicommitrefname", "scmbranch", "vcsbranch",
  ]
  private static let configurationNames: Set<String> = [
    "configuration", "config", "variant", "flavor", "flavour", "buildtype", "browsername", "device", "platform",
  ]
  private static let configurations: Set<String> = [
    "debug", "release", "linux", "macos", "windows", "darwin", "x86_64", "amd64", "arm64", "aarch64", "asan", "tsan",
    "chrome", "firefox", "webkit", "safari", "edge",
  ]
}
