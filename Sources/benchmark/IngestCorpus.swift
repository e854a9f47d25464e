// The corpora of the ingest benchmark: nights of the project's own generator, of one format or mixed, as one archive.

internal import Simulation
internal import Support

/// A corpus on disk.
struct IngestCorpus {
  static let formats = ["otlp", "otlp-lean", "jaeger", "zipkin", "events", "logs", "junit", "mixed"]

  var path: String
  /// Bytes of all members.
  var expanded: Int
  var records: Int

  /// Writes what is known of the corpus beside it.
  func save(in folder: String) throws {
    try CheckedFile.write(Array("\(path)\n\(expanded)\n\(records)\n".utf8), to: folder + "/corpus.txt")
  }

  init(path: String, expanded: Int, records: Int) {
    self.path = path
    self.expanded = expanded
    self.records = records
  }

  /// Reads what `save` wrote.
  init?(savedIn folder: String) {
    guard let bytes = try? CheckedFile.read(folder + "/corpus.txt") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 3, let expanded = Int(lines[1]), let records = Int(lines[2]) else { return nil }
    self.init(path: String(lines[0]), expanded: expanded, records: records)
  }

  /// Writes a corpus of about the wanted expanded size.
  static func make(_ format: String, megabytes: Int, filter: WorldFilter, folder: String) throws -> IngestCorpus {
    let wanted = megabytes * 1_000_000
    let path = folder + "/corpus" + filter.suffix
    var writer = SizedTar(tar: try TarWriter(path: path, filter: filter))
    if format == "junit" {
      var spec = CISpec(seed: 1)
      spec.suites = 16
      spec.testsPerSuite = 60
      spec.builds = 10
      spec.nights = 1
      var probe = SizeWriter()
      var first = CIWorld(spec)
      _ = try first.write(to: &probe)
      spec.nights = max(1, wanted / max(probe.bytes, 1))
      var world = CIWorld(spec)
      let truth = try world.write(to: &writer)
      return IngestCorpus(path: path, expanded: try writer.finish(), records: truth.cases)
    }
    var spec = WorldSpec.everyFault(seed: 1)
    let traces = WorldSpec.TraceFormat(rawValue: format == "otlp-lean" ? "otlp" : format)
    spec.formats = traces.map { [$0] } ?? (format == "logs" ? [] : [.otlp, .jaeger, .zipkin])
    // An agent's spans, as archives hold them; the lean ones show what a span costs by itself.
    spec.detail = format == "otlp-lean" ? .few : .agent
    spec.hasLogs = format == "logs" || format == "mixed"
    spec.hasMetrics = format == "mixed"
    spec.minutes = 100
    spec.rate = 1
    var probe = SizeWriter()
    _ = try ServiceNight(spec).write(to: &probe)
    spec.rate = Double(wanted) / Double(max(probe.bytes, 1))
    let truth = try ServiceNight(spec).write(to: &writer)
    let spans = spec.formats.isEmpty ? 0 : truth.spans
    return IngestCorpus(
      path: path, expanded: try writer.finish(), records: spans + truth.logLines + truth.metricPoints + truth.events)
  }
}

/// Counts bytes and keeps none.
private struct SizeWriter: MemberWriter {
  var bytes = 0

  mutating func member(_ path: String, _ content: [UInt8]) throws(WorldFailure) { bytes += content.count }
}

/// A tar archive that knows how much went into it.
private struct SizedTar: ~Copyable, MemberWriter {
  private var tar: TarWriter
  private var bytes = 0

  init(tar: consuming TarWriter) { self.tar = tar }

  mutating func member(_ path: String, _ content: [UInt8]) throws(WorldFailure) {
    bytes += content.count
    try tar.member(path, content)
  }

  consuming func finish() throws(WorldFailure) -> Int {
    let total = bytes
    try tar.finish()
    return total
  }
}
