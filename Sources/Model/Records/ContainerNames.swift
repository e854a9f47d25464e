/// What containers are called, by their ids: the runtime writes the name beside a container's log and the id into its path.
package struct ContainerNames: Sendable {
  /// Names by ids, whole ones and their first twelve digits, as hosts and listings have them.
  package private(set) var byID: [String: String] = [:]

  /// Knows none yet.
  package init() {}

  package var isEmpty: Bool { byID.isEmpty }

  /// The digits of an id where it is shortened.
  private static let short = 12

  /// Notes a container; of several names, as after a renaming, the same one holds in any order.
  package mutating func add(_ name: String, id: String) {
    add(name, as: id)
    if id.utf8.count > Self.short { add(name, as: String(id.prefix(Self.short))) }
  }

  /// Takes in what another part of the inputs tells.
  package mutating func merge(_ other: ContainerNames) {
    for (id, name) in other.byID { add(name, as: id) }
  }

  private mutating func add(_ name: String, as id: String) {
    guard !name.isEmpty, byID[id].map({ name < $0 }) != false else { return }
    byID[id] = name
  }
}
