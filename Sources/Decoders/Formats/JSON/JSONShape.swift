// What a JSON object is, told by its keys: a record of some format, or a wrapper around records.

internal import Model

/// A record that fills one JSON object.
enum JSONShape {
  case otlpSpan
  case otlpLog
  case jaegerSpan
  case zipkinSpan
  case eventLine
  /// Flat span, log or metric through a rule's keys, or a flat span with keys that everybody uses.
  case mapped
  /// Perhaps a request of an access log: the keys have a method and a status.
  case access
  /// Perhaps a request as an API gateway logs it, in objects of their own.
  case gateway
  case log
  /// Perhaps the summary of a request that a program served, in objects or under names with dots; else a log record, or nothing known.
  case served(isLog: Bool)
  /// Lines under labels: an element of Loki's answers and pushes.
  case lokiStream
  /// Perhaps a span by the names of its fields, wherever they stand; else what the fallback says.
  case named(NamedFallback)
  /// A line of Elastic's intake: one key, one object.
  case intake
  case xraySegment
  /// An object of X-Ray's API that holds a segment as text.
  case xrayDocument
  /// Spans in a list under what they have in common (SkyWalking, Cloud Trace).
  case segment
  /// A flow of Hubble's exporter.
  case flow
  /// An event of Sentry with spans.
  case sentryTransaction
  /// A span of SkyWalking's query answers.
  case segmentSpan
  /// A record of zap with the keys of its development configuration.
  case zapDevelopment
  /// A record of tslog.
  case tslog
  /// A record whose `properties` are JSON in a text.
  case embedded
  case unknown

  enum NamedFallback {
    case jaegerSpan
    case mapped
    case log
    case unknown
    case served(isLog: Bool)

    var shape: JSONShape {
      switch self {
      case .jaegerSpan: .jaegerSpan
      case .mapped: .mapped
      case .log: .log
      case .unknown: .unknown
      case .served(let isLog): .served(isLog: isLog)
      }
    }
  }
}

/// A place in a document whose parts are read one by one.
enum JSONNode: Equatable {
  /// An array of anything.
  case values
  /// An object that wraps records: `resourceSpans`, `data`, `result`, `hits`.
  case wrapper
  case resources(Signal)
  case resource(Signal)
  case scopes(Signal)
  case scope(Signal)
  case items(Signal)
  case jaegerTrace
  case jaegerSpans
  /// Tables of an answer: columns by name, rows of values.
  case tables
  case table
  case rows
  /// Rows of names and values.
  case pairRows

  enum Signal: Equatable {
    case traces
    case logs
    case metrics
  }
}
