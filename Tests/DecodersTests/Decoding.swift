import Decoders
import Model
import Support
import TestSupport
import Testing

/// Decodes one member, fed in pieces of a given size.
func decode(
  _ bytes: [UInt8], piece: Int = 1 << 20, settings: DecoderSettings = DecoderSettings(), member: String = "m",
  complete: Bool = true
) -> RecordBatch {
  var batch = RecordBatch()
  var decoder = MemberDecoder(input: "in", member: member, settings: settings, batch: &batch)
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + piece)
    decoder.feed(bytes.span.extracting(start..<end), into: &batch)
    start = end
  }
  decoder.finish(complete: complete, into: &batch)
  return batch
}

func decode(
  _ text: String, piece: Int = 1 << 20, settings: DecoderSettings = DecoderSettings(), member: String = "m"
) -> RecordBatch {
  decode(Array(text.utf8), piece: piece, settings: settings, member: member)
}

/// Expects a record, written twelve times, to be read as log records and as no request.
func expectLogs(_ record: String, at place: Testing.SourceLocation = #_sourceLocation) {
  let batch = decode(Array(repeating: record, count: 12).joined(separator: "\n") + "\n")
  #expect(batch.isBalanced, sourceLocation: place)
  #expect(batch.spans.isEmpty, sourceLocation: place)
  #expect(batch.logs.count == 12, sourceLocation: place)
}

/// A span with its texts, comparable without a symbol table and without its place.
struct PlainSpan: Hashable, CustomStringConvertible {
  var description: String
}

extension RecordBatch {
  func text(_ symbol: Symbol) -> String { symbols.text(symbol) }

  /// Everything a span holds but its place.
  var plainSpans: [PlainSpan] {
    spans.map { s in
      let texts = [
        s.traceText, s.service, s.operation, s.errorType, s.message, s.peerService, s.serverAddress, s.peerSystem,
        s.peerResource,
      ].map(text)
      return PlainSpan(
        description: "\(s.trace.hex) \(hexText(s.span)) \(hexText(s.parent)) \(s.start) \(s.duration) \(s.kind) "
          + "\(s.status) \(s.httpStatus) \(s.grpcStatus) \(s.resendCount) \(s.flags.rawValue) \(texts)")
    }
  }

  /// Everything a log line holds but its place.
  var plainLogs: [String] {
    logs.map { l in
      "\(l.time) \(text(l.component)) \(l.request.hex) \(text(l.requestText)) \(hexText(l.span)) \(l.severity) "
        + message(l)
    }
  }

  func message(_ log: LogLine) -> String {
    String(decoding: text[log.textStart..<log.textStart + log.textCount], as: UTF8.self)
  }

  var codes: [String] { diagnostics.sorted.map(\.code) }

  var services: Set<String> { Set(spans.map { text($0.service) }) }

  /// Whether read = used + skipped.
  var isBalanced: Bool { recordCounts.records == recordCounts.used + recordCounts.skippedTotal }
}

extension Corpus {
  /// The bytes of a corpus file.
  static func bytes(_ relative: String) throws -> [UInt8] { try FileBytes.read(path(relative)) }
}
