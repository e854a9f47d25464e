internal import LogTemplates
package import Model
package import Segments
package import Support

/// Records into rows: names, failure kinds and partitions made uniform. One builder serves one input.
///
/// The rows of a request all go to one partition, by the documented hash of the request; what belongs to no request is
/// spread by its place and time. The number of partitions changes where a row lies, never what is found.
package struct EventBuilder: Sendable {
  /// Rows by partition.
  package private(set) var partitions: [Rows]
  /// First and last time seen, microseconds; `first > last` while there is none.
  package private(set) var first = Int64.max
  package private(set) var last = Int64.min
  /// The same times by day.
  package private(set) var times = TimeSpread()
  /// Structural events in the rows: two for a span or test, one for anything else.
  package private(set) var events = 0

  private var profile = StreamProfile()
  private var naming: ComponentNaming
  private var failures: FailureClassifier
  private var mask = LogMask()
  private var masked: [UInt8] = []
  private var secrets: SymbolMasking
  private var told = ToldDuration()
  private var forms = KnownForms()

  package init(partitions: Int, naming: ComponentNaming, failures: FailureClassifier, secrets: SecretMask) {
    self.partitions = Array(repeating: Rows(), count: max(1, partitions))
    self.naming = naming
    self.failures = failures
    self.secrets = SymbolMasking(secrets)
  }

  /// The partition of a request among `count`.
  package static func partition(of request: RequestID, count: Int) -> Int {
    Int(request.partitionHash % UInt64(count))
  }

  /// Takes over the batch's records; the batch keeps its tables and record counts.
  ///
  /// - Parameter batch: what the decoder made; left without records. Test reports come as rows by themselves.
  package mutating func absorb(_ batch: inout RecordBatch) {
    for span in batch.spans { absorb(span, &batch.symbols) }
    for line in batch.logs { absorb(line, &batch) }
    for point in batch.metrics { absorb(point, &batch.symbols) }
    for event in batch.events { absorb(event, &batch.symbols) }
    batch.removeRecords()
  }

  /// Hands the rows out and starts again with none, in the same room: arrays that grow anew for each piece of an input touch, and copy,
  /// twice the memory that the rows take.
  package mutating func takePartitions() -> [Rows] {
    let keepsRoom = partitions.reduce(0) { $0 + $1.memory } <= Self.keptRoom
    var taken: [Rows] = []
    taken.reserveCapacity(partitions.count)
    for i in partitions.indices { taken.append(partitions[i].handOut(keepsRoom: keepsRoom)) }
    return taken
  }

  /// Bytes of room for rows that is kept at most.
  private static let keptRoom = 16 << 20

  /// Hands out what the records since the last time have in common.
  package mutating func takeProfile() -> StreamProfile {
    defer { profile = StreamProfile() }
    return profile
  }

  /// Starts on a fresh symbol table: the caches that are keyed by symbol are forgotten.
  package mutating func symbolsChanged() {
    naming.reset()
    failures.reset()
    secrets.reset()
    told.reset()
    forms.reset()
  }

  /// Patterns for renaming that gave up on a name.
  package var patternsThatGaveUp: Set<String> { naming.gaveUp }

  /// The texts of the rows as they are handed on: without secrets.
  package mutating func handedOn(_ symbols: SymbolTable) -> SymbolTable { secrets.handedOn(symbols) }

  /// Bytes of the rows.
  package var size: Int { partitions.reduce(0) { $0 + $1.size } }

  /// The partition of a row. What belongs to no request is spread by its place and time, never by its member's number: the
  /// pieces of an input that are read side by side each number their members anew.
  private func index(_ request: RequestID, _ source: SourceRef, _ time: Int64) -> Int {
    let hash =
      request.isNone
      ? StableHash.combine(StableHash.mix(source.positionBits), UInt64(bitPattern: time)) : request.partitionHash
    return Int(hash % UInt64(partitions.count))
  }

  private mutating func saw(_ time: Int64) {
    // Neither is a time: the lack of one, and the zero that some programs write for it.
    guard time != .min, time != 0 else { return }
    times.add(time)
    first = min(first, time)
    last = max(last, time)
  }

  private mutating func absorb(_ span: TraceSpan, _ symbols: inout SymbolTable) {
    saw(span.start)
    saw(span.start.addingSaturated(max(span.duration, 0)))
    var flags = SpanRow.Flags(rawValue: UInt16(span.flags.rawValue & 7))
    if span.resendCount > 0 { flags.insert(.countedAttempt) }
    if span.flags.contains(.maybeCallee) { flags.insert(.maybeCallee) }
    if span.duration < 0 {
      let isUntimed = span.flags.contains(.untimed)
      if isUntimed { flags.insert(.untimed) }
      if !isUntimed || span.flags.contains(.reversed) { flags.insert(.unfinished) }
    }
    let failure = failures.failure(of: span, symbols)
    events += flags.isOpen && failure == nil ? 1 : 2
    var row = SpanRow(
      request: span.trace, span: span.span, parent: span.parent, start: span.start, duration: span.duration,
      source: span.source, component: naming.component(span.service, &symbols), operation: span.operation,
      peer: peer(of: span, &symbols, &flags),
      message: failure == nil ? .none : span.message.isNone ? span.errorType : span.message,
      requestText: span.traceText, kind: span.kind, failureCode: failure?.rawValue ?? 0,
      attempt: span.resendCount == .max ? .max : span.resendCount + 1, flags: flags)
    row.weight = span.weight
    // What a call asks for joins attempts that are traces of their own; below another span the parent joins them.
    if !span.retryEvidence.isTarget || span.parent == 0 && (span.kind == .client || span.kind == .server) {
      row.retryEvidence = span.retryEvidence
    }
    profile.saw(row, isNamed: !span.service.isNone)
    partitions[index(span.trace, span.source, span.start)].spans.append(row)
  }

  /// Who a client or producer calls: the service's name where it is told, the broker's destination, the server's address,
  /// the database.
  private mutating func peer(
    of span: TraceSpan, _ symbols: inout SymbolTable, _ flags: inout SpanRow.Flags
  ) -> Symbol {
    guard span.kind != .server, span.kind != .consumer else { return .none }
    if !span.peerService.isNone { return naming.component(span.peerService, &symbols) }
    if span.kind == .producer || span.serverAddress.isNone, !span.peerSystem.isNone {
      flags.insert(.virtualPeer)
      if span.peerResource.isNone { return span.peerSystem }
      return symbols.intern(symbols.text(span.peerSystem) + ":" + symbols.text(span.peerResource))
    }
    if !span.peerSystem.isNone { flags.insert(.virtualPeer) }
    let address = span.serverAddress.isNone && span.kind == .client ? span.urlHost : span.serverAddress
    return address.isNone ? .none : naming.component(address, &symbols)
  }

  private mutating func absorb(_ line: LogLine, _ batch: inout RecordBatch) {
    saw(line.time)
    events += 1
    let range = line.textStart..<line.textStart + line.textCount
    let known = secrets.needsLines ? nil : forms.find(batch.text.span.extracting(range))
    let component = naming.component(line.component, &batch.symbols)
    var row = LogRow(
      time: line.time, request: line.request, span: line.span, source: line.source, component: component,
      message: known?.message ?? form(of: range, in: &batch), severity: line.severity)
    if !line.request.isNone, line.severity < .warning {
      let text = batch.text.span.extracting(range)
      if let known {
        if let place = known.told { row.took = ToldDuration.microseconds(in: text, at: place) }
      } else {
        row.took = told.microseconds(in: text, form: row.message, batch.symbols)
      }
    }
    profile.saw(row)
    partitions[index(line.request, line.source, line.time)].logs.append(row)
  }

  /// The masked form of a message that is not known by its text.
  private mutating func form(of range: Range<Int>, in batch: inout RecordBatch) -> Symbol {
    masked.removeAll(keepingCapacity: true)
    if secrets.needsLines, let blanked = secrets.line(batch.text.span.extracting(range)) {
      mask.mask(blanked.span, into: &masked)
    } else {
      mask.mask(batch.text.span.extracting(range), into: &masked)
    }
    let known = batch.symbols.count
    let message = batch.symbols.intern(masked.span)
    if batch.symbols.count > known {
      secrets.see(form: message, in: batch.symbols)
    } else if !secrets.needsLines, forms.mayKeep(message, length: range.count) {
      let text = batch.text.span.extracting(range)
      let place = told.place(in: text, form: message, batch.symbols)
      forms.keep(text, as: message, masked: masked, told: place, by: mask)
    }
    return message
  }

  private mutating func absorb(_ point: MetricPoint, _ symbols: inout SymbolTable) {
    saw(point.time)
    events += 1
    let row = MetricRow(
      time: point.time, value: point.value, source: point.source,
      component: naming.component(point.component, &symbols), metric: point.metric)
    partitions[index(.none, point.source, point.time)].metrics.append(row)
  }

  private mutating func absorb(_ event: StructuralEvent, _ symbols: inout SymbolTable) {
    saw(event.time)
    events += 1
    var row = event
    row.component = naming.component(event.component, &symbols)
    if event.kind == .call || event.kind == .callReturn { row.subject = naming.component(event.subject, &symbols) }
    partitions[index(event.request, event.source, event.time)].events.append(row)
  }

  /// Takes over a test report or a piece of one.
  package mutating func absorb(_ report: ReportRow) {
    saw(report.first == .max ? .min : report.first)
    saw(report.last)
    events += 2 * report.count
    partitions[report.partition(among: partitions.count)].append(report)
  }
}
