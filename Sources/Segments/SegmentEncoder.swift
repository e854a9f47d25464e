internal import Model
internal import Support

/// Writes parts as the bytes of one segment (see `SegmentCoding.swift` for the form), without putting their rows together first.
///
/// It is made for many segments one after another: the room of one is used again for the next.
package struct SegmentEncoder {
  private var head = ByteWriter()
  private var body = ByteWriter()

  /// An encoder with nothing encoded yet.
  package init() {}

  /// Length in bytes of the segment that was encoded last.
  package var count: Int { head.bytes.count + body.bytes.count + 8 }

  /// The segment that was encoded last: these bytes, one after another. Who keeps them costs the next one its room.
  package func pieces() -> [[UInt8]] {
    var unused = StableHash.Running(count: 0)
    return pieces(hashedBy: &unused)
  }

  /// The same bytes, while another hash goes on over them.
  ///
  /// - Parameter hash: takes all of them.
  /// - Returns: the bytes.
  func pieces(hashedBy hash: inout StableHash.Running) -> [[UInt8]] {
    var own = StableHash.Running(count: count - 8)
    StableHash.Running.add(head.bytes.span, to: &own, and: &hash)
    StableHash.Running.add(body.bytes.span, to: &own, and: &hash)
    var end = ByteWriter()
    end.fixed64(own.finish())
    hash.add(end.bytes.span)
    return [head.bytes, body.bytes, end.bytes]
  }

  /// Encodes parts, their rows in the order of the parts, their symbols in the order of first use.
  package mutating func encode(_ parts: [SegmentPart]) {
    var numbers = SegmentNumbering(parts)
    body.removeAll()
    body.reserve(parts.reduce(0) { $0 + $1.rows.reduce(0) { $0 + Self.usualSize($1) } })
    spans(parts, &numbers)
    logs(parts, &numbers)
    metrics(parts, &numbers)
    events(parts, &numbers)
    reports(parts, &numbers)
    head.removeAll()
    head.fixed32(Segment.magic)
    head.byte(Segment.version)
    numbers.encodeTables(to: &head)
    head.unsigned(UInt64(body.bytes.count))
  }

  /// About what the rows take.
  private static func usualSize(_ rows: Rows) -> Int {
    40 * rows.spans.count + 24 * rows.logs.count + 24 * rows.metrics.count + 56 * rows.events.count
  }

  /// More bytes than any row takes: an identity of up to 53, two numbers and five symbols of up to ten, a field of eight, five of one.
  private static let longestRow = 160

  private mutating func spans(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.spans.count })
    var before = RowIdentity()
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for row in rows.spans {
          let identity = RowIdentity(
            time: row.start, request: row.request, span: row.span, parent: row.parent,
            source: numbers.place(row.source))
          body.record(upTo: Self.longestRow) { out in
            let isUsual = row.hasUsualRest
            identity.encode(to: &out, after: before, hasUsualRest: isUsual)
            out.signed(row.duration)
            out.unsigned(numbers.number(row.component))
            out.unsigned(numbers.number(row.operation))
            out.unsigned(numbers.number(row.peer))
            // The kind's highest bits say that the evidence of retries follows the row, that it is untimed, that a weight follows, that
            // it may bear its callee's name.
            var marks: UInt8 = (row.retryEvidence == .none ? 0 : 0x80) | (row.weight == .one ? 0 : 0x20)
            if row.flags.contains(.maybeCallee) { marks |= 0x10 }
            out.byte(row.kind.rawValue | marks | (row.flags.contains(.untimed) ? 0x40 : 0))
            if !isUsual {
              out.unsigned(numbers.number(row.message))
              out.unsigned(numbers.number(row.requestText))
              out.byte(row.failureCode)
              out.byte(row.attempt)
              out.byte(UInt8(truncatingIfNeeded: row.flags.rawValue))
            }
            if row.weight != .one { out.unsigned(UInt64(row.weight.code)) }
            if row.retryEvidence != .none { out.unsigned(UInt64(row.retryEvidence.rawValue)) }
          }
          before = identity
        }
      }
    }
  }

  private mutating func logs(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.logs.count })
    var before = RowIdentity()
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for row in rows.logs {
          let identity = RowIdentity(
            time: row.time, request: row.request, span: row.span, source: numbers.place(row.source))
          body.record(upTo: Self.longestRow) { out in
            identity.encode(to: &out, after: before)
            out.unsigned(numbers.number(row.component))
            out.unsigned(numbers.number(row.message))
            out.byte(row.severity.rawValue | (row.took != 0 ? 0x80 : 0))
            if row.took != 0 { out.unsigned(UInt64(row.took)) }
          }
          before = identity
        }
      }
    }
  }

  private mutating func metrics(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.metrics.count })
    var before = RowIdentity()
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for row in rows.metrics {
          let identity = RowIdentity(time: row.time, source: numbers.place(row.source))
          body.record(upTo: Self.longestRow) { out in
            identity.encode(to: &out, after: before)
            out.fixed64(row.value.bitPattern)
            out.unsigned(numbers.number(row.component))
            out.unsigned(numbers.number(row.metric))
          }
          before = identity
        }
      }
    }
  }

  private mutating func events(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.events.count })
    var before = RowIdentity()
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for event in rows.events {
          let identity = RowIdentity(
            time: event.time, request: event.request, span: event.span, parent: event.parent,
            source: numbers.place(event.source))
          body.record(upTo: Self.longestRow) { out in
            identity.encode(to: &out, after: before)
            out.byte(event.kind.rawValue)
            out.byte(event.succeeded ? 1 : 0)
            out.byte(event.attempt)
            out.byte(event.failure?.rawValue ?? 0)
            out.byte(event.severity.rawValue)
            out.fixed64(event.value.bitPattern)
            out.signed(event.latency)
            out.unsigned(numbers.number(event.component))
            out.unsigned(numbers.number(event.requestText))
            out.unsigned(numbers.number(event.subject))
            out.unsigned(numbers.number(event.operation))
            out.unsigned(numbers.number(event.message))
          }
          before = identity
        }
      }
    }
  }

  private mutating func reports(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.reports.count })
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for var report in rows.reports {
          report.source = numbers.place(report.source)
          report.encode(to: &body)
        }
      }
    }
  }

  private func count(of parts: [SegmentPart], _ rows: (Rows) -> Int) -> UInt64 {
    UInt64(parts.reduce(0) { $0 + $1.rows.reduce(0) { $0 + rows($1) } })
  }
}

extension SpanRow {
  /// Whether it failed in no way, is the first attempt and has nothing else to tell: a segment leaves these fields out then.
  @inline(__always) fileprivate var hasUsualRest: Bool {
    message.isNone && requestText.isNone && failureCode == 0 && attempt == 1 && flags.rawValue & 0xFF == 0
  }
}

/// The numbers that symbols and members have in a segment of several parts: equal texts one number, in order of first use;
/// members part after part.
private struct SegmentNumbering {
  private let parts: [SegmentPart]
  /// The symbols in use.
  private var used = SymbolTable()
  /// By part: numbers by the part's symbols, 0 where not in use yet.
  private var known: [[UInt32]]
  /// By part: from its numbers of members to those of the segment.
  private let shifts: [Int]
  /// The part at hand.
  private var part: Int?
  /// Its numbers, taken out of `known` as long.
  private var numbers: [UInt32] = []
  private var table = SymbolTable()
  private var shift = 0

  init(_ parts: [SegmentPart]) {
    self.parts = parts
    known = parts.map { Array(repeating: 0, count: $0.symbols.count) }
    var members = 0
    shifts = parts.map { part in
      defer { members += part.sources.entries.count }
      return members - part.sources.first
    }
  }

  /// Turns to the rows of a part.
  mutating func enter(_ next: Int) {
    if let part { swap(&known[part], &numbers) }
    swap(&known[next], &numbers)
    part = next
    table = parts[next].symbols
    shift = shifts[next]
  }

  @inline(__always) mutating func number(_ symbol: Symbol) -> UInt64 {
    if symbol.isNone { return 0 }
    let index = Int(symbol.index)
    if numbers[index] == 0 { numbers[index] = used.intern(table.bytes.span.extracting(table.range(symbol))).index }
    return UInt64(numbers[index])
  }

  @inline(__always) func place(_ source: SourceRef) -> SourceRef {
    shift == 0 ? source : SourceRef(member: source.member + shift, value: source.value, isLine: source.isLine)
  }

  func encodeTables(to writer: inout ByteWriter) {
    writer.unsigned(UInt64(used.count - 1))
    for index in 1..<max(1, used.count) {
      writer.blob(Array(used.bytes[used.range(Symbol(UInt32(truncatingIfNeeded: index)))]))
    }
    writer.array(parts.flatMap(\.sources.entries)) { writer, entry in
      writer.text(entry.input)
      writer.text(entry.member)
    }
  }
}
