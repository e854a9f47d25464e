// What the user may decide about reading: rules for tables and unusual JSON, names of log keys, the zone, the limits.
internal import Model

/// The settings of every decoder.
package struct DecoderSettings: Sendable {
  /// Tried in order; the first whose pattern matches the member's path or the input's name is taken.
  package var rules: [FormatRule] = []
  /// The zone of time stamps that name none, seconds east of UTC.
  package var assumedZoneSeconds = 0
  /// The night's day, as days since the epoch: the latest that a date without a year can mean (a day's grace for zones). Nil
  /// where the night is not known.
  package var lastDay: Int?
  package var logKeys = LogKeys()
  package var limits = Limits()
  /// The folder under which the inputs were found: of folders above it the user chose the names. Empty where files were named.
  package var root = ""

  package init() {}

  /// Bounds on what one member may make a decoder hold; a hit is always a diagnostic that names the limit.
  package struct Limits: Sendable {
    /// Bytes of one line, one table row, or one element of a document.
    package var line = 16 << 20
    /// Nesting of JSON values.
    package var jsonDepth = 128
    /// Bytes kept of one message, stack or output.
    package var text = 64 << 10
    /// Nesting of XML elements.
    package var xmlDepth = 256
    /// Bytes of one XML start tag.
    package var xmlStartTag = 1 << 20

    package init() {}
  }

  /// The rule for a member, if there is one.
  package func rule(input: String, member: String) -> FormatRule? {
    rules.first { rule in
      let path = member.isEmpty ? input : member
      return Glob.matches(rule.match, path) || (!member.isEmpty && Glob.matches(rule.match, input + "/" + member))
    }
  }
}

/// Says how to read members whose content does not tell: which columns or keys hold the fields of a record.
package struct FormatRule: Hashable, Sendable {
  /// A glob on the member's path: `*` is any text, folders included, `?` one character.
  package var match: String
  package var records: Kind
  /// Columns of a delimited table by field. A wide metric table lists its value columns in `values`.
  package var table: [Field: String] = [:]
  /// Keys of JSON objects by field; a dot goes one object deeper where no key of that name is there.
  package var keys: [Field: String] = [:]
  /// Value columns or keys of a wide metric table; `*` is every column that is not mapped.
  package var values: [String] = []

  package init(match: String, records: Kind) {
    self.match = match
    self.records = records
  }

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case spans
    case logs
    case metrics
  }

  /// A field of a record that a column or key can hold. Times without a unit are understood by their form and size.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case trace
    case span
    case parent
    case component
    case operation
    case kind
    case status
    case error
    case httpStatus
    case grpcStatus
    case peer
    case start
    case startS
    case startMs
    case startUs
    case startNs
    case end
    case endS
    case endMs
    case endUs
    case endNs
    /// Microseconds, where the column's name does not say otherwise.
    case duration
    case durationS
    case durationMs
    case durationUs
    case durationNs
    case time
    case timeS
    case timeMs
    case timeUs
    case timeNs
    case severity
    case message
    case metric
    case value
    case values
  }
}

/// The keys under which JSON log records hold their fields, tried in order; matched without regard to case.
package struct LogKeys: Sendable {
  package var time = [
    "timestamp", "@timestamp", "time", "ts", "timeunixnano", "eventtime", "event_time", "datetime", "date", "asctime",
    "t",
  ]
  package var severity = [
    "severity_text", "severitytext", "severity", "level", "loglevel", "log.level", "levelname", "lvl", "log_level",
  ]
  package var message = ["message", "msg", "body", "log", "event", "text", "@message", "short_message", "content"]
  package var component = [
    "service.name", "service", "service_name", "servicename", "component", "app", "application",
  ]
  package var trace = ["trace_id", "traceid", "trace.id", "trace", "request_id", "requestid"]
  package var span = ["span_id", "spanid", "span.id", "span"]

  package init() {}
}
