// Who wrote the record of a request, as collectors name it.

/// The keys under which log records name a container, a pod or a program, and the objects in which those lie: where a request's record has
/// one, `JSONLogs` reads it, for one list tells it of all records.
enum AccessWriters {
  private static let paths = LogKeyNames.container + LogKeyNames.pod + ["appname", "program", "programname"]

  private static func hashes(_ names: [String]) -> Set<UInt64> {
    Set(
      names.map { name in
        let bytes = Array(name.utf8)
        return AccessKeys.hash(bytes.span, 0..<bytes.count, seed: AccessKeys.seed)
      })
  }

  // `@log` is a group of CloudWatch's, and without its sign anybody's text.
  private static let keys = hashes(paths.filter { $0 != "@log" })
  private static let objects = hashes(paths.filter { $0.contains(".") }.map { String($0.prefix { $0 != "." }) })

  /// Whether a key of a text names who wrote the record.
  static func names(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool { holds(keys, b, key) }

  /// Whether such a key may lie in the object under a key.
  static func mayLie(in b: Span<UInt8>, _ key: JSONStringSlice) -> Bool { holds(objects, b, key) }

  private static func holds(_ set: Set<UInt64>, _ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    key.count <= 40 && set.contains(AccessKeys.hash(b, key.start..<key.end, seed: AccessKeys.seed))
  }
}
