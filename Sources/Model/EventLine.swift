package import Support

/// Event lines: the open interchange form of structural events, one JSON object a line.
///
/// ```
/// {"component":"cart","kind":"callReturn","latencyUs":5120,"request":"4bf9…","source":"redis","success":false,
///  "failure":"timeout","time":"2026-01-01T00:00:00.000000Z"}
/// ```
///
/// | key | holds |
/// |---|---|
/// | `time` | RFC 3339, or a number since the epoch |
/// | `component`, `operation`, `request`, `span`, `parent` | texts; request and spans in hex, other texts are taken too |
/// | `kind` | the name of an `EventKind` |
/// | `target`, `source`, `resource`, `state`, `reason` | the subject: of `call`, `callReturn`, `resourceSpike`, `circuitBreaker`, `childExited` |
/// | `success`, `failure`, `message`, `attempt`, `latencyUs` | how it ended; `failure` is the name of a `FailureKind` |
/// | `value`, `depth`, `template` | of `resourceSpike`, `queueDepth`, `logMessage` |
/// | `severity` | of `logMessage`: trace, debug, info, warn, error, fatal |
///
/// A log message of which no time is known is written without one.
///
/// Writing and reading again gives the same events.
package enum EventLine {
  /// The key that holds the subject of a kind, nil where the kind has none.
  package static func subjectKey(_ kind: EventKind) -> String? {
    switch kind {
    case .call: "target"
    case .callReturn: "source"
    case .resourceSpike: "resource"
    case .circuitBreaker: "state"
    case .childExited: "reason"
    case .requestStart, .requestEnd, .queueDepth, .childCrashed, .heartbeat, .logMessage: nil
    }
  }

  /// Appends one event as a line, with its line feed. Keys come sorted; what has its default is left out.
  package static func append(_ event: StructuralEvent, _ symbols: SymbolTable, to out: inout [UInt8]) {
    var object: [String: JSONValue] = ["kind": .string(event.kind.name)]
    // Neither the lack of a time nor the zero that some programs write for it is the year 1970.
    if event.time != .min, event.time != 0 { object["time"] = .string(Timestamp(event.time).rfc3339) }
    if event.severity != .unknown { object["severity"] = .string(event.severity.eventName) }
    func text(_ key: String, _ symbol: Symbol) {
      if !symbol.isNone { object[key] = .string(symbols.text(symbol)) }
    }
    text("component", event.component)
    text("operation", event.operation)
    if !event.requestText.isNone {
      text("request", event.requestText)
    } else if !event.request.isNone {
      object["request"] = .string(event.request.hex)
    }
    if event.span != 0 { object["span"] = .string(hexText(event.span)) }
    if event.parent != 0 { object["parent"] = .string(hexText(event.parent)) }
    if let key = subjectKey(event.kind) { text(key, event.subject) } else { text("subject", event.subject) }
    if !event.succeeded || event.kind == .requestEnd || event.kind == .callReturn {
      object["success"] = .bool(event.succeeded)
    }
    if let failure = event.failure { object["failure"] = .string(failure.name) }
    text(event.kind == .logMessage ? "template" : "message", event.message)
    if event.attempt != 1 { object["attempt"] = .int(Int64(event.attempt)) }
    if event.latency != -1 { object["latencyUs"] = .int(event.latency) }
    switch event.kind {
    case .queueDepth: object["depth"] = .double(event.value)
    case .resourceSpike: object["value"] = .double(event.value)
    default: if event.value != 0 { object["value"] = .double(event.value) }
    }
    out += JSONValue.object(object).canonical.utf8
    out.append(0x0A)
  }
}
