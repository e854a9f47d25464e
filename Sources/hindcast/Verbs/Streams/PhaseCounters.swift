// What a phase came to, as one JSON line on standard error: for drivers that add it up.

internal import Glibc
internal import Model
internal import Runs
internal import Support

/// The counters of one call of a phase.
struct PhaseCounters {
  private let phase: String
  private var inputs: [InputOutcome]
  /// Bytes that it wrote, and intermediates that it read.
  var written = 0
  var read = 0
  var intermediates = 0

  init(_ phase: String, _ outcomes: [InputOutcome] = []) {
    self.phase = phase
    inputs = outcomes
  }

  mutating func take(_ outcomes: [InputOutcome]) { inputs = outcomes }

  /// Counts an intermediate that was read.
  mutating func count(_ bytes: Int) {
    intermediates += 1
    read += bytes
  }

  /// Tells the line.
  func tell() {
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let cpu =
      1000 * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000
    let line: JSONValue = .object([
      "phase": .string(phase), "inputs": .int(inputs.count), "stored": .int(inputs.reduce(0) { $0 + $1.bytes }),
      "expanded": .int(inputs.reduce(0) { $0 + $1.memberCounts.reduce(0) { $0 + $1.bytes } }),
      "records": .int(inputs.reduce(0) { $0 + $1.recordCounts.records }),
      "used": .int(inputs.reduce(0) { $0 + $1.recordCounts.used }),
      "partlyUnread": .int(inputs.reduce(0) { $0 + ($1.isPartlyUnread ? 1 : 0) }),
      "intermediates": .int(intermediates), "read": .int(read), "written": .int(written),
      "cpuMs": .int(cpu), "peakBytes": .int(usage.ru_maxrss * 1024),
    ])
    Console.tell(line.canonical)
  }
}
