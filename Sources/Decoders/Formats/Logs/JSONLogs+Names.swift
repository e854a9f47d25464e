// Who wrote a JSON log record: of several names the one that says most.

internal import Model
internal import Support

extension JSONLogs {
  /// Notes what the key of a name tells of the producer.
  mutating func noteProducer(
    _ role: LogKeyTable.Role, _ b: Span<UInt8>, _ key: JSONStringSlice, _ text: JSONStringSlice
  ) {
    switch role {
    case .logger:
      if Self.isException(b, key, text) { fields.isException = true }
      if JSONScanner.equals(b, key, "logger") { fields.shape.insert(.logger) }
      if JSONScanner.equals(b, key, "loggerName") { fields.shape.insert(.loggerName) }
      if JSONScanner.equals(b, key, "logName"), JSONScanner.matches(b, text.start, "projects/") {
        fields.shape.insert(.logEntry)
      }
    case .service: if JSONScanner.equals(b, key, "subsystemName") { fields.shape.insert(.subsystem) }
    case .container:
      if JSONScanner.equals(b, key, "ProviderName") { fields.shape.insert(.provider) }
      if JSONScanner.equals(b, key, "ident") { fields.hasIdent = true }
    default: break
    }
  }

  /// Notes by its key which producer wrote the number of a level.
  mutating func noteLevel(_ b: Span<UInt8>, _ key: JSONStringSlice, _ isNumber: Bool) {
    // Azure's resource log of PostgreSQL: its message is the server's line.
    if key.count == 10, JSONScanner.equals(b, key, "errorLevel") { fields.shape.insert(.relayed) }
    guard isNumber else { return }
    if JSONScanner.equals(b, key, "LogLevel") { fields.shape.insert(.logLevel) }
    if JSONScanner.equals(b, key, "severity") { fields.shape.insert(.severity) }
  }

  mutating func named(
    _ found: LogKeyTable.Found, _ b: Span<UInt8>, _ text: JSONStringSlice, _ texts: inout JSONTexts
  ) {
    if isOfRequest, !namesServer(found, b.extracting(text.start..<text.end)) { return }
    var text = text
    var order = found.rank
    // Within one record the service that is named as such goes before the container that it runs in.
    var rank: NameRank
    switch found.role {
    case .service, .resource: rank = .container
    case .resourcePath:
      rank = .service
      order += 3000
      var slash = text.end
      while slash > text.start, b[slash - 1] != 0x2F { slash -= 1 }
      guard slash > text.start else { return }
      text.start = slash
    case .container:
      rank = .service
      if text.count > 14, b[text.start + 12] == 0x3A, let group = LogGroup.name(b, text.start..<text.end) {
        (text.start, text.end) = (group.lowerBound, group.upperBound)
      }
      // Docker's own names begin with a slash.
      if text.count > 1, b[text.start] == 0x2F, !(text.start + 1..<text.end).contains(where: { b[$0] == 0x2F }) {
        text.start += 1
      }
      // A proxy beside the program: the pod's name, which comes before or after it, says more.
      if text.count <= 20, LogOrigin.isSidecar(b.extracting(text.start..<text.end)) {
        // What it logs is the program's traffic.
        if isOfRequest { return }
        order += 2000
      }
    case .pod:
      rank = .service
      order += 1000
      text.end = text.start + LogOrigin.workload(ofPod: b.extracting(text.start..<text.end))
    case .label: rank = .containerID
    case .logger, .weakLabel: rank = .logger
    default: rank = .host
    }
    if FieldText.isNull(b.extracting(text.start..<text.end)) { return }
    if found.role == .container || found.role == .weakLabel, WorkerName.isWorker(b, text) { return }
    if rank == .logger, text.count > 9, JSONScanner.matches(b, text.start, "projects/") {
      guard let log = Self.log(ofName: b, text) else { return }
      text = log
    }
    // `k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT`: what the kubelet calls containers of Docker (kubernetes, dockershim/naming.go).
    if text.count > 12, b[text.start] == 0x6B, JSONScanner.matches(b, text.start, "k8s_"),
      (text.start..<text.end).count(where: { b[$0] == 0x5F }) >= 5,
      let end = (text.start + 4..<text.end).first(where: { b[$0] == 0x5F }), end > text.start + 4
    {
      (text.start, text.end) = (text.start + 4, end)
      rank = max(rank, .service)
    }
    guard rank > fields.rank || rank == fields.rank && order <= fields.ranks.name else { return }
    let symbol = texts.symbol(b, text)
    guard !symbol.isNone else { return }
    fields.name = symbol
    fields.rank = rank
    fields.ranks.name = order
  }

  /// What stands beside one line of a stream of Loki's: its structured metadata, alone (pushes) or beside what a query parsed
  /// (Loki's HTTP API, `categorize-labels`).
  mutating func metadata(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) -> JSONLogFields {
    fields = JSONLogFields()
    var places = [start]
    var outer = JSONScanner(at: start)
    _ = outer.eachMember(b) { reader, key in
      reader.skipSpace(b)
      let isNamed = JSONScanner.equals(b, key, "structuredMetadata") || JSONScanner.equals(b, key, "parsed")
      if isNamed, reader.peek(b) == 0x7B { places.append(reader.position) }
      return reader.skipValue(b)
    }
    for place in places {
      var reader = JSONScanner(at: place)
      readObject(b, &reader, under: LogKeyTable.seed, depth: 1, &texts)
    }
    return fields
  }

  /// What a set of labels beside lines says (Loki's `stream`): names and a level.
  mutating func labels(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) -> JSONLogFields {
    fields = JSONLogFields()
    var reader = JSONScanner(at: start)
    readObject(b, &reader, under: LogKeyTable.path("labels"), depth: 1, &texts)
    return fields
  }
}
