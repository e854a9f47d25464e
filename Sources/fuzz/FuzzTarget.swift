// What is fuzzed: one target per family of parsers, each with promises that must hold for any bytes.

internal import Archives
internal import Decoders

enum FuzzTarget: String, CaseIterable {
  /// Containers and filters.
  case archives
  /// OTLP, Jaeger, Zipkin, JSON-lines logs, event lines, mapped JSON.
  case json
  /// Binary OTLP in every framing.
  case protobuf
  /// Plain log lines, and the layers around them.
  case lines
  /// Access logs of every layout, in lines and in JSON.
  case access
  /// Tables of spans, logs and readings.
  case tables
  /// Test reports in XML, of every dialect.
  case xml
  /// Test reports in JSON and TAP.
  case results
  /// What passes between the phases: segments, frames, partials.
  case segments
  /// The files that verbs open beside inputs.
  case pipeline, policies, lists, report, capture, history
  /// Partials with their checksum made right, concluded to pages.
  case partial

  /// How many times fewer inputs the short run tries: these do a night's work for each.
  var cost: Int {
    switch self {
    case .policies, .history, .partial: 30
    default: 1
    }
  }

  /// Feeds the bytes to the parsers; the promise that was broken, nil where all hold.
  func brokenPromise(_ bytes: [UInt8]) -> String? {
    // Where pieces end changes with the input, so that every place is tried some day.
    let piece = 1 + bytes.count % 97
    switch self {
    case .archives:
      if let broken = ArchiveProbe.brokenPromise(bytes) { return broken }
      let sealed = ArchiveSeal.sealed(bytes)
      return sealed == bytes ? nil : ArchiveProbe.brokenPromise(sealed).map { $0 + " (header checksums mended)" }
    case .json: return brokenPromise(bytes, piece, [.json, .mappedJSON])
    case .protobuf: return brokenPromise(bytes, piece, [.protobuf, .any])
    case .lines: return brokenPromise(bytes, piece, [.logLines, .any])
    case .access: return brokenPromise(bytes, piece, [.logLines, .any])
    case .tables: return brokenPromise(bytes, piece, [.table, .any])
    case .xml: return brokenPromise(bytes, piece, [.xml])
    case .results: return brokenPromise(bytes, piece, [.any])
    case .segments: return RecodingProbe.brokenPromise(bytes)
    case .pipeline: return OpenedFileProbe.pipeline(bytes)
    case .policies: return OpenedFileProbe.policies(bytes)
    case .lists: return OpenedFileProbe.lists(bytes)
    case .report: return OpenedFileProbe.report(bytes)
    case .capture: return OpenedFileProbe.capture(bytes)
    case .history: return OpenedFileProbe.history(bytes)
    case .partial: return OpenedFileProbe.partial(bytes)
    }
  }

  private func brokenPromise(_ bytes: [UInt8], _ piece: Int, _ probes: [DecoderProbe]) -> String? {
    for probe in probes {
      if let broken = probe.brokenPromise(bytes, piece: piece) { return "\(broken) (\(probe), pieces of \(piece))" }
    }
    return nil
  }
}
