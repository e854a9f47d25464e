package import Support

/// One record that a claim rests on.
package struct Evidence: Hashable, Comparable, Sendable {
  package var location: SourceLocation
  /// The request's id as text, empty where the record has none.
  package var request: ForeignName
  /// What the record says, masked and bounded; empty where there is nothing to quote.
  package var quote: RecordQuote
  /// When what it records began and how long it took, microseconds; nil where that is not told.
  package var time: Int64?
  package var duration: Int64?

  package init(
    _ location: SourceLocation, request: ForeignName = "", quote: RecordQuote = RecordQuote(), time: Int64? = nil,
    duration: Int64? = nil
  ) {
    self.location = location
    self.request = request
    self.quote = quote
    self.time = time
    self.duration = duration
  }

  /// Whether any of what it records lies in a time, microseconds; so where its time is not told.
  package func touches(_ range: ClosedRange<Int64>) -> Bool {
    guard let time else { return true }
    return time <= range.upperBound && time.addingSaturated(max(duration ?? 0, 0)) >= range.lowerBound
  }

  package static func < (a: Evidence, b: Evidence) -> Bool {
    (a.location, a.request, a.quote) < (b.location, b.request, b.quote)
  }
}

extension Evidence: BinaryCodable {
  /// Set beside the kind of position where the quote holds more than a message: most have none or only that.
  private static var isWholeQuote: UInt8 { 4 }

  package func encode(to writer: inout ByteWriter) {
    writer.text(location.input)
    writer.text(location.member)
    let isWhole = quote != RecordQuote(message: quote.message)
    let flag = isWhole ? Self.isWholeQuote : 0
    switch location.position {
    case .line(let line):
      writer.byte(1 | flag)
      writer.int(line)
    case .offset(let offset):
      writer.byte(2 | flag)
      writer.int(offset)
    case .whole: writer.byte(flag)
    }
    writer.text(request.text)
    if isWhole { quote.encode(to: &writer) } else { writer.text(quote.message.text) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    let input = try reader.text()
    let member = try reader.text()
    let position: SourceLocation.Position
    let kind = try reader.byte()
    switch kind & ~Self.isWholeQuote {
    case 0: position = .whole
    case 1: position = .line(try reader.int())
    case 2: position = .offset(try reader.int())
    default: throw reader.failure("unknown kind of position")
    }
    location = SourceLocation(input: input, member: member, position: position)
    request = ForeignName(try reader.text())
    quote =
      kind & Self.isWholeQuote != 0
      ? try RecordQuote(from: &reader) : RecordQuote(message: ForeignText(try reader.text()))
  }
}

/// Quantiles of a sketch as reports print them, microseconds.
package struct LatencySummary: Hashable, Sendable {
  package var p50: Int64
  package var p95: Int64
  package var p99: Int64
  package var count: Int

  package init?(_ sketch: Sketch) {
    guard let p50 = sketch.quantile(0.5), let p95 = sketch.quantile(0.95), let p99 = sketch.quantile(0.99) else {
      return nil
    }
    self.p50 = p50
    self.p95 = p95
    self.p99 = p99
    count = sketch.count
  }
}
