// Every format that is read, with the sign by which it is recognised and where it is written down.

/// The list behind the notes of `events --stats` and the page of formats; a test holds both together.
package enum FormatCatalog {
  /// One format.
  package struct Entry: Sendable {
    /// Its name in the record counts.
    package var name: String
    package var sign: String
    package var specification: String
  }

  /// The sign of a format by its name; nil for a name that is not listed.
  package static func sign(of name: String) -> String? { entries.first { $0.name == name }?.sign }

  package static let entries: [Entry] = [
    Entry(
      name: "OTLP",
      sign: "resourceSpans, resourceLogs or resourceMetrics, in camel or snake case, or one resource by itself",
      specification: "https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding"),
    Entry(
      name: "OTLP protobuf", sign: "a message whose first field is a resource with scopes of spans, logs or metrics",
      specification: "https://github.com/open-telemetry/opentelemetry-proto"),
    Entry(
      name: "Jaeger", sign: "traceID and spanID with operationName, references or process",
      specification: "https://www.jaegertracing.io/docs/apis/"),
    Entry(
      name: "Zipkin", sign: "traceId and id, with localEndpoint or annotations",
      specification: "https://zipkin.io/zipkin-api/"),
    Entry(
      name: "JSON spans", sign: "names of a trace, a span, its beginning and its end or duration, and no message",
      specification: "https://opentelemetry.io/docs/specs/otel/trace/api/"),
    Entry(
      name: "Elastic APM", sign: "lines of one event each after one of metadata with a service",
      specification: "https://www.elastic.co/docs/reference/apm/observability/apm-events-api"),
    Entry(
      name: "X-Ray", sign: "trace_id, id and start_time, or such an object as text under Document",
      specification: "https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html"),
    Entry(
      name: "segments", sign: "a list of spans under the object that names their trace",
      specification: "https://skywalking.apache.org/docs/main/latest/en/api/trace-data-protocol-v3/"),
    Entry(
      name: "Sentry transactions", sign: "event_id and start_timestamp, with a trace under contexts",
      specification: "https://develop.sentry.dev/sdk/data-model/event-payloads/transaction/"),
    Entry(
      name: "Hubble flows", sign: "an object flow with a verdict, beside a time",
      specification: "https://docs.cilium.io/en/stable/observability/hubble/configuration/export/"),
    Entry(
      name: "SkyWalking", sign: "segmentId and spanId in one object",
      specification: "https://skywalking.apache.org/docs/main/latest/en/api/query-protocol/"),
    Entry(
      name: "access log",
      sign: "client, bracketed date, quoted request, status; in JSON: method, target and status without a message",
      specification: "https://nginx.org/en/docs/http/ngx_http_log_module.html"),
    Entry(
      name: "Traefik access log",
      sign: "a Common Log line that ends in milliseconds; in JSON: DownstreamStatus, RouterName",
      specification: "https://doc.traefik.io/traefik/observability/access-logs/"),
    Entry(
      name: "Envoy access log",
      sign: "bracketed ISO time, quoted request, code, flags; in JSON: response_flags or response_code",
      specification: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage"),
    Entry(
      name: "Caddy access log", sign: "an object request with method and uri, or the logger http.log.access",
      specification: "https://caddyserver.com/docs/logging"),
    Entry(
      name: "ALB access log",
      sign: "a type, an ISO time, two addresses, three parts of seconds, two statuses, a quoted request",
      specification:
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html"),
    Entry(
      name: "ELB access log",
      sign: "an ISO time, two addresses, three parts of seconds, two statuses, a quoted request",
      specification: "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html"),
    Entry(
      name: "NLB access log", sign: "the word tls, a version, an ISO time, two addresses",
      specification: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html"),
    Entry(
      name: "HAProxy HTTP log", sign: "client address, bracketed accept date, frontend, backend/server, five timers",
      specification: "https://docs.haproxy.org/3.0/configuration.html#8.2.3"),
    Entry(
      name: "HAProxy TCP log", sign: "client address, bracketed accept date, frontend, backend/server, three timers",
      specification: "https://docs.haproxy.org/3.0/configuration.html#8.2.2"),
    Entry(
      name: "IIS log", sign: "#Fields with cs-method, sc-status and sc-win32-status",
      specification: "https://learn.microsoft.com/windows/win32/http/w3c-logging"),
    Entry(
      name: "IIS native log",
      sign: "an address, a user, a date, a time and a service, with commas and blanks between them",
      specification: "https://learn.microsoft.com/windows/win32/http/iis-logging"),
    Entry(
      name: "CloudFront log", sign: "#Fields with cs-method, sc-status and x-edge columns",
      specification: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html"),
    Entry(
      name: "W3C extended log", sign: "#Fields with cs-method and sc-status",
      specification: "https://www.w3.org/TR/WD-logfile"),
    Entry(
      name: "Gin access log", sign: "[GIN], a date, and status, duration, client, method and path between bars",
      specification: "https://github.com/gin-gonic/gin/blob/master/logger.go"),
    Entry(
      name: "S3 access log",
      sign: "a bucket owner's 64 digits, a bucket, a bracketed date, an operation, a quoted request",
      specification: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html"),
    Entry(
      name: "Squid access log",
      sign: "seconds with milliseconds, a duration, a client, result/status, bytes, method, URL",
      specification: "https://wiki.squid-cache.org/Features/LogFormat"),
    Entry(
      name: "Heroku router log", sign: "pairs with method, path, status, connect and service",
      specification: "https://devcenter.heroku.com/articles/http-routing#heroku-router-log-format"),
    Entry(
      name: "lograge", sign: "pairs or JSON with method, path, controller, status and duration",
      specification: "https://github.com/roidrage/lograge"),
    Entry(
      name: "log lines", sign: "headers of one layout in most lines",
      specification: "https://www.rfc-editor.org/rfc/rfc5424"),
    Entry(
      name: "JSON log lines", sign: "objects with a message, or a time and a level",
      specification: "https://opentelemetry.io/docs/specs/otel/logs/data-model/"),
    Entry(
      name: "container descriptions",
      sign: "Docker's StreamConfig, or a container's whole id in front of its names or its creation",
      specification: "https://docs.docker.com/reference/cli/docker/inspect/"),
    Entry(
      name: "table", sign: "a header whose columns are known by name, or mapped in the pipeline file",
      specification: "https://www.rfc-editor.org/rfc/rfc4180"),
    Entry(
      name: "event lines", sign: "objects with kind, component and time", specification: "the README: Event lines"),
    Entry(name: "mapped JSON", sign: "the keys that the pipeline file names", specification: "the README: Reading"),
  ]
}
