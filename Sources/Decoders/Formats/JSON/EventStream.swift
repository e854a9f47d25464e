// Events that a server sends over HTTP and somebody saved.

internal import Model
internal import Support

/// `text/event-stream` (WHATWG HTML, "Server-sent events"): lines of `data`, `event`, `id` and `retry`, comments behind a colon, a blank
/// line behind each event. systemd-journal-gatewayd sends entries of the journal so, other APIs their logs.
enum EventStream {
  private static let names: [StaticString] = ["data", "event", "id", "retry", ""]
  private static let sampledLines = 64

  /// Where a line's value begins, and whether it is data; nil for a line that is no field of an event.
  static func field(_ line: Span<UInt8>) -> (value: Int, isData: Bool)? {
    for name in names where JSONScanner.matches(line, 0, name) {
      var end = name.utf8CodeUnitCount
      guard end < line.count, line[end] == 0x3A else { continue }
      end += 1
      if end < line.count, line[end] == 0x20 { end += 1 }
      return (end, name.utf8CodeUnitCount == 4)
    }
    return nil
  }

  /// Whether all of the first lines are fields, and one of them holds data that begins like a record.
  static func recognizes(_ head: Span<UInt8>, from first: Int) -> Bool {
    var start = first
    var hasData = false
    for _ in 0..<sampledLines where start < head.count {
      let end = ByteScan.lineEnd(head, start)
      // The last line may be cut off.
      if end == head.count, hasData { break }
      let line = head.extracting(start..<(end > start && head[end - 1] == 0x0D ? end - 1 : end))
      start = end + 1
      if line.isEmpty { continue }
      guard let (value, isData) = field(line) else { return false }
      hasData = hasData || isData && value < line.count && line[value] == 0x7B
    }
    return hasData
  }
}

/// Takes the names of the fields off and reads what the data holds; lines keep their numbers.
struct EventStreamDecoder: FormatDecoder {
  var format: String { inner.format ?? "event stream" }
  private let limit: Int
  private var inner: UnwrappedMember
  /// Bytes of a line without its end yet.
  private var held: [UInt8] = []

  init(context: MemberContext, rule: FormatRule?) {
    limit = context.settings.limits.line
    inner = UnwrappedMember(context: context, rule: rule)
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var start = 0
    while start < bytes.count {
      let end = ByteScan.lineEnd(bytes, start)
      guard end < bytes.count else { break }
      if held.isEmpty {
        Self.append(bytes.extracting(start..<end), to: &out)
      } else {
        held.append(copying: bytes.extracting(start..<end))
        Self.append(held.span, to: &out)
        held.removeAll(keepingCapacity: true)
      }
      out.append(0x0A)
      start = end + 1
    }
    held.append(copying: bytes.extracting(start..<bytes.count))
    // A longer line is cut where its limit is; what follows of it is no field.
    if held.count > limit {
      Self.append(held.span, to: &out)
      held.removeAll(keepingCapacity: true)
    }
    inner.feed(out, isLast: false, otherwise: Self.unwrapped, into: &batch)
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    var out: [UInt8] = []
    Self.append(held.span, to: &out)
    inner.feed(out, isLast: true, otherwise: Self.unwrapped, into: &batch)
    inner.finish(complete: complete, into: &batch)
  }

  private static func unwrapped(_ format: SniffedFormat) -> SniffedFormat? {
    switch format {
    case .eventStream, .utf16: .logLines
    default: nil
    }
  }

  /// Keeps what is no field as it stands: a line of another program's.
  private static func append(_ line: Span<UInt8>, to out: inout [UInt8]) {
    guard let (value, isData) = EventStream.field(line) else {
      out.append(copying: line)
      return
    }
    if isData { out.append(copying: line.extracting(value..<line.count)) }
  }
}
