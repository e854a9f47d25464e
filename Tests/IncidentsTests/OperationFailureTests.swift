import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
private let second: Int64 = 1_000_000

/// An endpoint among the many of one component.
@Suite("Operations that fail")
struct OperationFailureTests {
  /// Four hours of a shop with a request a second, each twenty-fifth a payment; a few of all fail at any time.
  private func night(_ fails: (_ isPayment: Bool, _ at: Int64, _ draw: Double) -> Bool) -> IncidentFindings {
    var night = NightBuilder()
    var random = SplitMix64(seed: 5)
    for at in 0..<Int64(14400) {
      let isPayment = at % 25 == 0
      let draw = random.unit()
      var call = NightBuilder.Call(
        component: "shop", operation: isPayment ? "POST /payments" : "GET /items", duration: 9000)
      if draw < 0.004 || fails(isPayment, at, draw) { call.failure = .unavailable }
      night.request(UInt64(at + 1), at: begin + at * second, call)
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
  }

  @Test("one of a twenty-fifth of the requests that is down for forty minutes is one incident, from begin to end")
  func down() throws {
    let findings = night { isPayment, at, _ in isPayment && (6000..<8400).contains(at) }
    #expect(findings.incidents.count == 1)
    let incident = try #require(findings.incidents.first)
    #expect(incident.kind == .errorBurst)
    #expect(incident.rootCauses.first?.component == "shop")
    #expect(abs(incident.start - (begin + 6000 * second)) <= 120 * second)
    #expect(abs(incident.end - (begin + 8400 * second)) <= 120 * second)
    #expect(incident.impact.failed >= 96)
    #expect(incident.impact.entryPoints.first?.operation == "POST /payments")
  }

  @Test("so is one of which half fails")
  func half() {
    let findings = night { isPayment, at, draw in isPayment && draw < 0.5 && (6000..<8400).contains(at) }
    #expect(findings.incidents.count == 1)
  }

  @Test("of a twentieth of all requests each, failures at a steady rate are none, however thin", arguments: 1...4)
  func steady(_ seed: UInt64) {
    var night = NightBuilder()
    var random = SplitMix64(seed: seed)
    for at in 0..<Int64(28800) {
      var call = NightBuilder.Call(component: "shop", operation: "GET /\(at % 10)", duration: 9000)
      if random.unit() < 0.02 { call.failure = .unavailable }
      night.request(UInt64(at + 1), at: begin + at * second, call)
    }
    #expect(IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.isEmpty)
  }

  @Test("one user who tries the same thing five times over is none")
  func oneUser() {
    let findings = night { isPayment, at, _ in isPayment && (6000..<6125).contains(at) }
    #expect(findings.incidents.isEmpty)
  }

  @Test("what an operation always has is none, nor are some failures of a path that nobody else asks for")
  func usual() {
    #expect(night { _, _, _ in false }.incidents.isEmpty)
    #expect(night { isPayment, _, draw in isPayment && draw < 0.1 }.incidents.isEmpty)
    var night = NightBuilder()
    for at in 0..<Int64(7200) {
      let isOdd = (3600..<3606).contains(at)
      let call = NightBuilder.Call(
        component: "shop", operation: isOdd ? "GET /cgi-bin/test" : "GET /items", duration: 9000,
        failure: isOdd ? .runtime : nil)
      for other in 0..<Int64(3) where !isOdd || other == 0 {
        night.request(UInt64(3 * at + other + 1), at: begin + at * second + other, call)
      }
    }
    #expect(IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.isEmpty)
  }
}

@Suite("The slow tail of an operation")
struct UsualTailTests {
  /// Two hours of requests each thirtieth of which is slow, with five minutes of failures, and of slowness too where that is wanted.
  private func incident(slows: Bool) throws -> Incident {
    var night = NightBuilder()
    for at in 0..<Int64(7200) {
      let isTrouble = (3600..<3900).contains(at)
      let isSlow = at % 30 == 7 || isTrouble && slows && at % 3 == 0
      var call = NightBuilder.Call(component: "shop", operation: "GET /", duration: isSlow ? 900_000 : 9000 + at % 7)
      if isTrouble, at % 2 == 1 { call.failure = .unavailable }
      if at % 2 == 1, at % 30 == 7 { call.failure = nil }
      night.request(UInt64(at + 1), at: begin + at * second, call)
    }
    return try #require(
      IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.first)
  }

  @Test("is no part of what an incident made slow")
  func tail() throws {
    let plain = try incident(slows: false)
    #expect(plain.impact.failed >= 100)
    #expect(plain.impact.slow == 0)
    // Each third is slow but those that failed.
    let slow = try incident(slows: true)
    #expect((30...60).contains(slow.impact.slow))
  }

  @Test("is not what other incidents made slow")
  func twice() {
    var night = NightBuilder()
    for at in 0..<Int64(7200) {
      let isSlow = (1800..<2400).contains(at) || (4800..<5400).contains(at)
      night.request(
        UInt64(at + 1), at: begin + at * second,
        NightBuilder.Call(
          component: "shop", operation: "GET /", duration: (isSlow ? 600_000 : 50_000) + at * 7919 % 20_000))
    }
    let found = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
    #expect(found.count == 2)
    for incident in found { #expect(incident.impact.slow >= 590) }
  }
}
