// Inputs of which ten times as much can be made, in one way or another.

internal import Simulation
internal import Support

/// One input of a size, and how to write it.
struct LinearityInput {
  var name: String
  /// Into how many partitions it is read.
  var partitions = 16
  /// Writes it below a folder that exists: where it lies, and how many records it has.
  var write: (_ folder: String) throws -> (path: String, records: Int)

  /// A group of inputs: the first one, and others that are each ten times as much of it.
  typealias Family = [LinearityInput]

  /// Generated nights of services, of the same components.
  static func nights(minutes: Int) -> Family {
    func input(_ name: String, minutes: Int, rate: Double, faults: Int) -> LinearityInput {
      LinearityInput(name: name, partitions: 1) { folder in
        var spec = WorldSpec(seed: 4)
        spec.minutes = minutes
        spec.rate = rate
        spec.components = 24
        let kinds: [Fault.Kind] = [.errorOutage, .slowdown, .callerTimeouts, .networkDelay, .toleratedBurst]
        spec.faults = (0..<faults).flatMap { _ in kinds.map { .one($0) } }
        spec.faultMinutes = Double(minutes) / Double(4 * kinds.count)
        let (path, truth) = try World.writeServiceNight(spec, to: folder)
        return (path, truth.spans)
      }
    }
    return [
      input("a service night", minutes: minutes, rate: 1, faults: 1),
      input("ten times as long", minutes: 10 * minutes, rate: 1, faults: 10),
      input("ten times as busy", minutes: minutes, rate: 10, faults: 1),
    ]
  }

  /// CI nights of a matrix, every second build with reruns of what failed.
  static func matrices() -> Family {
    func input(_ name: String, builds: Int = 6, cells: Int = 6, suites: Int = 16) -> LinearityInput {
      LinearityInput(name: name) { folder in
        var spec = CISpec(seed: 4)
        spec.nights = 1
        spec.builds = builds
        spec.configurations = (0..<cells).map { "system-\($0 % 10)-jdk\(8 + $0 / 10)" }
        spec.suites = suites
        spec.testsPerSuite = 40
        return try archive(in: folder) { writer throws(WorldFailure) in
          var world = CIWorld(spec)
          return try world.write(to: &writer).cases
        }
      }
    }
    return [
      input("a JUnit night of a matrix"), input("ten times the builds", builds: 60),
      input("ten times the configurations", cells: 60), input("ten times the suites", suites: 160),
    ]
  }

  /// One build's reports in which every test is written again and again, as runners do that repeat tests.
  static func repetitions() -> Family {
    func input(_ name: String, times: Int = 20, tests: Int = 40) -> LinearityInput {
      LinearityInput(name: name) { folder in
        try archive(in: folder) { writer throws(WorldFailure) in
          let suites = 30
          for suite in 0..<suites {
            var text: [UInt8] = []
            text += Array(
              "<testsuite name=\"com.example.Repeated\(suite)Test\" timestamp=\"2026-01-02T01:00:00Z\">\n".utf8)
            for time in 0..<times {
              for test in 0..<tests {
                text += Array(
                  "<testcase classname=\"com.example.Repeated\(suite)Test\" name=\"test\(test)\" time=\"0.01\"".utf8)
                let fails = (time * 31 + test * 17 + suite) % 50 == 0
                let rest = fails ? "><failure message=\"expected 1 but was \(time)\">at X</failure></testcase>" : "/>"
                text += Array((rest + "\n").utf8)
              }
            }
            text += Array("</testsuite>\n".utf8)
            try writer.member("build-1/TEST-com.example.Repeated\(suite)Test.xml", text)
          }
          return suites * times * tests
        }
      }
    }
    return [
      input("a build of repeated tests"), input("ten times the repetitions", times: 200),
      input("ten times the tests", tests: 400),
    ]
  }

  /// An archive of very many small members, a log and a trace by turns.
  static func members() -> Family {
    func input(_ name: String, members: Int = 3_000, lines: Int = 10) -> LinearityInput {
      LinearityInput(name: name) { folder in
        try archive(in: folder) { writer throws(WorldFailure) in
          for member in 0..<members {
            let start = 1_767_315_600_000_000 + Int64(member) * 1_000_000
            var text: [UInt8] = []
            for line in 0..<lines {
              let time = start + Int64(line) * 50_000
              if member % 2 == 0 {
                text += Array(
                  "\(Timestamp(time).rfc3339) \(line % 7 == 0 ? "WARN" : "INFO") served order \(member * 31 + line)\n"
                    .utf8)
              } else {
                let id = String(hexText(StableHash.mix(UInt64(member) << 20 | UInt64(line + 1))))
                text += Array(
                  "{\"traceId\":\"\(id)\",\"id\":\"\(id)\",\"name\":\"get\",\"timestamp\":\(time),\"duration\":900,\"localEndpoint\":{\"serviceName\":\"web-\(member % 20)\"}}\n"
                    .utf8)
              }
            }
            try writer.member("night/pod-\(member)/\(member % 2 == 0 ? "app.log" : "spans.json")", text)
          }
          return members * lines
        }
      }
    }
    return [
      input("an archive of small members"), input("ten times the members", members: 30_000),
      input("members ten times as large", lines: 100),
    ]
  }

  private static func archive(
    in folder: String, _ write: (inout TarWriter) throws(WorldFailure) -> Int
  ) throws -> (path: String, records: Int) {
    let path = folder + "/input.tar"
    var writer = try TarWriter(path: path, filter: .none)
    let records = try write(&writer)
    try writer.finish()
    return (path, records)
  }
}
