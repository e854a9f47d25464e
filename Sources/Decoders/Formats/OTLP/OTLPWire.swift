// How binary OTLP is recognised: which signal, in which frames.

internal import Model
internal import Support

/// What the first bytes of a member of binary OTLP show.
struct OTLPWire: Equatable {
  enum Framing: Equatable {
    /// One message, or several one after another, which is one message by the rules of Protocol Buffers.
    case bare
    /// Each message behind its length in four bytes, big endian: the collector's file exporter.
    case length32
    /// Each message behind its length as a varint: `writeDelimitedTo`.
    case delimited
  }

  enum Signal: Equatable {
    case traces
    case logs
    case metrics
  }

  var framing: Framing
  var signal: Signal

  /// Tells binary OTLP by the form of its first resource: a message whose field 1 holds a resource (attributes of text
  /// keys) or scopes, and below them a span, a log record or a metric. Nothing of it can be told by chance or by text.
  static func sniff(_ head: Span<UInt8>) -> OTLPWire? {
    guard head.count >= 12 else { return nil }
    if head[0] == 0x0A, let signal = signal(head, message: 0..<Int.max) {
      return OTLPWire(framing: .bare, signal: signal)
    }
    if head[4] == 0x0A {
      let length = (0..<4).reduce(0) { $0 << 8 | Int(head[$1]) }
      if length >= 8, let signal = signal(head, message: 4..<4 + length) {
        return OTLPWire(framing: .length32, signal: signal)
      }
    }
    var scanner = ProtobufScanner(0..<10)
    if let length = scanner.varint(head), length >= 8, length < 1 << 31 {
      let start = scanner.position
      if start < head.count, head[start] == 0x0A,
        let signal = signal(head, message: start..<start + Int(length))
      {
        return OTLPWire(framing: .delimited, signal: signal)
      }
    }
    return nil
  }

  /// The signal of a message, looked for as far as the bytes go.
  private static func signal(_ b: Span<UInt8>, message: Range<Int>) -> Signal? {
    var outer = ProtobufScanner(message)
    guard let element = outer.head(b), element.number == 1, element.wire == .bytes, !element.bytes.isEmpty else {
      return nil
    }
    var resource = ProtobufScanner(element.bytes)
    var sawResource = false
    while let field = resource.head(b) {
      guard field.wire == .bytes, [1, 2, 3, 1000].contains(field.number) else { return nil }
      if field.number == 1 {
        guard isResource(b, field.bytes) else { return nil }
        sawResource = true
      }
      if field.number == 2 || field.number == 1000, let found = scope(b, field.bytes) { return found }
      resource.position = field.bytes.upperBound
    }
    // A resource so large that no record is in sight: traces are tried.
    return sawResource && resource.failure == .incomplete ? .traces : nil
  }

  private static func isResource(_ b: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var scanner = ProtobufScanner(range)
    while let field = scanner.head(b) {
      if field.number == 1 {
        guard field.wire == .bytes else { return false }
        var pair = ProtobufScanner(field.bytes)
        guard let key = pair.head(b) else { return pair.failure == .incomplete }
        guard key.number == 1, key.wire == .bytes, !key.bytes.isEmpty else { return false }
        for i in key.bytes where i < b.count && b[i] < 0x20 { return false }
      } else if field.number > 3 {
        return false
      }
      if field.wire == .bytes { scanner.position = field.bytes.upperBound }
    }
    return scanner.failure != .malformed
  }

  private static func scope(_ b: Span<UInt8>, _ range: Range<Int>) -> Signal? {
    var scanner = ProtobufScanner(range)
    while let field = scanner.head(b) {
      guard field.wire == .bytes else { return nil }
      if field.number == 2 { return record(b, field.bytes) }
      scanner.position = field.bytes.upperBound
    }
    return nil
  }

  /// The signal of a record by the first of its fields that no other kind of record has, in whatever order they stand: writers need not
  /// keep the order of their numbers (Protocol Buffers, "Message structure").
  static func record(_ b: Span<UInt8>, _ range: Range<Int>) -> Signal? {
    var scanner = ProtobufScanner(range)
    var (hasLongID, hasShortID, others, hasBody) = (false, false, 0, false)
    while let field = scanner.head(b) {
      switch (field.number, field.wire) {
      case (1, .fixed64), (2, .varint), (6, .bytes), (8, .fixed32), (11, .fixed64): return .logs
      case (6, .varint), (7, .fixed64), (8, .fixed64), (16, .fixed32): return .traces
      case (7, .bytes): return .metrics
      case (1, .bytes):
        // A trace's id; a metric's name may be as long.
        if field.bytes.count != 16 { return .metrics }
        hasLongID = true
      case (2, .bytes) where field.bytes.count == 8: hasShortID = true
      case (3, .bytes), (5, .bytes): (hasBody, others) = (true, others + 1)
      default: others += 1
      }
      if hasLongID, hasShortID { return .traces }
      if field.wire == .bytes { scanner.position = field.bytes.upperBound }
    }
    if hasLongID { return others == 0 ? .traces : .metrics }
    return hasBody && scanner.failure != .malformed ? .logs : nil
  }
}
