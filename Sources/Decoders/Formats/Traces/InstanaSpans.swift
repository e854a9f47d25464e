// Spans as Instana's sensors send them and write them to a log: `t`, `s`, `p`, `n`, `k`, `ts`, `d`, `ec` and `data`.

internal import Model
internal import Support

extension NamedSpans {
  /// Takes the fields of one letter for what they are in Instana's spans (github.com/instana/nodejs, packages/core/src/tracing/cls.js;
  /// instana/go-sensor, json_span.go), where those that a span has are all there and the trace's id is one.
  mutating func takeInstana(_ b: Span<UInt8>) {
    guard found[.trace] == nil, let trace = text(.shortTrace), [16, 32].contains(trace.count),
      found[.shortSpan] != nil, found[.shortName] != nil, found[.shortDuration] != nil, found[.start] != nil
    else { return }
    for i in trace.start..<trace.end where hexDigit(b[i]) > 15 { return }
    let fields: [(SpanKey, SpanKey)] = [
      (.shortTrace, .trace), (.shortSpan, .span), (.shortParent, .parent), (.shortName, .operation),
      (.shortKind, .kind), (.shortDuration, .durationMs), (.errorCount, .error), (.instanaService, .service),
      (.instanaStatus, .httpStatus), (.instanaSDKName, .operation),
    ]
    for (short, key) in fields {
      if let value = found[short] { found[key] = value }
    }
    isInstana = true
  }

  /// The operation of a request by its method and path: `n` names the sensor alone (`node.http.server`).
  mutating func nameRequest(_ b: Span<UInt8>, _ texts: inout JSONTexts) {
    guard let method = text(.instanaMethod), let path = text(.instanaPath) else { return }
    var name: [UInt8] = []
    name.append(copying: b.extracting(method.start..<method.end))
    name.append(0x20)
    OperationPath.append(b.extracting(path.start..<path.end), to: &name)
    builder.span.operation = texts.symbols.intern(name.span)
  }

  /// An entry is served, an exit called, an intermediate span neither.
  static func kind(ofInstana b: Span<UInt8>, _ kind: JSONStringSlice) -> SpanKind {
    guard kind.count == 1 else { return SpanWords.kind(b.extracting(kind.start..<kind.end)) }
    switch b[kind.start] {
    case 0x31: return .server
    case 0x32: return .client
    default: return .internal
    }
  }
}
