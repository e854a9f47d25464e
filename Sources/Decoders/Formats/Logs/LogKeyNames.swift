// The keys of known producers and collectors, beside those of the settings, in the order in which they are believed.
//
// Sources: the documentation of Serilog (CLEF), log4j 2 (JsonLayout, JsonTemplateLayout), logback (logstash encoder), NLog, GELF
// 1.1, bunyan, pino, zap, zerolog, slog, tracing-subscriber, structlog, Monolog, MongoDB (structured messages), ECS 8,
// systemd.journal-fields(7), syslog-ng (macros), Telegraf (syslog input), Cloud Logging (LogEntry), CloudWatch Logs, Loki (label
// "service_name", structured metadata), Fluent Bit, fluentd, Vector, Filebeat, loguru, hclog (Vault, Consul, Nomad), Azure resource
// logs and its tables ContainerLog, ContainerLogV2 and
// ContainerAppConsoleLogs_CL (whose columns end with their types), LogScale (`@rawstring`), Mezmo (`_line`), Kubernetes (core/v1
// Event), Windows (event schema).

enum LogKeyNames {
  static let time = [
    "@t", "t.$date", "_time", "__realtime_timestamp", "timemillis", "timegenerated", "timecreated", "eventtime",
    "event.system.timecreated.@systemtime", "event.system.timecreated.#attributes.systemtime", "lasttimestamp",
    "deprecatedlasttimestamp", "firsttimestamp", "deprecatedfirsttimestamp", "record.time.timestamp",
    "metadata.creationtimestamp", "observed_timestamp", "receivetimestamp",
    "attributes.timestamp", "timestamp_nanos", "created", "ibm_datetime", "_ts", "dt", "log_time", "logtime",
    "isodate", "r_isodate", "s_isodate",
    // When a collector saw the record: OpenTelemetry's logs data model, `ObservedTimestamp`, for records whose `Timestamp` is unknown.
    "observedtimestamp", "observedtimeunixnano",
  ]

  /// The name of a time where no other key holds one: each may as well be a field of what the record tells of. ClickHouse
  /// (`date_time`), katip (`at`), Debezium (`ts_ms`) and what programs call it that write their own JSON.
  static let lateTime = [
    "date_time", "time_stamp", "log_timestamp", "logged_at", "loggedat", "event_timestamp", "eventtimestamp",
    "utc_time", "@time", "timestamp_ms", "timestampms", "ts_ms", "epoch_ms", "epochmillis", "unix_time", "at",
  ]

  /// When what a record tells of was made: of a request that is its time, of other records it is where none of the file's first ones has
  /// any other time and no layer around the record has one. A mail or an order was received at some time, too; of Papertrail's events
  /// (`received_at`, `generated_at`) it is the record's.
  static let creation = [
    "created_at", "createdat", "created_on", "createdon", "when", "epoch", "received_at", "receivedat", "generated_at",
    "generatedat",
  ]

  /// Where the key is that as often tells of what is yet to come: only of a request, which is over, it is the time. (logfmter writes it,
  /// in pairs and not in JSON.)
  static let planned = creation.firstIndex(of: "when") ?? -1

  /// Where the key is that is a program of syslog's, and of a request its client by RFC 1413 (Apache's `%l`).
  static let ident = container.firstIndex(of: "ident") ?? -1

  /// The level that a collector's record carries inside of it, where its own is that of the collector: PostgreSQL's behind
  /// CloudNativePG ("Logging", `record`).
  static let innerSeverity = ["record.error_severity"]

  static let severity = [
    "@l", "@level", "record.level.name", "level_name", "error_severity", "leveldisplayname", "level.levelstr",
    "level.name", "level.standardlevel", "fields.level", "severitylabel", "log.syslog.severity.name", "winlog.level",
    "labels.level", "labels.severity", "labels.detected_level", "stream.level", "jsonpayload.level",
    "jsonpayload.severity", "event.level", "event.severity", "sev", "s", "eventlevelname", "syslogseverity-text",
    "severity_label", "levelstring", "detected_level", "log_severity", "leveltext", "properties.errorlevel",
    "labels.severity_text", "tags.severity", "error.log.level",
  ]

  /// Words that tell a level where no other key does: Datadog's status, the type of a Kubernetes event.
  static let levelWord = ["attributes.status", "type"]

  /// Datadog's status at the record's top: a level only where it is a whole level word, for anybody's record may have a status.
  /// MySQL's JSON log calls its priority a label. Elastic APM says so which documents are errors.
  static let statusWord = ["status", "label", "processor.event"]

  static let syslogLevel = [
    "syslogseverity", "priority", "log.syslog.severity.code", "syslog_severity", "syslog_severity_code",
    "fields.severity_code",
  ]

  /// Syslog's priority, of which the severity is the rest by eight (ECS; `pri` of Fluent Bit's parsers, beside `ident` or `host` only);
  /// Filebeat's journald input writes that of the journal there, which has no facility.
  static let syslogPriority = ["pri", "log.syslog.priority", "syslog.priority"]

  static let windowsLevel = ["event.system.level", "event.system.level.#text", "event.system.level.value"]

  /// The message itself, where the key of another one holds the formatted line (loguru's serialized records).
  static let bareMessage = ["record.message"]

  static let message = [
    "@m", "body.value", "renderedmessage", "fields.message", "jsonpayload.message", "jsonpayload.msg",
    "jsonpayload.statusdetails", "event.renderinginfo.message", "event.message", "@mt", "messagetemplate",
    "logmessage", "log_message", "full_message", "_msg", "error.message", "event.eventdata.data", "event.eventdata",
    "properties.message", "resultdescription", "note", "attributes.message", "event.msg", "logentry.formatted",
    "logentry.message", "metadata.value", "protopayload.status.message", "protopayload.methodname",
    "rendereddescription", "formattedmessage", "outermessage", "innermostmessage",
  ]

  static let wrapped = [
    "line", "textpayload", "properties.log", "event.original", "_raw", "log_s", "logentry", "@rawstring", "_line",
    "syslogmessage", "logcontent.data.message", "jsonpayload.log",
  ]

  static let service = [
    "subsystemname", "application_name", "applicationname", "appname", "app_name", "dd.service", "program",
    "programname", "_service", "_app", "resource.service.name", "resource.attributes.service.name",
    "resources.service.name", "resources_string.service.name", "resource_attributes.service.name",
    "resourceattributes.service.name", "attributes.service", "event.service", "event.service_name", "event.app",
    "stream.service_name", "servicecontext.service", "ibm_servername", "approlename", "cloud_rolename", "entity.name",
    "otelservicename", "tags.appname",
  ]

  /// Paths of cloud resources: the last part is the name (Azure's resource logs).
  static let resourcePath = ["resourceid", "_resourceid"]

  /// Labels beside lines, in Loki's own order for `service_name`; beside them a container that is named as such is better.
  static let label = [
    "labels.service_name", "labels.service", "labels.app", "labels.application", "labels.app_name",
    "labels.app_kubernetes_io_name", "fields.service_name", "fields.app", "fields.container", "labels.container",
    "labels.container_name", "labels.k8s_container_name",
  ]

  /// Labels that as often name the collector as the program.
  static let weakLabel = [
    "labels.component", "labels.workload", "labels.job", "labels.unit", "labels.syslog_identifier", "process.name",
  ]

  /// Pods: the workload is the name without what its controller appended.
  static let pod = [
    "kubernetes.pod_name", "kubernetes.pod.name", "podname", "pod_name", "pod", "labels.pod",
    "involvedobject.name", "regarding.name", "jsonpayload.involvedobject.name", "jsonpayload.regarding.name",
    "kubernetes_pod_name", "k8s.pod.name", "k8s_pod_name", "resource.labels.pod_name",
  ]

  static let container = [
    "containername_s", "containerappname_s", "kubernetes.container_name", "kubernetes.container.name",
    "container_name", "containername", "container.name", "_container_name", "resource.labels.container_name",
    "attrs.com.docker.compose.service", "attrs.com.docker.swarm.service.name", "attrs.tag", "container",
    "syslog_identifier", "ident", "_systemd_user_unit",
    "_systemd_unit", "_comm", "fly.app.name", "logcontent.source", "event.system.provider.@name",
    "event.system.provider.#attributes.name", "event.system.provider_name", "providername", "sourcename",
    "winlog.provider_name", "resource.labels.service_name", "resource.labels.function_name",
    "resource.labels.backend_service_name", "resource.labels.module_id", "resource.labels.job_name",
    "log.syslog.appname", "syslog.identifier", "fluentd_tag", "loggroup", "process.name", "protopayload.servicename",
    "k8s.container.name",
    // Fluent Bit's `nest` filter lifts so (`Add_prefix kubernetes_`); the group of Logs Insights, behind its account.
    "kubernetes_container_name", "k8s_container_name", "@log",
  ]

  static let logger = [
    "logger", "logger_name", "loggername", "log.logger", "name", "sourcecontext", "properties.sourcecontext",
    "fields.sourcecontext", "@module", "_log_logger", "_logger_name", "record.name", "category", "categoryname",
    "channel", "target", "c", "logname", "module", "context.application", "context.program", "context.package",
    "context.namespace",
  ]

  static let host = ["host", "hostname", "host.name", "_hostname", "computer", "event.system.computer", "machinename"]

  static let trace = [
    "@tr", "traceparent", "contextmap.traceid", "contextmap.trace_id", "mdc.traceid", "mdc.trace_id",
    "properties.traceid", "context.trace_id", "logging.googleapis.com/trace", "span.trace_id", "otel.trace_id",
    "traceid", "x_request_id", "x-request-id", "correlation_id", "correlationid", "reqid", "operationid",
    "operation_id", "oteltraceid", "labels.trace_id", "labels.traceid", "metadata.trace_id",
    "metadata.otel_trace_id",
  ]

  static let span = [
    "@sp", "contextmap.spanid", "contextmap.span_id", "mdc.spanid", "mdc.span_id", "properties.spanid",
    "context.span_id", "logging.googleapis.com/spanid", "otel.span_id", "otelspanid", "labels.span_id", "labels.spanid",
    "metadata.span_id",
    "metadata.otel_span_id",
  ]

  /// Keys of one producer that are of no use but to tell the scale of its levels, or whose name `name` is.
  static let marks: [(name: String, shape: LevelEvidence.Shape)] = [
    ("pid", .pid), ("remoteaddr", .remoteAddress), ("controllerkind", .reconciler), ("reconcileid", .reconciler),
    ("reconciler kind", .reconciler), ("caller", .caller), ("v", .verbosity), ("err", .failure),
    ("insertid", .logEntry), ("insert_id", .logEntry), ("eventrecordid", .windowsEvent), ("ddsource", .shipped),
    ("ddtags", .shipped), ("lineno", .python), ("funcname", .python), ("pathname", .python),
  ]

  /// Tags of syslog, a program with its process and a colon: what templates of rsyslog write of them; and keys that name a program beside
  /// one kind of message only.
  static let syslogTag = ["syslogtag", "tag", "processname", "source", "source_name"]

  static let stream = ["stream", "logstream", "stream_s", "logsource", "logentrysource"]

  static let partial = ["logtag", "partial_message", "container_partial_message"]

  static let collector = [
    "kubernetes", "docker", "agent.type", "input.type", "source_type", "container_id",
    "container.id", "containerid", "_cursor", "__cursor", "_boot_id", "_transport", "ingestiontime",
    "nodename", "filename",
  ]
}
