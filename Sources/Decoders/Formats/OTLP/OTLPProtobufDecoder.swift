// Binary OTLP (opentelemetry-proto 1.x): traces, logs and metrics, an element at a time.

internal import Model
internal import Support

/// Reads binary OTLP as collectors, SDKs and object stores archive it.
///
/// Of what stands around the records only a small stack is kept, each record is read when it is whole: memory does not grow
/// with the message. The meaning is that of the JSON form; see `OTLPSpans`, `OTLPLogs`, `OTLPMetrics`.
struct OTLPProtobufDecoder: ChunkedDecoder {
  let format = "OTLP protobuf"
  var carry = PendingBytes()
  private var context: MemberContext
  private let wire: OTLPWire
  private var records: OTLPProtobufRecords
  /// The open messages, outermost first: where they stand in the format, and how many of their bytes are left.
  private var stack: [Frame] = []
  /// Bytes of a field that is passed over.
  private var skipping = 0
  /// Offset in the member of the bytes at hand.
  private var base = 0
  private var isBroken = false
  /// Whether the signal of the open message is not told yet: a file exporter that stands in several pipelines writes one file, and each of
  /// its frames is of one signal (opentelemetry-collector-contrib, fileexporter). Without frames, each resource tells it.
  private var asksSignal = false

  private enum Level {
    case message
    case resource
    case scope
  }

  private struct Frame {
    var level: Level
    var left: Int
  }

  init(context: MemberContext, wire: OTLPWire) {
    self.context = context
    self.wire = wire
    records = OTLPProtobufRecords(context: context, signal: wire.signal)
  }

  /// Learns the headers of the lines that log records hold, out of the member's first bytes.
  mutating func learn(head: Span<UInt8>, into batch: inout RecordBatch) {
    guard wire.signal == .logs || wire.framing != .bare else { return }
    var probe = self
    probe.records = OTLPProtobufRecords(context: context, signal: wire.signal, isSampling: true)
    var scratch = RecordBatch()
    swap(&scratch.symbols, &batch.symbols)
    probe.feed(head, into: &scratch)
    swap(&scratch.symbols, &batch.symbols)
    records.learn(from: probe.records)
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    if !isBroken, skipping > 0 || stack.count > (wire.framing == .bare ? 1 : 0) { cutOff(into: &batch) }
    records.leave(into: &batch)
    records.close(&context, into: &batch)
    // Fields of the format's own may hold nothing but resources and scopes.
    if !records.hasRecords, !context.hasReported {
      context.report("noRecords", .note, at: .whole, "binary OTLP without records", into: &batch)
    }
    context.close(into: &batch)
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    while i < b.count {
      if isBroken {
        i = b.count
        break
      }
      if skipping > 0 {
        let step = min(skipping, b.count - i)
        skipping -= step
        i += step
        continue
      }
      while let top = stack.last, top.left == 0 { pop(top, into: &batch) }
      if stack.isEmpty {
        guard let next = beginMessage(b, i, isFinal: isFinal, into: &batch) else { break }
        i = next
        continue
      }
      guard let next = field(b, i, isFinal: isFinal, into: &batch) else { break }
      i = next
    }
    while let top = stack.last, top.left == 0 { pop(top, into: &batch) }
    base += i
    return i
  }

  /// Opens the next frame; nil where its head is not whole yet.
  private mutating func beginMessage(
    _ b: Span<UInt8>, _ start: Int, isFinal: Bool, into batch: inout RecordBatch
  ) -> Int? {
    asksSignal = true
    switch wire.framing {
    case .bare:
      stack.append(Frame(level: .message, left: .max))
      return start
    case .length32:
      guard start + 4 <= b.count else {
        if isFinal { broken("cutOff", "the file ends inside the length of a frame", at: start, into: &batch) }
        return isFinal ? b.count : nil
      }
      let length = (start..<start + 4).reduce(0) { $0 << 8 | Int(b[$1]) }
      stack.append(Frame(level: .message, left: length))
      return start + 4
    case .delimited:
      var scanner = ProtobufScanner(start..<start + 10)
      guard let length = scanner.varint(b), length < 1 << 40 else {
        if scanner.failure == .incomplete, !isFinal { return nil }
        broken("malformedProtobuf", "the length of a frame is none", at: start, into: &batch)
        return b.count
      }
      stack.append(Frame(level: .message, left: Int(length)))
      return scanner.position
    }
  }

  private mutating func pop(_ frame: Frame, into batch: inout RecordBatch) {
    stack.removeLast()
    if frame.level == .resource { records.leave(into: &batch) }
  }

  /// Reads one field of the innermost open message; nil where it is not whole yet.
  private mutating func field(
    _ b: Span<UInt8>, _ start: Int, isFinal: Bool, into batch: inout RecordBatch
  ) -> Int? {
    let top = stack[stack.count - 1]
    let (limit, overflow) = start.addingReportingOverflow(top.left)
    var scanner = ProtobufScanner(start..<(overflow ? .max : limit))
    guard let field = scanner.head(b) else {
      if scanner.failure == .incomplete {
        if isFinal { cutOff(into: &batch) }
        return isFinal ? b.count : nil
      }
      return damaged(start, b, into: &batch)
    }
    guard field.wire == .bytes else {
      use(scanner.position - start)
      return scanner.position
    }
    let end = field.bytes.upperBound
    let inner: Level? =
      switch (top.level, field.number) {
      case (.message, 1): .resource
      case (.resource, 2), (.resource, 1000): .scope
      default: nil
      }
    if let inner {
      use(end - start)
      stack.append(Frame(level: inner, left: field.bytes.count))
      if inner == .resource {
        records.enter()
        if wire.framing == .bare { asksSignal = true }
      }
      return field.bytes.lowerBound
    }
    let isRead = top.level == .resource && field.number == 1 || top.level == .scope && field.number == 2
    if !isRead || field.bytes.count > context.settings.limits.line {
      if isRead { tooLong(start, into: &batch) }
      use(end - start)
      skipping = field.bytes.count
      return field.bytes.lowerBound
    }
    guard end <= b.count else {
      if isFinal { cutOff(into: &batch) }
      return isFinal ? b.count : nil
    }
    use(end - start)
    if top.level == .resource {
      records.takeResource(b, field.bytes, into: &batch)
    } else {
      if asksSignal {
        asksSignal = false
        if let signal = OTLPWire.record(b, field.bytes), signal != records.signal { records.turn(to: signal) }
      }
      records.take(b, field.bytes, at: context.offset(base + start), &context, into: &batch)
    }
    return end
  }

  /// Takes the bytes of a field off what is left of its message.
  private mutating func use(_ count: Int) {
    if stack[stack.count - 1].left != .max { stack[stack.count - 1].left -= count }
  }

  // MARK: Damage.

  /// A field that is none: what is left of the frame cannot be read; without frames, nothing more.
  private mutating func damaged(_ start: Int, _ b: Span<UInt8>, into batch: inout RecordBatch) -> Int {
    report("malformedProtobuf", "bytes that are no field of a message", at: start, into: &batch)
    guard wire.framing != .bare, let message = stack.first else {
      isBroken = true
      return b.count
    }
    let left = stack.dropFirst().reduce(message.left) { $0 + $1.left }
    stack.removeAll()
    records.leave(into: &batch)
    skipping = max(left, 1)
    return start
  }

  private mutating func cutOff(into batch: inout RecordBatch) {
    broken("cutOff", "the file ends in the middle of a message", at: 0, into: &batch)
  }

  private mutating func broken(_ code: String, _ message: MessageText, at place: Int, into batch: inout RecordBatch) {
    isBroken = true
    report(code, message, at: place, into: &batch)
  }

  private mutating func report(_ code: String, _ message: MessageText, at place: Int, into batch: inout RecordBatch) {
    batch.recordCounts.skip(code)
    context.report(code, .error, at: .offset(base + place), message, into: &batch)
  }

  private mutating func tooLong(_ start: Int, into batch: inout RecordBatch) {
    batch.recordCounts.skip("lineTooLong")
    context.report(
      "lineTooLong", .error, at: .offset(base + start),
      "an element of more than \(context.settings.limits.line) bytes was left out", limit: "lineBytes", into: &batch)
  }
}
