// Reading against plain decompression: generated corpora of every format under every filter, each phase a process of
// its own, ratios to decode-only and to public tools in the same run.

internal import Glibc
internal import Simulation
internal import Support

/// `benchmark ingest [MEGABYTES] [FORMAT…] [FILTER…]`: otlp, otlp-lean, jaeger, zipkin, events, logs, junit, mixed; none, gzip,
/// zstd, xz, bzip2.
enum IngestBenchmark {
  static func run(_ arguments: [String]) throws {
    let megabytes = arguments.first.flatMap { Int($0) } ?? 500
    let chosen = arguments.filter { IngestCorpus.formats.contains($0) }
    let named = arguments.compactMap { WorldFilter(rawValue: $0) }
    let filters = named.isEmpty ? WorldFilter.allCases : named
    let folder =
      "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-benchmark-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    BenchmarkLine.tell("medians of 3 interleaved runs, \(megabytes) MB expanded; MB is 10^6 bytes")
    for format in chosen.isEmpty ? IngestCorpus.formats : chosen {
      for filter in filters {
        try CheckedFile.makeFolder(folder)
        // A child makes the corpus: its memory would count as the peak of every later child's.
        let made = child(["make", format, "\(megabytes)", filter.rawValue, folder])
        guard made?.exitCode == 0, let corpus = IngestCorpus(savedIn: folder) else {
          BenchmarkLine.tell("\(format) \(filter.rawValue): no corpus could be made")
          continue
        }
        measure(format, filter, corpus, folder: folder)
        if filter == filters[0] { try measureScan(format, corpus, folder: folder) }
        if filter == .gzip { measureScaling(corpus, folder: folder) }
        if filter == .gzip, format == "otlp" { try measurePeers(corpus, folder: folder) }
        _ = ChildProcess.run(["rm", "-rf", folder])
      }
    }
  }

  private static func child(_ arguments: [String]) -> ChildCost? {
    ChildProcess.run(["/proc/self/exe", "ingest-phase"] + arguments)
  }

  private static func measure(_ format: String, _ filter: WorldFilter, _ corpus: IngestCorpus, folder: String) {
    var decode: [ChildCost] = []
    var tar: [ChildCost] = []
    var extract: [ChildCost] = []
    var whole: [ChildCost] = []
    // The phases take turns, so that a slow minute of the machine meets all of them.
    for _ in 0..<3 {
      if let cost = child(["decode", corpus.path]) { decode.append(cost) }
      if let cost = ChildProcess.run(["bsdtar", "-xOf", corpus.path]), cost.exitCode == 0 { tar.append(cost) }
      if let cost = child(["extract", folder + "/segments", "2", corpus.path]) { extract.append(cost) }
      _ = ChildProcess.run(["rm", "-rf", folder + "/segments"])
      if let cost = child(["run", folder + "/report", "2", corpus.path]) { whole.append(cost) }
    }
    let d = median(decode.map(\.seconds))
    let b = median(tar.map(\.seconds))
    let e = median(extract.map(\.seconds))
    let r = median(whole.map(\.seconds))
    let peak = extract.map(\.peakMemory).max() ?? 0
    let bar = 64_000_000 + 80 * corpus.records
    let exits = Set((decode + extract + whole).map(\.exitCode)).sorted()
    BenchmarkLine.tell(
      """
      \(format) \(filter.rawValue): \(corpus.records) records, \(corpus.expanded / 1_000_000) MB; exits \(exits)
        decode only \(fixed(d)) s; \
      \(tar.isEmpty ? "bsdtar COULD NOT RUN, nothing is compared with it" : "bsdtar -xOf \(fixed(b)) s")
        extract \(fixed(e)) s: x\(fixed(e / d)) decode, x\(fixed(e / b)) bsdtar, \
      \(rate(corpus.expanded, e)) MB/s, \(Int(Double(corpus.records) / e)) records/s
        peak of extract \(peak / 1_000_000) MB, \(peak / max(corpus.records, 1)) B/record; bar of 64 MB + 80 B/record: \
      \(bar / 1_000_000) MB \(peak <= bar ? "held" : "MISSED")
        whole run \(fixed(r)) s: x\(fixed(r / b)) bsdtar, peak \((whole.map(\.peakMemory).max() ?? 0) / 1_000_000) MB
      """)
  }

  /// Decoding alone, from memory, on one core.
  private static func measureScan(_ format: String, _ corpus: IngestCorpus, folder: String) throws {
    guard child(["scan", corpus.path, folder + "/scan.txt"])?.exitCode == 0 else { return }
    let text = String(decoding: try CheckedFile.read(folder + "/scan.txt"), as: UTF8.self)
    let bars = ["otlp": 1400.0, "logs": 200, "junit": 120]
    guard let rate = Double(text).map({ $0 / 1e6 }) else { return }
    let judged = bars[format].map { "; bar \(Int($0)): \(rate >= $0 ? "held" : "MISSED")" } ?? ""
    BenchmarkLine.tell("  scanning alone, one core: \(Int(rate)) MB/s\(judged)")
  }

  /// One archive on one core and on two, two archives on two.
  private static func measureScaling(_ corpus: IngestCorpus, folder: String) {
    let twin = folder + "/twin-of-the-corpus.tar.gz"
    guard ChildProcess.run(["cp", corpus.path, twin])?.exitCode == 0 else { return }
    var seconds: [[Double]] = [[], [], []]
    for _ in 0..<3 {
      for (i, arguments) in [["1", corpus.path], ["2", corpus.path], ["2", corpus.path, twin]].enumerated() {
        if let cost = child(["extract", folder + "/segments"] + arguments) { seconds[i].append(cost.seconds) }
        _ = ChildProcess.run(["rm", "-rf", folder + "/segments"])
      }
    }
    let (one, overlapped, two) = (median(seconds[0]), median(seconds[1]), median(seconds[2]))
    BenchmarkLine.tell(
      """
        extract, one archive: \(fixed(one)) s on one core, \(fixed(overlapped)) s on two; two archives on two: \
      \(fixed(two)) s, x\(fixed(2 * one / two)) the throughput of one core (bar 1.8), x\(fixed(2 * overlapped / two)) \
      of one archive on two
      """)
  }

  private static func measurePeers(_ corpus: IngestCorpus, folder: String) throws {
    let whole = median((0..<3).compactMap { _ in child(["run", folder + "/report", "2", corpus.path])?.seconds })
    for peer in IngestPeer.all {
      switch try peer.measure(corpus, folder: folder) {
      case .notInstalled:
        BenchmarkLine.tell("  \(peer.name): COULD NOT RUN, not installed; nothing is compared with it")
      case .failed(let reason):
        BenchmarkLine.tell("  \(peer.name): COULD NOT RUN, \(reason); nothing is compared with it")
      case .ran(let costs):
        let seconds = median(costs.map(\.seconds))
        BenchmarkLine.tell(
          "  \(peer.name): \(fixed(seconds)) s, \((costs.map(\.peakMemory).max() ?? 0) / 1_000_000) MB; "
            + "the whole run \(fixed(whole)) s is x\(fixed(seconds / whole)) as fast (bar 5)")
      }
    }
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }

  private static func rate(_ bytes: Int, _ seconds: Double) -> Int { Int(Double(bytes) / seconds / 1e6) }

  private static func fixed(_ value: Double) -> String {
    value.isFinite ? String(Double(Int(value * 1000)) / 1000) : "-"
  }
}
