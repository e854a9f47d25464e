// Requests that OTLP log records tell of in their attributes: access loggers of proxies, and programs that log by the conventions.

internal import Model
internal import Support

/// Attributes as the object that an access log would write of them.
///
/// Sources: Envoy, OpenTelemetryAccessLogConfig (`attributes`, which an operator names as in its JSON logs, and whose time is the request's
/// start); OpenTelemetry's semantic conventions for HTTP, new and old.
enum OTLPRequests {
  /// Names of the conventions by those of access logs; any other name stays.
  private static let names: [String: String] = [
    "http.request.method": "method", "http.method": "method", "url.path": "path", "http.target": "path",
    "url.full": "url", "http.url": "url", "http.response.status_code": "status", "http.status_code": "status",
    "http.server.request.duration": "duration_s", "http.server.duration": "duration_ms", "server.address": "host",
    "http.host": "host",
  ]

  /// Whether the attributes in OTLP/JSON at a place may be a request's: a key ends with `method`.
  static func mayBe(_ b: Span<UInt8>, _ attributes: Range<Int>) -> Bool {
    var i = ByteScan.find(0x22, in: b, from: attributes.lowerBound)
    while i < attributes.upperBound {
      if i - attributes.lowerBound > 6, JSONScanner.matches(b, i - 6, "method") { return true }
      i = ByteScan.find(0x22, in: b, from: i + 1)
    }
    return false
  }

  /// The object of attributes in OTLP/JSON, checked before.
  static func object(_ b: Span<UInt8>, json attributes: Range<Int>) -> [UInt8] {
    named(OTLPAttributes.object(b, json: attributes))
  }

  /// The object of attributes in binary OTLP; empty where none is a request's.
  static func object(_ b: Span<UInt8>, protobuf attributes: [Range<Int>]) -> [UInt8] {
    let hasMethod = attributes.contains { attribute in
      var pair = ProtobufScanner(attribute)
      while let part = pair.next(b) {
        guard part.number == 1, part.wire == .bytes, part.bytes.count >= 6 else { continue }
        return JSONScanner.matches(b, part.bytes.upperBound - 6, "method")
      }
      return false
    }
    return hasMethod ? named(OTLPAttributes.object(b, protobuf: attributes)) : []
  }

  /// The object with the names of access logs.
  private static func named(_ object: [UInt8]) -> [UInt8] {
    let b = object.span
    var out: [UInt8] = [0x7B]
    var reader = JSONScanner(at: 0)
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      let start = reader.position
      guard reader.skipValue(b) else { return false }
      let name = String(copying: b.extracting(key.start..<key.end))
      // A trace of the record's own stands in its fields.
      if out.count > 1 { out.append(0x2C) }
      out.append(0x22)
      out += Array((names[name] ?? name).utf8)
      out += [0x22, 0x3A]
      out.append(copying: b.extracting(start..<reader.position))
      return true
    }
    out.append(0x7D)
    return out
  }
}

extension JSONRecords {
  /// Takes the request that a log record's attributes tell of.
  ///
  /// - Parameters:
  ///   - object: the attributes as an object; empty where they tell of none.
  ///   - log: the record, whose text stands at the end of the batch's.
  ///   - place: of the record.
  ///   - batch: gets the request.
  /// - Returns: whether it was all that the record says: with a text of its own it is a log line as well.
  mutating func takeAttributes(
    _ object: [UInt8], _ log: LogLine, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard !object.isEmpty, let service else { return false }
    var object = Array(object.dropLast())
    if log.textCount > 0 {
      object += Array(#","message":"#.utf8)
      JSONQuote.append(batch.text.span.extracting(log.textStart..<log.textStart + log.textCount), to: &object)
    }
    if log.span != 0, log.requestText.isNone, !log.request.isNone {
      object += Array(#","traceparent":"00-\#(log.request.hex)-\#(hexText(log.span))-01""#.utf8)
    }
    object.append(0x7D)
    let zone = context.settings.assumedZoneSeconds
    guard var record = AccessObject.read(object.span, at: 0, zoneSeconds: zone) else { return false }
    if record.isEscaped {
      object = JSONEscapes.simplified(object.span, 0..<object.count)
      guard let plain = AccessObject.read(object.span, at: 0, zoneSeconds: zone) else { return false }
      record = plain
    }
    if record.time == .min, record.format.description == "Envoy access log", log.time != .min {
      (record.time, record.timeIsEnd) = (log.time, false)
    }
    var around = LineEnvelope(source: place.source)
    around.name(service, .container)
    if around.component.isNone { around = origin(into: &batch).withoutFileName(at: place.source) }
    around.source = place.source
    (around.time, around.hasZone) = (log.time, log.time != .min)
    access.append(record, object.span, around, into: &batch)
    let issues: SpanIssues = record.hasUnitlessDuration ? .durationUnit : []
    if record.hasMessage {
      if !issues.isEmpty { note(issues, place.position, into: &batch) }
      return false
    }
    used("OTLP", issues, place.position, into: &batch)
    return true
  }
}
