// Which scale a number is of: the keys beside it, then the numbers of the sample.

internal import Model

/// What the levels of one stream have in common: which numbers there are, and what stands beside them.
struct LevelEvidence: Sendable {
  /// Numbers seen in the sample, 0 to 63 by bit.
  private var small: UInt64 = 0
  /// Numbers below zero, -1 to -63 by bit.
  private var negative: UInt64 = 0
  private var isLarge = false
  /// Whether there was a level that only java.util.logging has: 700 to 1000, neither Monolog's nor log4j's.
  private var isJavaLogging = false

  mutating func add(_ level: Int64) {
    switch level {
    case 0..<64: small |= 1 << UInt64(level)
    case -63..<0: negative |= 1 << UInt64(-level)
    default:
      isLarge = true
      isJavaLogging = isJavaLogging || Self.isJavaLogging(level)
    }
  }

  private static func isJavaLogging(_ level: Int64) -> Bool {
    level == 700 || level == 800 || level == 900 || level == 1000
  }

  /// The keys beside a level that tell its producer.
  struct Shape: OptionSet, Sendable {
    var rawValue: UInt32
    /// `pid` beside a host name: the core fields of bunyan and pino.
    static let pid = Shape(rawValue: 1)
    static let host = Shape(rawValue: 2)
    /// `short_message`: GELF.
    static let gelf = Shape(rawValue: 4)
    /// The time is a number.
    static let numericTime = Shape(rawValue: 8)
    /// `@t` and `@m` or `@mt`: Serilog's compact format, in which a record without a level is information.
    static let compact = Shape(rawValue: 16)
    /// `logger`: in the libraries that write it the level is a word, but in logr.
    static let logger = Shape(rawValue: 32)
    /// `LogLevel`, written as .NET's properties are: the name of its enumeration.
    static let logLevel = Shape(rawValue: 64)
    /// `loggerName` or `loggerFqcn`: log4j 2's own keys.
    static let loggerName = Shape(rawValue: 128)
    /// The message's key is `message`, as in zerolog; zap and slog call it `msg`.
    static let longMessage = Shape(rawValue: 256)
    /// `reqId`, and `remoteAddr`: the first fields of Nextcloud's and ownCloud's log (lib/private/Log/LogDetails.php).
    static let request = Shape(rawValue: 512)
    static let remoteAddress = Shape(rawValue: 1024)
    /// `subsystemName`: what Coralogix asks of every record.
    static let subsystem = Shape(rawValue: 2048)
    /// `ProviderName`: an event of Windows, as PowerShell turns it into JSON.
    static let provider = Shape(rawValue: 4096)
    /// `controllerKind`, `reconcileID`: the object that a controller of Kubernetes works on, whose `name` stands beside them
    /// (controller-runtime, pkg/internal/controller).
    static let reconciler = Shape(rawValue: 8192)
    /// `caller` beside `v`, the verbosity, or without it: the JSON form of Kubernetes' own programs (component-base, logs/json).
    static let caller = Shape(rawValue: 16384)
    static let verbosity = Shape(rawValue: 32768)
    /// `err`, what their errors have.
    static let failure = Shape(rawValue: 65536)
    /// `insertId` or `logName`, and a number under `severity`: an entry of Cloud Logging whose enumeration is written as its number.
    static let logEntry = Shape(rawValue: 131_072)
    static let severity = Shape(rawValue: 262_144)
    /// The message's key is `msg`: pino's and bunyan's, beside numbers; what Python writes with its own calls it `message`.
    static let shortMessage = Shape(rawValue: 524_288)
    /// `eventRecordID`, `RenderedDescription`: an event of Windows, as Promtail's `windows_events` and Azure's table Event hold it.
    static let windowsEvent = Shape(rawValue: 1 << 20)
    /// `errorLevel`: the message is the line of a server, whose level the record's may be only the layer's.
    static let relayed = Shape(rawValue: 1 << 21)
    /// `ddsource`, `ddtags`: Datadog's agent sends a program's line so. Programs that send their own records set them, too.
    static let shipped = Shape(rawValue: 1 << 22)
    /// `asctime`, `lineno`, `funcName`, `pathname`: attributes of Python's records (logging, "LogRecord attributes").
    static let python = Shape(rawValue: 1 << 23)
    /// What of these names a producer by itself.
    static let telling: Shape = [.gelf, .logLevel, .remoteAddress, .subsystem, .provider, .logEntry, .windowsEvent]
  }

  /// The producers whose keys beside a number leave no doubt of its scale: the keys, the numbers there are, the scale.
  private static let producers: [(keys: Shape, levels: ClosedRange<Int64>, scale: LevelScale)] = [
    (.gelf, .min ... .max, .syslog), (.logLevel, 0...5, .dotnet), ([.request, .remoteAddress], 0...4, .nextcloud),
    (.subsystem, 1...6, .coralogix), (.provider, 0...15, .windows), ([.logEntry, .severity], 100...800, .cloudLogging),
    ([.logEntry, .severity], 0...0, .cloudLogging), (.windowsEvent, 0...15, .windows),
  ]

  /// The scale of a number under a key that says only "level".
  ///
  /// The producer's other keys decide, then the values of the whole sample, then the number itself. Of 10 to 50 alone, beside
  /// a written date, Python's scale is taken; beside a number for the time, or a message under `msg`, pino's. A logger that never said
  /// anything less than an emergency, an alert or a critical condition does not write syslog's numbers but how verbose it is.
  ///
  /// A number below zero is one of Go's loggers: zap's and zerolog's go in steps of one, slog's in steps of four. So are 0, 4 and 8
  /// together slog's, for syslog's end with 7 and OpenTelemetry's begin with 1.
  func scale(of level: Int64, _ shape: Shape) -> LevelScale {
    if !shape.isDisjoint(with: .telling) {
      for producer in Self.producers where shape.contains(producer.keys) && producer.levels.contains(level) {
        return producer.scale
      }
    }
    if negative != 0 || level < 0 { return goScale(of: level, shape) }
    if shape.contains([.pid, .host]) { return level < 10 && level >= 0 && small >> 10 == 0 ? .syslog : .bunyan }
    let seen = small | ((0..<64).contains(level) ? 1 << UInt64(level) : 0)
    let tens: UInt64 = 1 << 10 | 1 << 20 | 1 << 30 | 1 << 40 | 1 << 50 | 1 << 60
    if !isLarge, (0..<64).contains(level) {
      let fours: UInt64 = 1 | 1 << 4 | 1 << 8 | 1 << 12
      if seen & ~fours == 0, seen >> 8 != 0, seen & 0x11 != 0 { return .slog }
      if seen & ~7 == 0, shape.contains(.logger) { return .verbosity }
      if seen & ~0xFF == 0 { return .syslog }
      if seen & tens == seen {
        // `msg` beside Python's own keys is what a formatter of Python's calls it.
        let isShort = shape.contains(.shortMessage) && !shape.contains(.python)
        let isBunyan = seen >> 60 & 1 == 1 || shape.contains(.numericTime) || isShort
        return isBunyan ? .bunyan : .python
      }
      if seen & ~0x1FF_FFFE == 0 { return .otlp }
      return shape.contains(.numericTime) ? .bunyan : .python
    }
    if level >= 100, level <= 1000, isJavaLogging || Self.isJavaLogging(level) { return .javaLogging }
    if level >= 100, level <= 600, shape.contains(.loggerName) { return .log4j }
    if level >= 1000 { return .logback }
    return level >= 100 ? .monolog : level >= 25 ? .bunyan : level >= 8 ? .otlp : .syslog
  }

  /// The scale of one of Go's loggers, where a number below zero was seen.
  private func goScale(of level: Int64, _ shape: Shape) -> LevelScale {
    let below = negative | ((-63..<0).contains(level) ? 1 << UInt64(-level) : 0)
    let above = small | ((0..<64).contains(level) ? 1 << UInt64(level) : 0)
    let fours: UInt64 = 0x1111
    if below & ~fours == 0, above & ~fours == 0 { return .slog }
    if below & ~2 == 0, above >> 6 == 0 { return shape.contains(.longMessage) ? .zerolog : .zap }
    // slog's levels of a program's own lie between its names; zap's have no more than six above zero.
    return above >> 6 == 0 && below & fours == 0 ? .zap : .slog
  }
}
