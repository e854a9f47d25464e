// A night of tasks that crash, hang and come back, with known causes: what supervisors of other settings would have given.
internal import Glibc
package import Policies
package import Support

/// What a generated night of tasks is made from. Equal specs give equal bytes. Times are seconds.
package struct TaskSpec: Hashable, Sendable {
  package var seed: UInt64
  package var tasks = ["importer", "indexer", "mailer", "nightly-report", "test-runner"]
  package var hours = 8.0
  /// Between troubles of one task, in the mean.
  package var quiet = 1500.0
  /// Length of a cause: median, and the standard deviation of its logarithm.
  package var cause = 20.0
  package var spread = 1.2
  /// The share of troubles in which a task falls silent instead of ending.
  package var silent = 0.1
  package var heartbeat = 30.0
  package var startUp = 1.5
  /// What the log's own supervisor waits before each restart.
  package var delay = 30.0
  /// Microseconds since the epoch: 2026-01-01T00:00:00Z.
  package var start: Int64 = 1_767_225_600_000_000
  package init(seed: UInt64) { self.seed = seed }
}

/// Plays a night of tasks under supervisors.
package struct TaskWorld: Sendable {
  private struct Trouble {
    var begin: Double
    var cause: Double
    var isSilent: Bool
    /// How long each start that fails runs.
    var run: Double
    var isKilled: Bool
  }

  package let spec: TaskSpec
  private let troubles: [[Trouble]]

  package init(_ spec: TaskSpec) {
    self.spec = spec
    var random = SplitMix64(seed: StableHash.mix(spec.seed))
    troubles = spec.tasks.map { _ in
      var list: [Trouble] = []
      var time = 60.0
      while true {
        time += -log(1 - random.unit()) * spec.quiet
        guard time < spec.hours * 3600 - 300 else { break }
        let normal = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit())
        let isSilent = random.unit() < spec.silent
        let cause = isSilent ? 200 + 300 * random.unit() : spec.cause * exp(spec.spread * normal)
        list.append(
          Trouble(
            begin: time, cause: cause, isSilent: isSilent, run: 0.5 + 2 * random.unit(), isKilled: random.unit() < 0.2))
        time += cause + 120
      }
      return list
    }
  }

  /// When a task ends, why, and when it is back.
  private struct Way {
    var ends: [(at: Double, reason: String)] = []
    /// When it was alive: from the first sign to the last moment.
    var alive: [Range<Double>] = []
  }

  /// One task's night where a restart waits `delay(k)`, the k-th within `period`.
  private func way(_ task: Int, watch: Double?, period: Double, delay: (Int) -> Double) -> Way {
    var way = Way()
    var restarts: [Double] = []
    func wait(at time: Double) -> Double {
      restarts.removeAll { $0 < time - period }
      restarts.append(time)
      return delay(restarts.count)
    }
    let night = spec.hours * 3600
    var up = 0.0
    for trouble in troubles[task] where trouble.begin > up {
      way.alive.append(up..<trouble.begin)
      if trouble.isSilent {
        let back = trouble.begin + trouble.cause
        up = min(back, watch.map { trouble.begin + $0 + wait(at: trouble.begin + $0) + spec.startUp } ?? back)
        continue
      }
      var end = trouble.begin
      while true {
        way.ends.append((end, trouble.isKilled ? "killed" : "error"))
        let start = end + wait(at: end)
        up = start + spec.startUp
        if start >= trouble.begin + trouble.cause || up > night { break }
        way.alive.append(up..<up + trouble.run)
        end = up + trouble.run
      }
    }
    if up < night { way.alive.append(up..<night) }
    return way
  }

  private func availability(_ ways: [Way]) -> Double {
    let night = spec.hours * 3600
    let up = ways.reduce(0) { $0 + $1.alive.reduce(0) { $0 + max(min($1.upperBound, night) - $1.lowerBound, 0) } }
    return up / (night * Double(ways.count))
  }

  /// The share of the tasks' time in which they would have been up.
  ///
  /// - Parameters:
  ///   - backoff: the waits before restarts, counted within ten minutes.
  ///   - watch: how long silence is borne, microseconds; nil for ever.
  /// - Returns: the share.
  package func availability(_ backoff: Backoff, watch: Int64?) -> Double {
    availability(
      spec.tasks.indices.map {
        way($0, watch: watch.map { Double($0) / 1e6 }, period: 600) { k in
          var memory = Backoff.Memory()
          return Double(backoff.delay(k, u: 0.5, memory: &memory)) / 1e6
        }
      })
  }

  /// The share as it was.
  package var logged: Double { availability(Backoff(.fixed(Int64(spec.delay * 1e6))), watch: nil) }

  /// Writes the night, and what each of the shipped candidates would truly have given.
  package func write(to writer: inout some MemberWriter & ~Copyable) throws(WorldFailure) -> JSONValue {
    try writer.member("tasks.jsonl", lines)
    var truth: [String: JSONValue] = ["logged": .double(logged)]
    for candidate in Samples.taskCandidates {
      truth[candidate.name] = .double(availability(candidate.backoff, watch: candidate.watch))
    }
    return .object(["availability": .object(truth)])
  }

  /// The night as event lines.
  package var lines: [UInt8] {
    var lines: [(at: Double, task: Int, text: String)] = []
    for task in spec.tasks.indices {
      let way = way(task, watch: nil, period: 600) { _ in spec.delay }
      for span in way.alive {
        for at in stride(from: span.lowerBound, to: min(span.upperBound, spec.hours * 3600), by: spec.heartbeat) {
          lines.append((at, task, #""kind":"heartbeat"}"#))
        }
      }
      for end in way.ends {
        lines.append((end.at, task, #""kind":"childCrashed"}"#))
        lines.append((end.at + 0.002, task, #""kind":"childExited","reason":"\#(end.reason)"}"#))
      }
    }
    lines.sort { ($0.at, $0.task, $0.text) < ($1.at, $1.task, $1.text) }
    var text = ""
    for line in lines {
      let time = Timestamp(spec.start + Int64((line.at * 1e6).rounded())).rfc3339
      text += #"{"time":"\#(time)","component":"\#(spec.tasks[line.task])","# + line.text + "\n"
    }
    return Array(text.utf8)
  }
}
