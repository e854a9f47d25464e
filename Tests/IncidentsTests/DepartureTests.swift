import Incidents
import Model
import Testing

/// Stretches in which components run another way: when they begin, what is one of them, and what only looks like one.
@Suite("Departures")
struct DepartureTests {
  private static let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

  private func conclude(_ night: NightBuilder) -> IncidentFindings {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
  }

  @Test("what is there and usually is not says to the second when it began")
  func onset() throws {
    let night = NightBuilder.shop { root, second in
      guard (617..<720).contains(second) else { return }
      root.calls.removeLast()
      root.errors = ["out of stock slips"]
    }
    let incident = try #require(conclude(night).incidents.first)
    #expect((incident.start - Self.begin) / 1_000_000 == 617)
  }

  @Test("what only is missing says no more than the minute, and began by the first request that shows it")
  func missing() throws {
    let night = NightBuilder.shop { root, second in
      guard (617..<720).contains(second) else { return }
      root.calls.removeLast()
    }
    let incident = try #require(conclude(night).incidents.first)
    #expect((incident.start - Self.begin) / 1_000_000 == 617)
  }

  @Test("a record that is written long after its span began does not set an onset behind its end")
  func late() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<660).contains(second) else { return }
      root.calls.removeLast()
      root.duration = 90_000_000
      root.errors = ["gave up"]
    }
    for incident in conclude(night).incidents { #expect(incident.start <= incident.end) }
  }

  /// The shop in which stock writes an error in two minutes and, from some second on, the front breaks off for two.
  private func twice(from second: Int64) -> [Incident] {
    conclude(
      NightBuilder.shop { root, at in
        if (600..<720).contains(at) { root.calls[0].calls[0].errors = ["shelf is empty"] }
        if (second..<second + 120).contains(at) {
          root.calls.removeAll()
          root.errors = ["out of slips"]
        }
      }
    ).incidents
  }

  @Test("what begins when another was over is not of it, what begins meanwhile is")
  func following() {
    #expect(twice(from: 720).count == 2)
    #expect(twice(from: 630).count == 1)
  }

  /// The shop whose front breaks off for five minutes; within them stock writes so many errors in one.
  private func beside(_ errors: Int64) -> [Incident] {
    conclude(
      NightBuilder.shop { root, second in
        if (600..<900).contains(second) {
          root.calls.removeLast()
          root.errors = ["out of slips"]
        }
        if (780..<840).contains(second), second * 7 % 60 < errors { root.calls[0].calls[0].errors = ["shelf is empty"] }
      }
    ).incidents
  }

  @Test("what departs little beside something worse in the same requests is told there, and not dropped without a word")
  func besides() throws {
    let found = beside(14)
    #expect(found.count == 1)
    #expect(
      try #require(found.first).reasoning.contains {
        if case .beside(["stock"], _, _, false) = $0 { true } else { false }
      })
    let nothing = beside(0)
    #expect(nothing.count == 1)
    #expect(!nothing[0].reasoning.contains { if case .beside = $0 { true } else { false } })
  }

  /// The shop with a third service, all of which log; from one minute the records of some are lost.
  private func logging(losing lost: Set<String>, in time: Range<Int64> = 600..<660) -> IncidentFindings {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      func call(_ component: String, at: Int64, _ calls: [NightBuilder.Call] = []) -> NightBuilder.Call {
        var call = NightBuilder.Call(component: component, at: at, duration: 4000 + Int64(calls.count) * 6000)
        call.calls = calls
        // A record of any severity is one of the span's events.
        let isLost = time.contains(second) && lost.contains(component)
        if !isLost { call.errors = ["\(component) took the order"] }
        return call
      }
      let root = call("front", at: 0, [call("stock", at: 1000), call("billing", at: 7000)])
      night.request(UInt64(second + 1), at: Self.begin + second * 1_000_000, root)
    }
    return conclude(night)
  }

  @Test("a minute without most of the log records is told and not judged")
  func hole() {
    let found = logging(losing: ["front", "stock", "billing"])
    #expect(found.incidents.isEmpty)
    #expect(found.logHoles == [Self.begin + 600_000_000])
  }

  @Test("log records that are missing for most of the night are told too")
  func mostly() {
    let found = logging(losing: ["front", "stock", "billing"], in: 300..<1200)
    #expect(found.incidents.isEmpty)
    #expect(found.logHoles.count == 15)
  }

  @Test("one component that writes nothing any more is no hole")
  func silentWriter() {
    let found = logging(losing: ["stock"])
    #expect(found.incidents.first?.rootCauses.first?.component == "stock")
    #expect(found.logHoles.isEmpty)
  }

  /// The shop in which stock has few requests of its own, four of them slow, while its processor reads so much.
  private func busy(
    reading value: Double, slow: Int64, usually usual: Double = 2, of metric: String = "CpuUsageRate(%)",
    highest: Double = 2
  ) -> [Incident] {
    var night = NightBuilder.shop { root, second in
      if second % 10 != 0 { root.calls.removeFirst() }
      guard (600..<660).contains(second), second % 10 == 0, (second - 600) / 10 < slow else { return }
      root.calls[0].calls[0].duration += 60_000
      root.calls[0].duration += 60_000
      root.duration += 60_000
    }
    for minute in 0..<Int64(20) {
      night.metric(
        "stock", metric, at: Self.begin + minute * 60_000_000 + 1_000_000,
        minute == 10 ? value : minute == 3 ? highest : usual)
    }
    return conclude(night).incidents
  }

  @Test("a few slow requests of one that has no processor time left are an incident, and neither is by itself")
  func saturated() throws {
    let found = busy(reading: 93, slow: 3)
    let incident = try #require(found.first)
    #expect(incident.rootCauses.first?.component == "stock")
    #expect(incident.severity >= .minor)
    #expect(busy(reading: 3, slow: 3).isEmpty)
    #expect(busy(reading: 1.2, slow: 3, usually: 0.4, of: "cpu_usage_ratio", highest: 60).isEmpty)
    #expect(busy(reading: 93, slow: 0).isEmpty)
  }

  /// The shop without any log record; for some seconds the front leaves out billing in one of so many requests.
  private func unwritten(_ time: Range<Int64>, of requests: Int64) -> [Incident] {
    conclude(
      NightBuilder.shop { root, second in
        if time.contains(second), second % 60 % requests == 0 { root.calls.removeLast() }
      }
    ).incidents
  }

  @Test("where spans are all there is, a few that depart must go on for a second minute, and many need not")
  func alone() {
    #expect(unwritten(600..<660, of: 5).isEmpty)
    #expect(unwritten(600..<720, of: 5).count == 1)
    #expect(unwritten(600..<660, of: 2).count == 1)
  }

  @Test("what is cut short weighs one grade less than what fails, for nobody says that it failed")
  func weighs() throws {
    let sixth = try #require(unwritten(600..<720, of: 6).first)
    #expect(sixth.severity == .minor)
    #expect(sixth.components.allSatisfy { $0.failures == 0 })
    #expect(try #require(unwritten(600..<720, of: 3).first).severity == .major)
  }

  @Test("a record that is known by the statement that wrote it is told with what it says")
  func quoted() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.errors = ["o.s.FrontImpl#31 out of slips"]
    }
    let reasons = try #require(conclude(night).incidents.first?.rootCauses.first).reasons
    #expect(
      reasons.contains {
        guard case .eventPair(_, let first, let next, _, _) = $0 else { return false }
        return [first, next].contains(.log("o.s.FrontImpl#31 out of slips", .error))
      })
  }
}
