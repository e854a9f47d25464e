// A request of an access log as spans: the served request, and the tries towards what stands behind the proxy.

internal import Model
internal import Support

/// Makes the spans of access records of one member.
///
/// The served request is a server span of the proxy (or of what its virtual host, frontend or load balancer is called); each
/// try is a client span below it, one after another. Where only the number of tries is logged, the last one alone has a time
/// and is the only span. A request without an id of its own gets one from its place, the same in every run.
struct AccessSpans {
  /// Tells the member's requests from those of others.
  private let memberHash: UInt64
  private let path: String
  /// The name for records that no layer and no field names.
  private var fallback: Symbol?
  /// Virtual hosts seen: out of the request's own header anybody can write any name, so there is a bound.
  private var hosts: Set<Symbol> = []
  private var operation: [UInt8] = []
  /// The place of the last record, and how many were there.
  private var last = (source: SourceRef(bits: .max), count: UInt64(0))
  /// Requests of a path met before but for its numbers, and their operations.
  private var operations = NumberedTexts(longest: 192)

  private static let mostHosts = 64

  init(input: String, member: String) {
    path = member.isEmpty ? input : member
    memberHash = RequestID.ofPlaces(input: input, member: member)
  }

  /// Appends the spans of a record.
  mutating func append(
    _ record: AccessRecord, _ b: Span<UInt8>, _ envelope: LineEnvelope, into batch: inout RecordBatch
  ) {
    var span = TraceSpan()
    span.source = envelope.source
    span.kind = .server
    let place = place(of: envelope.source)
    span.span = place | 1
    identify(&span, record, b, place: place, &batch.symbols)
    times(&span, record, b, envelope)
    span.service = component(record, b, envelope, &batch.symbols)
    span.operation = operation(record, b, &batch.symbols)
    span.httpStatus = Int16(clamping: record.status)
    if record.failed { span.status = .error }
    span.grpcStatus = record.grpcStatus
    if !record.reason.isEmpty, record.failed || record.status >= 500 {
      span.errorType = batch.symbols.intern(b.extracting(record.reason))
    }
    if span.start == .min {
      span.start = 0
      batch.recordCounts.repair("noTime")
      batch.spans.append(span)
      return
    }
    batch.spans.append(span)
    span.duration = max(span.duration, 0)
    attempts(of: span, record, b, into: &batch)
  }

  // MARK: Whose request, and when.

  /// A number that no other record of the member has: of several on one line each has its own.
  private mutating func place(of source: SourceRef) -> UInt64 {
    let line = StableHash.combine(memberHash, source.bits & 0x1FF_FFFF_FFFF)
    if source != last.source { last = (source, 0) }
    defer { last.count += 1 }
    return last.count == 0 ? line : StableHash.combine(line, last.count)
  }

  private func identify(
    _ span: inout TraceSpan, _ record: AccessRecord, _ b: Span<UInt8>, place: UInt64, _ symbols: inout SymbolTable
  ) {
    if !record.traceParent.isEmpty {
      let i = record.traceParent.lowerBound
      if let high = HexDigits.sixteen(b, i &+ 3), let low = HexDigits.sixteen(b, i &+ 19) {
        span.trace = RequestID(high: high, low: low)
        span.parent = HexDigits.sixteen(b, i &+ 36) ?? 0
      }
    }
    let isCounted =
      !record.requestID.isEmpty && RequestID.isCounted(b.extracting(record.requestID), isOwn: record.ownsID)
    // A count that comes again after a restart tells nothing where the record is all that there is of its request.
    let isAll = isCounted && !record.target.isEmpty && record.beginning == 0
    if span.trace.isNone, !record.requestID.isEmpty, !isAll {
      if record.requestID.count == 32, let high = HexDigits.sixteen(b, record.requestID.lowerBound),
        let low = HexDigits.sixteen(b, record.requestID.lowerBound &+ 16)
      {
        span.trace = RequestID(high: high, low: low)
        span.parent = TraceSpan.unknownParent
        if !span.trace.isNone { return }
      }
      let id = b.extracting(xrayRoot(record.requestID, b))
      let (request, isHex) = XRayID.parse(id).map { ($0, true) } ?? RequestID.parse(id)
      span.trace = isCounted ? request.counted(in: memberHash, beginning: record.beginning) : request
      // A count names several requests.
      if !isHex, !isCounted { span.traceText = symbols.intern(id) }
      span.parent = TraceSpan.unknownParent
    }
    if span.trace.isNone {
      span.parent = 0
      span.trace = RequestID(high: memberHash, low: place)
    }
  }

  /// `Root=1-…` of `Self=1-…;Root=1-…`: load balancers pass a list of X-Ray ids on.
  private func xrayRoot(_ id: Range<Int>, _ b: Span<UInt8>) -> Range<Int> {
    guard id.count > 36 else { return id }
    for i in id where JSONScanner.matches(b, i, "Root=") && i &+ 5 < id.upperBound {
      let end = (i &+ 5..<id.upperBound).first { b[$0] == 0x3B } ?? id.upperBound
      return i &+ 5..<end
    }
    return id
  }

  private func times(
    _ span: inout TraceSpan, _ record: AccessRecord, _ b: Span<UInt8>, _ envelope: LineEnvelope
  ) {
    let latency = record.latency
    span.duration = latency
    if latency < 0 { span.flags.insert(.untimed) }
    // A line is written when its request has ended: so is the time of the layer around it.
    let isEnd = record.time == .min || record.timeIsEnd
    let time = record.time == .min ? envelope.time : record.time
    if time == .min {
      span.start = .min
    } else {
      // It lasted no less than its tries did.
      span.start = isEnd ? time.subtractingSaturated(latency < 0 ? triesTime(record, b) : latency) : time
    }
  }

  /// How long all tries of a request took that are logged with a time, microseconds.
  private func triesTime(_ record: AccessRecord, _ b: Span<UInt8>) -> Int64 {
    if record.isSingleTry { return max(record.tryTime, 0) }
    var times = AccessList(record.times)
    var sum: Int64 = 0
    while let time = times.next(b) { sum = sum.addingSaturated(max(AccessShapes.seconds(b, time), 0)) }
    return max(sum, record.upstreamTime, 0)
  }

  // MARK: Names.

  private mutating func component(
    _ record: AccessRecord, _ b: Span<UInt8>, _ envelope: LineEnvelope, _ symbols: inout SymbolTable
  ) -> Symbol {
    let server = SpanBuilder.host(b, record.server)
    if record.serverIsConfigured, !server.isEmpty, !isScheme(b, server) { return symbols.intern(b.extracting(server)) }
    if !envelope.component.isNone { return envelope.component }
    let isSidecar = !record.upstream.isEmpty && b[record.upstream.lowerBound] != 0x5B && hasBars(b, record.upstream)
    if !server.isEmpty, !isSidecar, !AccessShapes.isNumericHost(b, server), !isScheme(b, server) {
      let symbol = symbols.intern(b.extracting(server))
      if hosts.contains(symbol) { return symbol }
      if hosts.count < Self.mostHosts {
        hosts.insert(symbol)
        return symbol
      }
    }
    if let fallback { return fallback }
    let symbol = symbols.intern(AccessNames.ofFile(path) ?? AccessNames.ofFormat(record.format))
    fallback = symbol
    return symbol
  }

  private func isScheme(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    r.count == 1 || r.count == 4 && JSONScanner.matches(b, r.lowerBound, "http")
      || r.count == 5 && JSONScanner.matches(b, r.lowerBound, "https")
  }

  private func hasBars(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool { r.contains { b[$0] == 0x7C } }

  private mutating func operation(
    _ record: AccessRecord, _ b: Span<UInt8>, _ symbols: inout SymbolTable
  ) -> Symbol {
    if record.isRPC {
      operation.removeAll(keepingCapacity: true)
      if !record.method.isEmpty {
        operation.append(copying: b.extracting(record.method))
        operation.append(0x2F)
      }
      let path = b[record.target.lowerBound] == 0x2F ? record.target.dropFirst() : record.target
      operation.append(copying: b.extracting(path))
      return symbols.intern(operation.span)
    }
    if record.method.isEmpty { return symbols.intern(record.isConnection ? "connection" : "request") }
    let request = OperationPath.plainRequest(b, record.method, record.target)
    if let known = operations.find(b.extracting(request)) { return Symbol(known.value) }
    operation.removeAll(keepingCapacity: true)
    operation.append(copying: b.extracting(record.method))
    operation.append(0x20)
    OperationPath.append(b.extracting(record.target), to: &operation)
    let known = symbols.count
    let symbol = symbols.intern(operation.span)
    // What is met for the first time may never come again.
    if symbols.count == known, let numbers = OperationPath.numbers(b.extracting(request), operation) {
      operations.keep(b.extracting(request), numbers: numbers, value: symbol.index, marked: nil)
    }
    return symbol
  }

  /// Who stands behind the proxy: the upstream's name, else its address.
  private func peer(
    _ record: AccessRecord, _ address: Range<Int>, _ b: Span<UInt8>, _ symbols: inout SymbolTable
  ) -> Symbol {
    if !record.upstream.isEmpty {
      let name = AccessNames.upstream(b, record.upstream)
      if !name.isEmpty { return symbols.intern(b.extracting(name)) }
    }
    if address.isEmpty || AccessShapes.isDash(b, address) { return .none }
    let bare = AccessNames.withoutScheme(b, address)
    let host = SpanBuilder.host(b, bare)
    return symbols.intern(b.extracting(AccessShapes.isNumericHost(b, host) ? bare : host))
  }

  // MARK: Tries.

  private mutating func attempts(
    of request: TraceSpan, _ record: AccessRecord, _ b: Span<UInt8>, into batch: inout RecordBatch
  ) {
    let isTried =
      !record.addresses.isEmpty && !AccessShapes.isDash(b, record.addresses) || !record.statuses.isEmpty
      || !record.upstream.isEmpty && (record.attempts > 0 || record.upstreamTime >= 0 || hasBars(b, record.upstream))
    // Istio: what an inbound line is forwarded to is the workload itself.
    guard isTried, !JSONScanner.matches(b, record.upstream.lowerBound, "inbound|") || record.upstream.isEmpty else {
      return
    }
    if record.isSingleTry {
      singleTry(of: request, record, b, into: &batch)
      return
    }
    let tries = max(
      AccessList.count(b, record.addresses), AccessList.count(b, record.statuses), AccessList.count(b, record.times), 1)
    guard tries <= 64 else { return }
    if tries == 1 {
      lastTry(of: request, record, b, into: &batch)
      return
    }
    var addresses = AccessList(record.addresses)
    var statuses = AccessList(record.statuses)
    var times = AccessList(record.times)
    var start = request.start
    let end = request.start.addingSaturated(request.duration)
    for number in 1...tries {
      let address = addresses.next(b) ?? 0..<0
      let status = statuses.next(b).map { AccessShapes.status(b, $0) } ?? 0
      let time = times.next(b).map { AccessShapes.seconds(b, $0) } ?? -1
      var call = call(of: request, number: number)
      call.start = start
      // Without times the tries share the request's between them: only their order is known.
      let share = record.times.isEmpty ? max(0, end.subtractingSaturated(start)) / Int64(tries - number + 1) : 0
      call.duration = time >= 0 ? time : record.latency < 0 ? -1 : share
      if call.duration < 0 { call.flags.insert(.untimed) }
      start = start.addingSaturated(max(call.duration, 0))
      call.peerService = peer(record, address, b, &batch.symbols)
      settle(&call, status: status, isLast: number == tries, request, record)
      call.operation = request.operation
      batch.spans.append(call)
    }
  }

  /// The only try of a line whose layout is known: its fields are read already.
  private func singleTry(
    of request: TraceSpan, _ record: AccessRecord, _ b: Span<UInt8>, into batch: inout RecordBatch
  ) {
    var call = call(of: request, number: 1)
    place(&call, taking: record.tryTime, of: request, record)
    call.peerService = peer(record, record.addresses, b, &batch.symbols)
    call.operation = request.operation
    settle(
      &call, status: record.statuses.isEmpty ? record.status : record.tryStatus, isLast: true, request, record)
    batch.spans.append(call)
  }

  /// The only try, or the last one of a number.
  private func lastTry(
    of request: TraceSpan, _ record: AccessRecord, _ b: Span<UInt8>, into batch: inout RecordBatch
  ) {
    var call = call(of: request, number: max(record.attempts, 1))
    var times = AccessList(record.times)
    var time = times.next(b).map { AccessShapes.seconds(b, $0) } ?? -1
    if time < 0 { time = record.upstreamTime }
    place(&call, taking: time, of: request, record)
    var addresses = AccessList(record.addresses)
    call.peerService = peer(record, addresses.next(b) ?? 0..<0, b, &batch.symbols)
    var statuses = AccessList(record.statuses)
    let status = statuses.next(b).map { AccessShapes.status(b, $0) }
    call.operation = request.operation
    settle(&call, status: status ?? record.status, isLast: true, request, record)
    batch.spans.append(call)
  }

  /// The last try ends with its request. Where neither time is logged, how long it took is not known.
  private func place(_ call: inout TraceSpan, taking time: Int64, of request: TraceSpan, _ record: AccessRecord) {
    guard record.latency >= 0 else {
      call.start = request.start
      call.duration = time
      if time < 0 { call.flags.insert(.untimed) }
      return
    }
    let taken = time < 0 ? request.duration : min(time, request.duration)
    call.start = request.start.addingSaturated(request.duration - taken)
    call.duration = taken
  }

  private func call(of request: TraceSpan, number: Int) -> TraceSpan {
    var call = TraceSpan()
    call.trace = request.trace
    call.traceText = request.traceText
    call.parent = request.span
    call.span = StableHash.combine(request.span, UInt64(number)) | 1
    call.service = request.service
    call.kind = .client
    call.source = request.source
    call.resendCount = UInt8(clamping: number - 1)
    return call
  }

  /// How a try ended. A 4xx is the client's doing, not the service's; no status is a failure where the request failed, too.
  private func settle(
    _ call: inout TraceSpan, status: Int, isLast: Bool, _ request: TraceSpan, _ record: AccessRecord
  ) {
    call.httpStatus = Int16(clamping: status)
    if status >= 500 {
      call.status = .error
      call.errorType = isLast ? request.errorType : .none
    } else if isLast, record.grpcStatus > 0 {
      (call.status, call.grpcStatus) = (.error, record.grpcStatus)
      call.errorType = request.errorType
    } else if status > 0 {
      call.status = .ok
    } else {
      let failed = !isLast || record.failed || record.status >= 500
      call.status = failed ? .error : .ok
      call.errorType = failed ? request.errorType : .none
    }
  }
}
