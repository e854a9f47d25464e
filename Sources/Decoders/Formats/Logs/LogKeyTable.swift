// Which role a key plays in a log record of keys and values, JSON or `key=value`.

internal import Model

/// The log keys of the settings and of the producers that are known, looked up by the key's path without regard to case.
///
/// A path is the keys from the record in, joined by dots: `log.level` is found as one key with a dot in it and as `level`
/// inside of `log`, because both give the same hash.
struct LogKeyTable: Sendable {
  enum Role: UInt8, Sendable {
    case time
    /// A time that counts where the record names no other.
    case lateTime
    /// When what the record tells of was made.
    case creation
    /// Seconds and nanoseconds in two fields (log4j 2's `instant`).
    case seconds
    case nanoseconds
    case severity
    /// A level by word where the same key may hold a status (Datadog).
    case levelWord
    /// The same where most records mean something else by it: it makes no record a log.
    case statusWord
    case syslogLevel
    /// Facility and severity of syslog in one number.
    case syslogPriority
    case otlpLevel
    case pythonLevel
    case logbackLevel
    case log4jLevel
    case windowsLevel
    case insightsLevel
    case bunyanLevel
    case message
    /// A message that another program wrote: what it holds is read as a line of its own.
    case wrapped
    /// The name of what was run: a container, a unit, an application that the collector names.
    case container
    /// A pod's name, which has the container's rank without the parts that a controller appended.
    case pod
    /// A path whose last part names a service.
    case resourcePath
    /// A label beside lines that names a program.
    case label
    /// A label that may as well name the collector.
    case weakLabel
    case service
    case logger
    case host
    case trace
    case span
    /// Datadog's ids, which are decimal.
    case decimalTrace
    case decimalSpan
    /// What an SDK of OpenTelemetry prints of the resource, in a form of its own.
    case resource
    /// `stdout` or `stderr`.
    case stream
    /// Whether the message goes on in the next record.
    case partial
    /// A key that only records of collectors have: their message is another program's line.
    case collector
    /// The path of the file that a collector read.
    case collectedPath
    /// The stream of a group in CloudWatch Logs.
    case logStream
    /// Keys that only tell the scale of a numeric level: see `LogKeyNames.marks`.
    case mark
    /// The scopes around a record, objects in a list (.NET's JSON console).
    case scopes
    /// Words about a record, one of which may be its level.
    case tags
    /// A program with its process and a colon, as syslog writes it.
    case syslogTag

    /// Whether the key is one of a level, whatever its record is.
    var isLevel: Bool { self == .severity || scale != nil }

    /// The scale of a number under a key that only one producer's levels have.
    var scale: LevelScale? {
      switch self {
      case .syslogLevel: .syslog
      case .otlpLevel: .otlp
      case .pythonLevel: .python
      case .logbackLevel: .logback
      case .log4jLevel: .log4j
      case .windowsLevel: .windows
      case .insightsLevel: .insights
      case .bunyanLevel: .bunyan
      default: nil
      }
    }
  }

  struct Found {
    var role: Role
    var rank: Int
  }

  private struct Slot {
    var hash: UInt64 = 0
    var role = Role.time
    var rank = 0
    /// Whether this path has a role; otherwise it only leads to ones that have.
    var isRole = false
    /// Whether longer paths go through it.
    var isPrefix = false
  }

  /// Where `component` is among the names of a service: it may be a part of one.
  let ownPart: Int

  /// Open addressing, at most half full; a hash of 0 marks a free slot.
  private var slots: [Slot]
  /// For each length, a bit for the last five bits of every name's first byte, which its case does not change: most keys
  /// need no hash.
  private var firsts: [UInt32] = []

  init(_ keys: LogKeys) {
    let lists = Self.lists(keys)
    ownPart = keys.component.firstIndex(of: "component") ?? -1
    let count = lists.reduce(0) { $0 + 2 * $1.1.count }
    var size = 64
    while size < 4 * count { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
    for (role, names) in lists {
      for (rank, name) in names.enumerated() { add(Array(name.lowercased().utf8), role, rank) }
    }
  }

  /// The user's names of a role come first.
  private static func lists(_ keys: LogKeys) -> [(Role, [String])] {
    [
      (.time, keys.time + LogKeyNames.time), (.lateTime, LogKeyNames.lateTime),
      (.creation, LogKeyNames.creation),
      (.severity, LogKeyNames.innerSeverity + keys.severity + LogKeyNames.severity),
      (.message, LogKeyNames.bareMessage + keys.message + LogKeyNames.message),
      (.service, keys.component + LogKeyNames.service),
      (.trace, keys.trace + LogKeyNames.trace), (.span, keys.span + LogKeyNames.span),
      (.decimalTrace, ["dd.trace_id"]), (.decimalSpan, ["dd.span_id"]), (.resource, ["resource"]),
      (.wrapped, LogKeyNames.wrapped), (.container, LogKeyNames.container), (.pod, LogKeyNames.pod),
      (.resourcePath, LogKeyNames.resourcePath),
      (.label, LogKeyNames.label), (.weakLabel, LogKeyNames.weakLabel), (.levelWord, LogKeyNames.levelWord),
      (.statusWord, LogKeyNames.statusWord),
      (.logger, LogKeyNames.logger),
      (.host, LogKeyNames.host), (.stream, LogKeyNames.stream), (.partial, LogKeyNames.partial),
      (.collector, LogKeyNames.collector), (.collectedPath, ["log.file.path"]),
      (.logStream, ["logstreamname", "@logstream"]),
      (.seconds, ["instant.epochsecond", "timestamp.seconds", "timestampseconds"]),
      (.nanoseconds, ["instant.nanoofsecond", "timestamp.nanos", "timestampnanos"]),
      (.syslogLevel, LogKeyNames.syslogLevel), (.syslogPriority, LogKeyNames.syslogPriority),
      (.otlpLevel, ["severitynumber", "severity_number", "labels.severity_number"]), (.pythonLevel, ["levelno"]),
      (.logbackLevel, ["level_value"]), (.log4jLevel, ["intlevel", "level.intlevel"]),
      (.windowsLevel, LogKeyNames.windowsLevel),
      (.insightsLevel, ["severitylevel"]), (.bunyanLevel, ["context.loglevel"]), (.mark, LogKeyNames.marks.map(\.name)),
      (.scopes, ["scopes"]),
      (.tags, ["tags"]), (.syslogTag, LogKeyNames.syslogTag),
    ]
  }

  private mutating func add(_ name: [UInt8], _ role: Role, _ rank: Int) {
    var hash = Self.seed
    var partStart = 0
    for (i, byte) in name.enumerated() {
      if byte == 0x2E, i > partStart {
        mark(name[partStart..<i])
        let slot = slot(of: hash)
        slots[slot].hash = hash
        slots[slot].isPrefix = true
        partStart = i + 1
      }
      hash = Self.step(hash, byte)
    }
    // The rest behind each dot may be one key with dots in it.
    for start in [0] + name.indices.filter({ name[$0] == 0x2E }).map({ $0 + 1 }) where start < name.count {
      mark(name[start...])
    }
    let slot = slot(of: hash)
    // Of two roles of one key the first stands.
    if slots[slot].isRole { return }
    slots[slot].hash = hash
    slots[slot].role = role
    slots[slot].rank = rank
    slots[slot].isRole = true
  }

  private func slot(of hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    while slots[slot].hash != 0, slots[slot].hash != hash { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func mark(_ part: ArraySlice<UInt8>) {
    if firsts.count <= part.count { firsts += Array(repeating: 0, count: part.count + 1 - firsts.count) }
    firsts[part.count] |= 1 << UInt32((part.first ?? 0) & 31)
  }

  /// The hash of the empty path.
  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always) private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// The path inside of one key.
  static func path(_ name: StaticString) -> UInt64 {
    var hash = seed
    for i in 0..<name.utf8CodeUnitCount { hash = step(hash, unsafe name.utf8Start[i]) }
    return deeper(hash)
  }

  /// The path one key deeper.
  static func deeper(_ hash: UInt64) -> UInt64 { step(hash, 0x2E) }

  /// The role of a key at the top of a record.
  func role(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Found? { look(b, key, under: Self.seed)?.found }

  /// What is known of a key under a path.
  ///
  /// - Returns: nil for a key that is none; otherwise its role, and its hash where keys with roles lie inside of it.
  @inline(__always) func look(
    _ b: Span<UInt8>, _ key: JSONStringSlice, under path: UInt64
  ) -> (found: Found?, inner: UInt64?)? {
    guard !key.isEmpty, key.count < firsts.count, firsts[key.count] & 1 << UInt32(b[key.start] & 31) != 0 else {
      return nil
    }
    var hash = path
    for i in key.start..<key.end {
      let byte = b[i]
      hash = Self.step(hash, byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    var slot = Int(truncatingIfNeeded: hash &>> 32) & (slots.count &- 1)
    while slots[slot].hash != 0 {
      if slots[slot].hash == hash {
        let found = slots[slot].isRole ? Found(role: slots[slot].role, rank: slots[slot].rank) : nil
        return (found, slots[slot].isPrefix ? hash : nil)
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }
}
