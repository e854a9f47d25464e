package import Support

/// The limits of a run: what bounds memory and time whatever the inputs hold.
package struct RunLimits: Hashable, Sendable {
  /// Bytes of rows held before they go to disk.
  package var memory = 384 << 20
  /// Bytes one input may expand to.
  package var expandedPerInput = 20 << 30
  /// Bytes all inputs may expand to.
  package var expandedPerRun = 200 << 30
  /// Expanded to stored bytes, past the first 64 MiB.
  package var ratio = 1000
  /// How deep archives may nest.
  package var depth = 8
  /// Members per input.
  package var entries = 100_000
  /// Bytes a decompressor may hold.
  package var decoderMemory = 256 << 20
  /// Bytes of one line or record.
  package var line = 16 << 20
  /// Microseconds without progress, and per input.
  package var stall: Int64 = 30_000_000
  package var perInput: Int64 = 600_000_000

  package init() {}

  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    config.rejectUnknownKeys(
      [
        "memory", "expandedPerInput", "expandedPerRun", "ratio", "depth", "entries", "decoderMemory", "line", "stall",
        "perInput",
      ], problems: &problems)
    func size(_ key: String, _ value: inout Int, from smallest: Int) {
      guard let node = config[key] else { return }
      guard let bytes = node.scalar.flatMap(ConfigNode.size), bytes >= smallest else {
        problems.append(
          ConfigProblem(at: node, "'\(key)' takes a size of at least \(smallest) bytes", suggestion: "384MiB"))
        return
      }
      value = bytes
    }
    func count(_ key: String, _ value: inout Int) {
      guard let node = config[key] else { return }
      guard let number = node.scalar.flatMap({ Int($0) }), number >= 1 else {
        problems.append(ConfigProblem(at: node, "'\(key)' takes a whole number from 1"))
        return
      }
      value = number
    }
    func duration(_ key: String, _ value: inout Int64) {
      guard let node = config[key] else { return }
      guard let time = node.scalar.flatMap(ConfigNode.duration), time > 0 else {
        problems.append(ConfigProblem(at: node, "'\(key)' takes a duration with its unit", suggestion: "30s"))
        return
      }
      value = time
    }
    size("memory", &memory, from: 16 << 20)
    size("expandedPerInput", &expandedPerInput, from: 1)
    size("expandedPerRun", &expandedPerRun, from: 1)
    size("decoderMemory", &decoderMemory, from: 1 << 20)
    size("line", &line, from: 1024)
    count("ratio", &ratio)
    count("depth", &depth)
    count("entries", &entries)
    duration("stall", &stall)
    duration("perInput", &perInput)
  }
}
