internal import Model

/// What an agent that instruments everything says beyond what the analysis needs: semantic conventions 1.30.
extension TraceWriter {
  /// Of the process.
  func process(_ service: Int, _ attributes: inout AttributeList, _ out: inout TextBuffer) {
    let name = graph.services[service].name
    attributes.add("service.version", "1.\(service % 7).\(service % 11)", &out)
    attributes.add("service.namespace", "shop", &out)
    attributes.add("deployment.environment.name", "production", &out)
    attributes.add("host.name", "node-\(service % 5).eu-west-1.internal", &out)
    attributes.add("host.arch", "amd64", &out)
    attributes.add("os.type", "linux", &out)
    attributes.add("k8s.pod.name", "\(name)-7d9f8b6c5d-x\(service)k2q", &out)
    attributes.add("process.pid", service + 7, &out)
    attributes.add("process.runtime.name", "OpenJDK Runtime Environment", &out)
    attributes.add("telemetry.sdk.name", "opentelemetry", &out)
    attributes.add("telemetry.sdk.version", "1.46.0", &out)
  }

  /// Of a call.
  func agent(
    _ span: WorldSpan, _ peer: ServiceGraph.Service?, _ attributes: inout AttributeList, _ out: inout TextBuffer
  ) {
    let lot = Int(span.id >> 40)
    if let peer, peer.isVirtual, !peer.system.isEmpty {
      attributes.add("server.port", 3306, &out)
      attributes.add("db.namespace", peer.name, &out)
      attributes.add("db.operation.name", "SELECT", &out)
      attributes.add(
        "db.query.text", "SELECT id, name, state FROM items WHERE owner = ? AND state <> ? LIMIT 100", &out)
    } else {
      let path = "/api/v1/items/\(lot % 50_000)"
      if span.kind == .server {
        attributes.add("url.scheme", "http", &out)
        attributes.add("url.path", path, &out)
        attributes.add("http.route", "/api/v1/items/{id}", &out)
        attributes.add("client.address", "10.8.\(lot % 13).\(lot % 251)", &out)
        attributes.add(
          "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", &out)
      } else {
        attributes.add("http.request.method", "GET", &out)
        attributes.add("url.full", "http://\(peer?.name ?? "localhost"):8080\(path)", &out)
        attributes.add("server.port", 8080, &out)
      }
      attributes.add("network.protocol.version", "1.1", &out)
    }
    attributes.add("network.peer.address", "10.8.\(span.service % 13).\(span.peer & 127)", &out)
    attributes.add("network.peer.port", 32_768 + lot % 28_000, &out)
    attributes.add("thread.id", 20 + lot % 180, &out)
    attributes.add("thread.name", "http-nio-8080-exec-\(lot % 180)", &out)
  }
}

/// Attributes, one behind the other, in the form of a wire format.
struct AttributeList {
  enum Form { case otlp, jaeger, zipkin }

  private let form: Form
  private var isEmpty = true

  init(_ form: Form) { self.form = form }

  private mutating func separate(_ out: inout TextBuffer) {
    if !isEmpty { out.byte(0x2C) }
    isEmpty = false
  }

  /// Adds a text; the generator's own texts need no escapes.
  mutating func add(_ name: String, _ value: String, _ out: inout TextBuffer) {
    separate(&out)
    switch form {
    case .otlp: out.texts(#"{"key":""#, name, #"","value":{"stringValue":""#, value, #""}}"#)
    case .jaeger: out.texts(#"{"key":""#, name, #"","type":"string","value":""#, value, #""}"#)
    case .zipkin: out.texts("\"", name, "\":\"", value, "\"")
    }
  }

  /// Adds a truth value; only Jaeger's tags have them here.
  mutating func add(_ name: String, _ value: Bool, _ out: inout TextBuffer) {
    guard form == .jaeger else { return add(name, value ? "true" : "false", &out) }
    separate(&out)
    out.texts(#"{"key":""#, name, #"","type":"bool","value":"#, value ? "true}" : "false}")
  }

  /// Adds a number.
  mutating func add(_ name: String, _ value: Int, _ out: inout TextBuffer) {
    separate(&out)
    switch form {
    case .otlp:
      out.texts(#"{"key":""#, name, #"","value":{"intValue":""#)
      out.int(value)
      out.text(#""}}"#)
    case .jaeger:
      out.texts(#"{"key":""#, name, #"","type":"int64","value":"#)
      out.int(value)
      out.byte(0x7D)
    case .zipkin:
      out.texts("\"", name, "\":\"")
      out.int(value)
      out.byte(0x22)
    }
  }
}
