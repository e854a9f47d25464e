// Detectors step by step, with settings as a pipeline file has them, from the tables in Cases/.
import Incidents
import Support
import TestSupport
import Testing

@Suite("Detector cases")
struct DetectorCaseTests {
  /// A section of one level, as `{ key: value, … }`, as a tree.
  private func section(_ text: String) -> ConfigNode {
    let entries = text.trimmingPrefix("{").split(separator: ",").map { part -> ConfigNode.Entry in
      let sides = part.split(separator: ":").map { $0.filter { $0 != " " && $0 != "}" } }
      return ConfigNode.Entry(
        key: sides.first ?? "", line: 1, column: 1, value: ConfigNode(.scalar(sides.count > 1 ? sides[1] : "")))
    }
    return ConfigNode(.map(entries))
  }

  private func settings(_ config: ConfigNode) -> IncidentSettings {
    var problems: [ConfigProblem] = []
    let settings = IncidentSettings(config: config, problems: &problems)
    #expect(problems.map(\.message) == [])
    return settings
  }

  @Test("cascades", arguments: TestCase.all("cascades"))
  func cascades(of one: TestCase) throws {
    var detector = CascadeDetector(settings: settings(section(try #require(one.value("reflex")))))
    let requests = one.rows(after: "requests")
    #expect(!requests.isEmpty)
    for request in requests {
      let time = try #require(Int64(request[0])) * 1000
      let alarm = detector.finish(request[1], at: time, succeeded: request[2] == "ok")
      #expect((alarm != nil) == (request.last == "alarm"), "\(one.title): \(request.joined(separator: " "))")
    }
  }

  @Test("breakers", arguments: TestCase.all("breakers"))
  func breakers(of one: TestCase) throws {
    let node = ConfigNode.Entry(key: "breaker", line: 1, column: 1, value: section(try #require(one.value("breaker"))))
    var breaker = CircuitBreaker(settings(ConfigNode(.map([node]))).breaker)
    let steps = one.rows(after: "steps")
    #expect(!steps.isEmpty)
    for step in steps {
      let time = try #require(Int64(step[0])) * 1000
      switch step[1] {
      case "fail", "ok":
        breaker.record(failed: step[1] == "fail", duration: 0, at: time)
      default:
        let isAdmitted = breaker.tryAcquire(at: time)
        #expect(isAdmitted == (step[2] == "admitted"), "\(one.title): \(step.joined(separator: " "))")
        continue
      }
      #expect("\(breaker.state)" == step[2], "\(one.title): \(step.joined(separator: " "))")
    }
  }

  @Test("the tables are there") func tables() {
    for name in ["cascades", "breakers"] { #expect(TestCase.all(name).count >= 4, "\(name)") }
  }
}
