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
    72 * rows.spans.count + 48 * rows.logs.count + 32 * rows.metrics.count + 80 * rows.events.count
  }

  /// More bytes than any row takes: an event has six fields of eight, two times and five symbols of up to ten, five of one.
  private static let longestRow = 192

  private mutating func spans(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.spans.count })
    var previous: Int64 = 0
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for row in rows.spans {
          body.record(upTo: Self.longestRow) { out in
            out.fixed64(row.request.high)
            out.fixed64(row.request.low)
            out.fixed64(row.span)
            out.fixed64(row.parent)
            out.signed(row.start &- previous)
            out.signed(row.duration)
            out.fixed64(numbers.place(row.source).bits)
            out.unsigned(numbers.number(row.component))
            out.unsigned(numbers.number(row.operation))
            out.unsigned(numbers.number(row.peer))
            out.unsigned(numbers.number(row.message))
            out.unsigned(numbers.number(row.requestText))
            // The kind's highest bits say that the evidence of retries follows the row, that it is untimed, that a weight follows, that
            // it may bear its callee's name.
            var marks: UInt8 = (row.retryEvidence == .none ? 0 : 0x80) | (row.weight == .one ? 0 : 0x20)
            if row.flags.contains(.maybeCallee) { marks |= 0x10 }
            out.byte(row.kind.rawValue | marks | (row.flags.contains(.untimed) ? 0x40 : 0))
            out.byte(row.failureCode)
            out.byte(row.attempt)
            out.byte(UInt8(truncatingIfNeeded: row.flags.rawValue))
            if row.weight != .one { out.unsigned(UInt64(row.weight.code)) }
            if row.retryEvidence != .none { out.unsigned(UInt64(row.retryEvidence.rawValue)) }
          }
          previous = row.start
        }
      }
    }
  }

  private mutating func logs(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.logs.count })
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for row in rows.logs {
          body.record(upTo: Self.longestRow) { out in
            out.signed(row.time)
            out.fixed64(row.request.high)
            out.fixed64(row.request.low)
            out.fixed64(row.span)
            out.fixed64(numbers.place(row.source).bits)
            out.unsigned(numbers.number(row.component))
            out.unsigned(numbers.number(row.message))
            out.byte(row.severity.rawValue | (row.took != 0 ? 0x80 : 0))
            if row.took != 0 { out.unsigned(UInt64(row.took)) }
          }
        }
      }
    }
  }

  private mutating func metrics(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.metrics.count })
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for row in rows.metrics {
          body.record(upTo: Self.longestRow) { out in
            out.signed(row.time)
            out.fixed64(row.value.bitPattern)
            out.fixed64(numbers.place(row.source).bits)
            out.unsigned(numbers.number(row.component))
            out.unsigned(numbers.number(row.metric))
          }
        }
      }
    }
  }

  private mutating func events(_ parts: [SegmentPart], _ numbers: inout SegmentNumbering) {
    body.unsigned(count(of: parts) { $0.events.count })
    for part in parts.indices {
      numbers.enter(part)
      for rows in parts[part].rows {
        for event in rows.events {
          body.record(upTo: Self.longestRow) { out in
            out.signed(event.time)
            out.fixed64(event.request.high)
            out.fixed64(event.request.low)
            out.fixed64(event.span)
            out.fixed64(event.parent)
            out.byte(event.kind.rawValue)
            out.byte(event.succeeded ? 1 : 0)
            out.byte(event.attempt)
            out.byte(event.failure?.rawValue ?? 0)
            out.byte(event.severity.rawValue)
            out.fixed64(event.value.bitPattern)
            out.signed(event.latency)
            out.fixed64(numbers.place(event.source).bits)
            out.unsigned(numbers.number(event.component))
            out.unsigned(numbers.number(event.requestText))
            out.unsigned(numbers.number(event.subject))
            out.unsigned(numbers.number(event.operation))
            out.unsigned(numbers.number(event.message))
          }
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
