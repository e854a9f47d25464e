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
  /// -4 debug, 0 info, 4 warn, 8 error, and steps between them: Go's log/slog, "Level".
  case slog
  /// -1 debug, 0 info to 2 error, 3 to 5 for what ends a program; below -1 zapr's verbosity: zapcore.Level.
  case zap
  /// -1 trace, 0 debug to 3 error, 4 fatal, 5 panic: zerolog.Level.
  case zerolog
  /// 300 finest to 1000 severe: java.util.logging.Level.
  case javaLogging
  /// 100 fatal to 600 trace: log4j 2's StandardLevel, `intLevel`.
  case log4j
  /// 0 trace to 5 critical: .NET's LogLevel.
  case dotnet
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
    case .slog: return level < -4 ? .trace : level < 0 ? .debug : level < 4 ? .info : level < 8 ? .warning : .error
    case .zap: return level < -1 ? .trace : level <= 5 ? Self.steps[min(Int(level) + 2, 5)] : .unknown
    case .zerolog: return (-1...5).contains(level) ? Self.steps[min(Int(level) + 1, 5)] : .unknown
    case .javaLogging:
      switch level {
      case 1..<500: return .trace
      case 500..<800: return .debug
      case 800..<900: return .info
      case 900..<1000: return .warning
      default: return level == 1000 ? .error : .unknown
      }
    case .log4j:
      guard (100...600).contains(level) else { return .unknown }
      return Self.steps[6 - Int(level / 100)]
    case .dotnet: return (0...5).contains(level) ? Self.steps[Int(level)] : .unknown
    case .verbosity: return level == 0 ? .info : .debug
    }
  }

  private static let steps: [Severity] = [.trace, .debug, .info, .warning, .error, .fatal]
}

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
    var rawValue: UInt16
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
  }

  /// The scale of a number under a key that says only "level".
  ///
  /// The producer's other keys decide, then the values of the whole sample, then the number itself. Of 10 to 50 alone, beside
  /// a written date, Python's scale is taken; beside a number for the time pino's. A logger that never said anything less than an
  /// emergency, an alert or a critical condition does not write syslog's numbers but how verbose it is.
  ///
  /// A number below zero is one of Go's loggers: zap's and zerolog's go in steps of one, slog's in steps of four. So are 0, 4 and 8
  /// together slog's, for syslog's end with 7 and OpenTelemetry's begin with 1.
  func scale(of level: Int64, _ shape: Shape) -> LevelScale {
    if shape.contains(.gelf) { return .syslog }
    if negative != 0 || level < 0 { return goScale(of: level, shape) }
    if shape.contains(.logLevel), level < 6 { return .dotnet }
    if shape.contains([.pid, .host]) { return level < 10 && level >= 0 && small >> 10 == 0 ? .syslog : .bunyan }
    let seen = small | ((0..<64).contains(level) ? 1 << UInt64(level) : 0)
    let tens: UInt64 = 1 << 10 | 1 << 20 | 1 << 30 | 1 << 40 | 1 << 50 | 1 << 60
    if !isLarge, (0..<64).contains(level) {
      let fours: UInt64 = 1 | 1 << 4 | 1 << 8 | 1 << 12
      if seen & ~fours == 0, seen >> 8 != 0, seen & 0x11 != 0 { return .slog }
      if seen & ~7 == 0, shape.contains(.logger) { return .verbosity }
      if seen & ~0xFF == 0 { return .syslog }
      if seen & tens == seen {
        return seen >> 60 & 1 == 1 || shape.contains(.numericTime) ? .bunyan : .python
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
