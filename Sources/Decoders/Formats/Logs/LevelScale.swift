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
  /// 5000 trace to 40000 error: logback's `Level` integers, and 50000 fatal of log4j 1, which has the others, too.
  case logback
  /// 1 critical to 5 verbose, 0 always: Windows event levels (winmeta.xml).
  case windows
  /// 1 error, 2 warning, 4 information, 8 and 16 audits: .NET's EventLogEntryType, 0 where the event has none of them (Get-EventLog).
  case eventLog
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
  /// 0 debug to 4 fatal: Nextcloud's and ownCloud's `loglevel` (Administration manual, "Logging").
  case nextcloud
  /// 1 debug, 2 verbose, 3 info to 6 critical: Coralogix, "REST API /singles".
  case coralogix
  /// 100 debug, 200 info, 300 notice to 600 critical and 800 emergency: Cloud Logging's `LogSeverity`.
  case cloudLogging

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
      return Self.steps[min(Int(clamping: level / 10_000), 5)]
    case .windows:
      switch level {
      case 0, 4: return .info
      case 1: return .fatal
      case 2: return .error
      case 3: return .warning
      case 5...15: return .debug
      default: return .unknown
      }
    case .eventLog:
      return level == 1 ? .error : level == 2 ? .warning : [0, 4, 8, 16].contains(level) ? .info : .unknown
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
    case .nextcloud: return (0...4).contains(level) ? Self.steps[Int(level) + 1] : .unknown
    case .cloudLogging:
      guard (100...800).contains(level) else { return .unknown }
      return Self.steps[level < 200 ? 1 : level < 400 ? 2 : min(Int(level / 100) - 1, 5)]
    case .coralogix: return (1...6).contains(level) ? Self.steps[max(Int(level) - 1, 1)] : .unknown
    }
  }

  private static let steps: [Severity] = [.trace, .debug, .info, .warning, .error, .fatal]
}
