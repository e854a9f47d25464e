// How fast log templates are learned on one core, and in how much memory: the verb `templates` in a process of its own.

internal import Glibc
internal import Simulation
internal import Verbs

/// `benchmark templates [LINES | FILE…]`: generated logs of one to many statements, or the given files.
enum TemplateBenchmark {
  private static let seeds: [UInt64] = [1, 2, 3]

  static func run(_ arguments: [String]) throws {
    let files = arguments.filter { Int($0) == nil }
    let lines = arguments.compactMap { Int($0) }.first ?? 600_000
    BenchmarkLine.tell("log | lines MB | median of 3: processor s, wall s | lines/s of one core | peak MB | exits")
    if !files.isEmpty {
      for file in files { measure(file, name: file, lines: count(file), bytes: size(file)) }
      return
    }
    let folder =
      "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-templates-\(getpid())"
    _ = ChildProcess.run(["mkdir", "-p", folder])
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    for (seed, statements) in zip(seeds, [40, 400, 4000]) {
      var spec = LogSpec(seed: seed)
      spec.lines = lines
      spec.statements = statements
      var world = LogWorld(spec)
      let path = folder + "/night.log"
      let bytes = try world.write(to: path)
      measure(path, name: "\(statements) statements, seed \(seed)", lines: lines, bytes: bytes)
    }
  }

  /// The measured process: the verb itself, its rows thrown away by the parent.
  static func phase(_ arguments: [String]) -> Int32 {
    guard let path = arguments.first else { return 64 }
    return TemplateVerb.templates(lines: path)
  }

  private static func measure(_ path: String, name: String, lines: Int, bytes: Int) {
    var costs: [ChildCost] = []
    for _ in 0..<3 {
      if let cost = ChildProcess.run(["/proc/self/exe", "templates-phase", path]) { costs.append(cost) }
    }
    let processor = median(costs.map(\.processorSeconds))
    let peak = costs.map(\.peakMemory).max() ?? 0
    BenchmarkLine.tell(
      "\(name) | \(lines) \(bytes / 1_000_000) | \(fixed(processor)), \(fixed(median(costs.map(\.seconds)))) | "
        + "\(Int(Double(lines) / max(processor, 1e-9))) | \(peak / 1_000_000) | \(Set(costs.map(\.exitCode)).sorted())")
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }

  private static func fixed(_ value: Double) -> String {
    value.isFinite ? String(Double(Int(value * 1000)) / 1000) : "-"
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Line feeds, and a last line without one.
  private static func count(_ path: String) -> Int {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var lines = 0
    var last: UInt8 = 0x0A
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard got > 0 else { break }
      for i in 0..<got where buffer[i] == 0x0A { lines += 1 }
      last = buffer[got - 1]
    }
    return last == 0x0A ? lines : lines + 1
  }
}
