import Incidents
import Model
import TestSupport
import Testing

/// When the components of an incident began to depart: each by its own records, and as exactly as those tell.
@Suite("Onsets")
struct OnsetTests {
  private static let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

  private func incident(_ change: (inout NightBuilder.Call, Int64) -> Void) throws -> Incident {
    try #require(
      IncidentAnalysis.conclude(NightBuilder.shop(change).partial(), settings: IncidentSettings()).incidents.first)
  }

  private func second(_ time: Int64) -> Int64 { (time - Self.begin) / 1_000_000 }

  @Test("each component's onset is that of its own first record, not that of the incident")
  func own() throws {
    let found = try incident { root, second in
      if (610..<720).contains(second) {
        root.calls[0].calls[0].errors = ["shelf is empty"]
        if second >= 655 {
          root.calls.removeLast()
          root.errors = ["out of slips"]
        }
      }
    }
    #expect(deniedOnsets(of: found) == [])
    let onsets = Dictionary(uniqueKeysWithValues: found.components.map { ($0.id.text, second($0.onset)) })
    #expect(onsets == ["stock": 610, "front": 655])
  }

  @Test("what is known by the minute only is told so, and its estimate does not contradict what followed from it")
  func missing() throws {
    let found = try incident { root, second in
      if (617..<720).contains(second) { root.calls.removeLast() }
    }
    #expect(deniedOnsets(of: found) == [])
    let onsets = Dictionary(uniqueKeysWithValues: found.components.map { ($0.id.text, second($0.onset)) })
    #expect(onsets == ["front": 617, "stock": 617])
    let stock = try #require(found.components.first { $0.id == "stock" })
    #expect(try #require(stock.onsetBetween).contains(Self.begin + 617_000_000))
  }

  @Test("a departure that begins in the last seconds of a minute began there, though the minute shows nothing")
  func before() throws {
    let found = try incident { root, second in
      if (658..<780).contains(second) { root.calls[0].calls[0].errors = ["shelf is empty"] }
    }
    #expect(deniedOnsets(of: found) == [])
    #expect(second(found.start) == 658)
  }

  @Test("slow code is known by the slot in which it began")
  func slow() throws {
    let found = try incident { root, second in
      guard (613..<760).contains(second) else { return }
      root.calls[0].calls[0].duration += 80_000
      root.calls[0].duration += 80_000
      root.duration += 80_000
    }
    #expect(deniedOnsets(of: found) == [])
    let stock = try #require(found.components.first { $0.id == "stock" })
    #expect(try #require(stock.onsetBetween).contains(Self.begin + 613_000_000))
  }

  @Test("failures are known to the request")
  func failing() throws {
    let found = try incident { root, second in
      guard (613..<760).contains(second), second % 2 == 1 else { return }
      root.calls[0].calls[0].failure = .unavailable
      root.calls[0].failure = .unavailable
      if second >= 641 { root.failure = .unavailable }
    }
    #expect(deniedOnsets(of: found) == [])
    let onsets = Dictionary(uniqueKeysWithValues: found.components.map { ($0.id.text, second($0.onset)) })
    #expect(onsets == ["stock": 613, "front": 641])
    #expect(found.components.first { $0.id == "stock" }.map { $0.onsetBetween == nil } == true)
  }
}
