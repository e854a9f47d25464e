/// The binary form of test records, as segments carry them.
extension TestReportFile: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(dialect)
    writer.bool(complete)
    writer.bool(recovered)
    writer.dictionary(declared) { writer, name, value in
      writer.text(name)
      writer.int(value)
    }
    writer.array(properties)
    writer.array(records)
    writer.fixed64(source.bits)
    writer.int(piece)
    writer.bool(isLast)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    dialect = try reader.text()
    complete = try reader.bool()
    recovered = try reader.bool()
    declared = try reader.dictionary { reader throws(DecodeFailure) in (try reader.text(), try reader.int()) }
    properties = try reader.array()
    records = try reader.array()
    source = SourceRef(bits: try reader.fixed64())
    piece = try reader.int()
    isLast = try reader.bool()
  }
}

extension TestRecord: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.array(suites) { $0.text($1) }
    for text in [className, name, parameters] { writer.text(text) }
    writer.byte(outcome.rawValue)
    for text in [message, failureType, stack, output] { writer.text(text) }
    writer.signed(duration)
    writer.signed(time)
    writer.bool(hasZone)
    writer.text(file)
    writer.int(line)
    writer.array(attempts)
    writer.unsigned(UInt64(marks.rawValue))
    writer.array(properties)
    writer.fixed64(source.bits)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    suites = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    className = try reader.text()
    name = try reader.text()
    parameters = try reader.text()
    outcome = try TestOutcome(from: &reader)
    message = try reader.text()
    failureType = try reader.text()
    stack = try reader.text()
    output = try reader.text()
    duration = try reader.signed()
    time = try reader.signed()
    hasZone = try reader.bool()
    file = try reader.text()
    line = try reader.int()
    attempts = try reader.array()
    marks = Marks(rawValue: UInt16(truncatingIfNeeded: try reader.unsigned()))
    properties = try reader.array()
    source = SourceRef(bits: try reader.fixed64())
  }
}

extension TestOutcome {
  init(from reader: inout ByteReader) throws(DecodeFailure) {
    guard let outcome = TestOutcome(rawValue: try reader.byte()) else { throw reader.failure("unknown test outcome") }
    self = outcome
  }
}

extension TestRecord.Attempt: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.byte(outcome.rawValue)
    for text in [message, failureType, stack] { writer.text(text) }
    writer.signed(duration)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    outcome = try TestOutcome(from: &reader)
    message = try reader.text()
    failureType = try reader.text()
    stack = try reader.text()
    duration = try reader.signed()
  }
}

extension TestRecord.Property: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(name)
    writer.text(value)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    name = try reader.text()
    value = try reader.text()
  }
}
