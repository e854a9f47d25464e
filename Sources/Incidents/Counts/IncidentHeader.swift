internal import Support

/// What an encoded partial of the cascade analysis has before and behind its tables, for whoever reads or writes one.
struct IncidentHeader: Sendable {
  /// In the order of their bytes, the first of them empty.
  var texts: [String] = [""]
  /// First and last record, microseconds; empty where `first > last`.
  var first = Int64.max
  var last = Int64.min
  var events = 0

  init() {}

  /// - Throws: `DecodeFailure` where the bytes are damaged or of another version.
  init(from reader: inout ByteReader) throws(DecodeFailure) {
    guard try reader.byte() == IncidentPartial.version else {
      throw reader.failure("unknown version of a cascade partial")
    }
    texts = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    guard texts.first == "" else { throw reader.failure("names are not distinct") }
    for (text, next) in zip(texts, texts.dropFirst()) where !text.utf8.lexicographicallyPrecedes(next.utf8) {
      throw reader.failure("names are not in order")
    }
    first = try reader.signed()
    last = try reader.signed()
    events = try reader.tally()
  }

  func encode(to writer: inout ByteWriter) {
    writer.byte(IncidentPartial.version)
    writer.array(texts) { $0.text($1) }
    writer.signed(first)
    writer.signed(last)
    writer.int(events)
  }

  /// Writes the durations behind the tables, their names with their numbers there.
  static func encode(_ latency: [Int32: Sketch], to writer: inout ByteWriter) {
    writer.dictionary(latency) { writer, component, sketch in
      writer.signed(Int64(component))
      sketch.encode(to: &writer)
    }
  }

  /// Reads the durations behind the tables and merges them into others.
  ///
  /// - Parameters:
  ///   - reader: where they begin; behind them afterwards.
  ///   - map: the number here of each name there.
  ///   - latency: by the number here of each name.
  /// - Throws: `DecodeFailure` where the bytes are damaged.
  static func merge(
    from reader: inout ByteReader, _ map: [Int32], into latency: inout [Int32: Sketch]
  ) throws(DecodeFailure) {
    for _ in 0..<(try reader.count(minimumBytes: 6)) {
      let component = try reader.name(map)
      latency[component, default: Sketch()].merge(try Sketch(from: &reader))
    }
  }
}
