// What a report's own properties say of where it comes from: revision, branch, number of the build, attempt, and the
// values that may be those of a configuration (which of them are, their varying within a build tells).

internal import Model
internal import Support

/// What a report says of its origin.
struct RunOrigin {
  var revision = ""
  var branch = ""
  var number: Int64?
  var attempt: Int?
  /// Name and value of what may be a configuration, in the order of the names.
  var configuration: [TestRecord.Property] = []

  /// - Parameters:
  ///   - properties: the report's.
  ///   - names: tells what they are about.
  init(_ properties: [TestRecord.Property], _ names: inout OriginNames) {
    for property in properties {
      switch names.role(of: property) {
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
