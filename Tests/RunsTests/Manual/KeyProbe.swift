// Asks a parser what it takes: plants values and unknown keys at a place of a file and looks at what becomes of them.

import Runs
import Support

/// One kind of configuration file: its documented keys, and the parser that they are compared with.
struct KeyProbe: Sendable {
  /// What a file came to.
  struct Parsed {
    /// The settings, written out; parts that are kept as a tree are left out.
    var settings: String
    var problems: [ConfigProblem]
  }

  static let unknown = "zzzzzzzzzzzz"

  let keys: [DocumentedKey]
  let parse: @Sendable (ConfigNode) -> Parsed

  /// The keys that the parser takes at a place, nil where it takes no keys of its own choice.
  func accepted(at path: [String]) throws -> Set<String>? {
    let map = ConfigNode(.map([Self.entry(Self.unknown, ConfigNode(.scalar("1")))]))
    let file = try document(path, path.last == "[]" ? nil : map, planting: path.last == "[]" || path.isEmpty)
    let told = parse(file).problems.filter { $0.message.contains("'\(Self.unknown)'") && !$0.knownKeys.isEmpty }
    return told.first.map { Set($0.knownKeys) }
  }

  /// A file that has this value at this place, and whatever must be there besides; without a value, all but the key.
  func document(_ path: [String], _ value: ConfigNode?, planting: Bool = false) throws -> ConfigNode {
    try section([], path[...], value, planting)
  }

  private func section(
    _ place: [String], _ rest: ArraySlice<String>, _ value: ConfigNode?, _ planting: Bool
  ) throws -> ConfigNode {
    guard let next = rest.first else {
      if let value { return value }
      let planted = planting ? [Self.entry(Self.unknown, ConfigNode(.scalar("1")))] : []
      return ConfigNode(.map(try planted + required(place)))
    }
    if next == "[]" {
      return ConfigNode(.list([try element(place, rest.dropFirst(), value, planting)]))
    }
    let path = place + [next]
    let key = keys.first { $0.path == path }
    var entries = key?.type.hasSuffix("alone") == true ? [] : try required(place)
    if let companion = key?.companion, let beside = keys.first(where: { $0.path == place + [companion] }) {
      entries.append(Self.entry(companion, try YAMLTree.read(beside.example)))
    }
    try put(next, path, rest.dropFirst(), value, planting, into: &entries)
    return ConfigNode(.map(entries))
  }

  /// An element of a list: the list's own example, with the key in it.
  private func element(
    _ list: [String], _ rest: ArraySlice<String>, _ value: ConfigNode?, _ planting: Bool
  ) throws -> ConfigNode {
    let place = list + ["[]"]
    let example = try keys.first { $0.path == list }.map { try YAMLTree.read($0.example) }
    var entries = try example?.list?.first?.map ?? required(place)
    guard let next = rest.first else {
      if let value { return value }
      if planting { entries.insert(Self.entry(Self.unknown, ConfigNode(.scalar("1"))), at: 0) }
      return ConfigNode(.map(entries))
    }
    let path = place + [next]
    if keys.first(where: { $0.path == path })?.type.hasSuffix("alone") == true { entries = [] }
    try put(next, path, rest.dropFirst(), value, planting, into: &entries)
    return ConfigNode(.map(entries))
  }

  private func put(
    _ name: String, _ path: [String], _ rest: ArraySlice<String>, _ value: ConfigNode?, _ planting: Bool,
    into entries: inout [ConfigNode.Entry]
  ) throws {
    entries.removeAll { $0.key == name }
    if rest.isEmpty, value == nil, !planting { return }
    entries.insert(Self.entry(name, try section(path, rest, value, planting)), at: 0)
  }

  private func required(_ place: [String]) throws -> [ConfigNode.Entry] {
    try keys.filter { $0.parent == place && $0.isRequired }
      .map { Self.entry($0.path.last ?? "", try YAMLTree.read($0.example)) }
  }

  private static func entry(_ key: String, _ value: ConfigNode) -> ConfigNode.Entry {
    ConfigNode.Entry(key: key, line: 1, column: 1, value: value)
  }

  /// A value written out, member by member; a configuration tree is nothing here: what was kept unread has no effect yet.
  static func text(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    if value is ConfigNode || mirror.displayStyle == .optional && mirror.children.first?.value is ConfigNode {
      return "nil"
    }
    if mirror.children.isEmpty { return "\(value)" }
    let parts = mirror.children.map { "\($0.label ?? ""):" + text($0.value) }
    let isUnordered = mirror.displayStyle == .dictionary || mirror.displayStyle == .set
    return "(" + (isUnordered ? parts.sorted() : parts).joined(separator: ",") + ")"
  }
}
