// Numbers as levels: which producer's scale a number is of.

internal import Model

/// A producer's numeric scale of levels.
enum LevelScale: UInt8, Sendable {
  /// 0 emergency to 7 debug: RFC 5424 §6.2.1, GELF, the journal's PRIORITY.
  case syslog
  /// 1 to 24: OpenTelemetry's logs data model, "SeverityNumber".
  case otlp
  /// 10 trace to 60 fatal: bunyan ("Levels") and pino ("Level Mapping").
  case bunyan
  /// 10 debug to 50 critical: Python's `logging`, "Logging Levels".
  case python
  /// 100 debug to 600 emergency: Monolog, "Log Levels".
  case monolog
  /// 5000 trace to 40000 error: logback's `Level` integers.
  case logback
  /// 1 critical to 5 verbose, 0 always: Windows event levels (winmeta.xml).
  case windows
  /// 0 verbose to 4 critical: Application Insights, "severityLevel".
  case insights
  /// 0 for what is always told, more for details: logr's V-levels ("Why V-levels?"), as its `funcr` writes them.
  case verbosity

  /// The severity of a level on this scale; `unknown` outside of it.
  func severity(_ level: Int64) -> Severity {
    switch self {
    case .syslog: return Model.severity(syslogLevel: Int(clamping: level))
    case .otlp:
      guard (1...24).contains(level) else { return .unknown }
      return Self.steps[Int((level - 1) / 4)]
    case .bunyan:
      guard (1...99).contains(level) else { return .unknown }
      return Self.steps[min(max(Int(level / 10) - 1, 0), 5)]
    case .python:
      guard (1...99).contains(level) else { return .unknown }
      return Self.steps[min(Int(level / 10), 5)]
    case .monolog:
      switch level {
      case 100..<200: return .debug
      case 200..<300: return .info
      case 300..<400: return .warning
      case 400..<500: return .error
      case 500...600: return .fatal
      default: return .unknown
      }
    case .logback:
      guard level >= 1000 else { return .unknown }
      return Self.steps[min(Int(clamping: level / 10_000), 4)]
    case .windows:
      switch level {
      case 0, 4: return .info
      case 1: return .fatal
      case 2: return .error
      case 3: return .warning
      case 5...15: return .debug
      default: return .unknown
      }
    case .insights:
      guard (0...4).contains(level) else { return .unknown }
      return Self.steps[Int(level) + 1]
    case .verbosity: return level == 0 ? .info : .debug
    }
  }

  private static let steps: [Severity] = [.trace, .debug, .info, .warning, .error, .fatal]
}

/// What the levels of one stream have in common: which numbers there are, and what stands beside them.
struct LevelEvidence: Sendable {
  /// Numbers seen in the sample, 0 to 63 by bit.
  private var small: UInt64 = 0
  private var isLarge = false

  mutating func add(_ level: Int64) {
    if (0..<64).contains(level) { small |= 1 << UInt64(level) } else { isLarge = true }
  }

  /// The keys beside a level that tell its producer.
  struct Shape: OptionSet, Sendable {
    var rawValue: UInt8
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
  }

  /// The scale of a number under a key that says only "level".
  ///
  /// The producer's other keys decide, then the values of the whole sample, then the number itself. Of 10 to 50 alone, beside
  /// a written date, Python's scale is taken; beside a number for the time pino's. A logger that never said anything less than an
  /// emergency, an alert or a critical condition does not write syslog's numbers but how verbose it is.
  func scale(of level: Int64, _ shape: Shape) -> LevelScale {
    if shape.contains(.gelf) { return .syslog }
    if shape.contains([.pid, .host]) { return level < 10 && level >= 0 && small >> 10 == 0 ? .syslog : .bunyan }
    let seen = small | ((0..<64).contains(level) ? 1 << UInt64(level) : 0)
    let tens: UInt64 = 1 << 10 | 1 << 20 | 1 << 30 | 1 << 40 | 1 << 50 | 1 << 60
    if !isLarge, (0..<64).contains(level) {
      if seen & ~7 == 0, shape.contains(.logger) { return .verbosity }
      if seen & ~0xFF == 0 { return .syslog }
      if seen & tens == seen {
        return seen >> 60 & 1 == 1 || shape.contains(.numericTime) ? .bunyan : .python
      }
      if seen & ~0x1FF_FFFE == 0 { return .otlp }
      return shape.contains(.numericTime) ? .bunyan : .python
    }
    if level >= 1000 { return .logback }
    return level >= 100 ? .monolog : level >= 25 ? .bunyan : level >= 8 ? .otlp : .syslog
  }
}
