package import Support

/// What a record says, as facts: the line that reports show of it is made by `Reports/Wording`.
package struct RecordQuote: Hashable, Comparable, Sendable {
  /// A number that the record bears.
  package enum Measure: Hashable, Comparable, Sendable {
    /// The record's time from start to end, in µs.
    case took(Int64)
    /// The part of it that was spent in the component itself, without what it called, in µs.
    case ownTime(Int64)
    /// A metric's readings within a minute, and their mean, in the metric's unit.
    case readings(Int, mean: Double)
  }

  /// What it is about: an operation, a metric, an event's kind; empty where it has none.
  package var subject: ForeignText
  package var failure: FailureKind?
  package var measure: Measure?
  /// Its own words, at most `bound` characters; empty where it has none.
  package var message: ForeignText

  package init(
    subject: ForeignText = "", failure: FailureKind? = nil, measure: Measure? = nil, message: ForeignText = ""
  ) {
    self.subject = subject
    self.failure = failure
    self.measure = measure
    self.message = message
  }

  package var isEmpty: Bool { subject.isEmpty && failure == nil && measure == nil && message.isEmpty }

  /// Longest text that is quoted of a record, in characters.
  package static let bound = 200

  /// A text cut to the length of a quote: where it tells a chain of causes that is too long, its beginning and the innermost of them,
  /// for what is between says only who passed it on.
  package static func bounded(_ text: String, to bound: Int = bound) -> String {
    guard text.count > bound else { return text }
    guard let inner = innermostCause(text) else { return String(text.prefix(bound - 1)) + "…" }
    let rest = text[inner...]
    let most = bound - bound / 4
    let tail = rest.count <= most ? String(rest) : String(rest.prefix(most - 1)) + "…"
    return text.prefix(bound - 1 - tail.count) + "…" + tail
  }

  /// What stands before a cause in a chain: Spring's nested exceptions and Java's stack traces, which tell the innermost last.
  private static let causeMarks: [[UInt8]] = ["nested exception is ", "Caused by: "].map { Array($0.utf8) }

  private static func innermostCause(_ text: String) -> String.Index? {
    let bytes = text.utf8
    var last: String.Index?
    for mark in causeMarks {
      var from = bytes.startIndex
      while let found = bytes[from...].firstRange(of: mark) {
        if last.map({ found.upperBound > $0 }) ?? true { last = found.upperBound }
        from = found.upperBound
      }
    }
    return last == text.endIndex ? nil : last
  }

  package static func < (a: RecordQuote, b: RecordQuote) -> Bool {
    if (a.subject, a.message) != (b.subject, b.message) { return (a.subject, a.message) < (b.subject, b.message) }
    if a.failure != b.failure { return (a.failure?.rawValue ?? 0) < (b.failure?.rawValue ?? 0) }
    guard let left = a.measure, let right = b.measure else { return a.measure == nil && b.measure != nil }
    return left < right
  }
}

extension RecordQuote: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(subject.text)
    writer.byte(failure?.rawValue ?? 0)
    switch measure {
    case nil: writer.byte(0)
    case .took(let duration):
      writer.byte(1)
      writer.signed(duration)
    case .ownTime(let duration):
      writer.byte(2)
      writer.signed(duration)
    case .readings(let count, let mean):
      writer.byte(3)
      writer.int(count)
      writer.fixed64(mean.bitPattern)
    }
    writer.text(message.text)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    subject = ForeignText(try reader.text())
    failure = FailureKind(rawValue: try reader.byte())
    switch try reader.byte() {
    case 0: measure = nil
    case 1: measure = .took(try reader.signed())
    case 2: measure = .ownTime(try reader.signed())
    case 3: measure = .readings(try reader.int(), mean: Double(bitPattern: try reader.fixed64()))
    default: throw reader.failure("unknown kind of measure")
    }
    message = ForeignText(try reader.text())
  }
}
