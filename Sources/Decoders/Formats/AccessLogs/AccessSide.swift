// The objects in which programs keep a request: its question, its answer, and what stands around both.

internal import Model
internal import Support

/// Which side of a request the members of an object tell of, by the object's name.
///
/// `req`, `request` and `http_request` hold the question, `res`, `response` and `http_response` the answer (pino-http, express-winston,
/// restify's audit logger, slog-http, Ory's request log, ECS); `meta`, `context`, `payload`, `fields` and their like are the loggers' own
/// names for whatever a program hands them (winston, Monolog, semantic_logger, tracing-subscriber, Serilog, ASP.NET Core).
enum AccessSide {
  case record
  case request
  case response

  /// Objects lie no deeper in one another than this.
  static let deepest = 4

  private static let byHash: [UInt64: AccessSide] = {
    var table: [UInt64: AccessSide] = [:]
    let names: [(AccessSide, [String])] = [
      (.request, ["req", "request", "httprequest", "requestinfo"]),
      (.response, ["res", "resp", "response", "httpresponse", "responseinfo"]),
      (
        .record,
        [
          "meta", "metadata", "context", "ctx", "payload", "properties", "props", "state", "fields", "extra", "extras",
          "attributes", "attrs", "http", "details", "span", "accesslog", "httpaccess",
        ]
      ),
    ]
    for (side, names) in names {
      for name in names {
        let bytes = Array(name.utf8)
        table[AccessKeys.hash(bytes.span, 0..<bytes.count, seed: AccessKeys.seed)] = side
      }
    }
    return table
  }()

  /// The side that an object's name tells; nil for any other object.
  static func of(_ b: Span<UInt8>, _ name: Range<Int>) -> AccessSide? {
    guard name.count >= 3, name.count <= 16 else { return nil }
    return byHash[AccessKeys.hash(b, name, seed: AccessKeys.seed)]
  }

  /// The side inside of an object of another one: what stands in a request or a response stays there.
  func within(_ outer: AccessSide) -> AccessSide {
    switch self {
    case .record: outer
    case .request, .response: self
    }
  }

  /// Whether a member of that name tells of the request: an answer has no method, and a question no status.
  func holds(_ key: AccessKey) -> Bool {
    switch (self, key) {
    case (.request, .method), (.request, .target), (.request, .request), (.request, .server), (.request, .requestID),
      (.request, .traceParent):
      true
    case (.response, .status), (.response, .seconds), (.response, .requestTime), (.response, .milliseconds),
      (.response, .microseconds), (.response, .nanoseconds), (.response, .duration):
      true
    case (.record, .method), (.record, .target), (.record, .request), (.record, .status),
      (.record, .traceParent), (.record, .seconds), (.record, .requestTime), (.record, .milliseconds),
      (.record, .microseconds), (.record, .nanoseconds), (.record, .duration), (.record, .grpcService),
      (.record, .grpcMethod), (.record, .grpcCode):
      true
    default: false
    }
  }
}
