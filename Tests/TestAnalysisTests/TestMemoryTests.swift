// What the analysis holds is bounded by a setting, and what has no room is chosen by the tests' names alone.

import Model
import Support
import Synchronization
import TestAnalysis
import Testing

/// A spill in memory that takes everything.
private final class ListShelf: CaseSpillStore {
  private let bytes = Mutex<[UInt8]>([])
  var count: Int { bytes.withLock { $0.count } }

  func put(_ chunk: [UInt8]) -> Int? {
    bytes.withLock { bytes in
      defer { bytes += chunk }
      return bytes.count
    }
  }

  func get(at offset: Int, count: Int) throws(FileFailure) -> [UInt8] {
    let all = bytes.withLock { $0 }
    guard offset + count <= all.count else { throw FileFailure(scratch: "not there") }
    return Array(all[offset..<offset + count])
  }
}

struct TestMemoryTests {
  private static func members(_ count: Int) -> [String: String] {
    var members: [String: String] = [:]
    for build in 0..<3 {
      let outcomes: [(test: String, outcome: Character)] = (0..<count).map { number in
        ("t\(number)", number % 3 == 0 && build == 2 ? "F" : "P")
      }
      members["b\(build)/r.xml"] = NightReading.junit(
        outcomes, revision: "r\(build)", time: "2026-01-01T0\(build):00:00Z")
    }
    return members
  }

  @Test("cases on a spill give what cases in memory give")
  func spill() {
    let spill = ListShelf()
    let members = Self.members(300)
    let held = NightReading.conclude(NightReading.partial(members))
    let shelved = NightReading.conclude(NightReading.partial(members, spill: spill))
    #expect(spill.count > 10_000)
    #expect(shelved.findings == held.findings)
    #expect(shelved.night == held.night)
    #expect(held.limits.isEmpty && held.findings.failed == 100)
  }

  @Test("what has no room is counted and named, and is the same whatever came first")
  func limits() throws {
    var limits = TestLimits()
    limits.memory = 60_000
    let members = Self.members(300).sorted { $0.key < $1.key }
    let parts = members.map { NightReading.partial([$0.key: $0.value]) }
    var forward = parts[0]
    forward.merge(parts[1])
    forward.merge(parts[2])
    var backward = parts[2]
    backward.merge(parts[0])
    backward.merge(parts[1])
    let one = NightReading.conclude(forward, limits: limits)
    let other = NightReading.conclude(backward, limits: limits)
    #expect(one.findings == other.findings && one.limits == other.limits && one.night == other.night)
    #expect(one.findings.tests == 300 && one.findings.failed == 100 && one.findings.passed == 200)
    #expect(one.limits.keys.sorted() == ["failingTests", "testHistory"])
    let listed = Set((one.findings.clusters.flatMap(\.tests) + one.findings.newlyFailing.map(\.line.test)).map(\.text))
    #expect(!listed.isEmpty && listed.count < 100)
    #expect(one.limits["failingTests"]?.plain.hasPrefix("\(100 - listed.count) of 100 ") == true)
  }

  @Test("without a history nothing is kept for one")
  func noHistory() {
    var limits = TestLimits()
    limits.keepsNight = false
    let conclusion = NightReading.conclude(NightReading.partial(Self.members(30)), limits: limits)
    #expect(conclusion.night.rows.isEmpty && conclusion.findings.tests == 30 && conclusion.limits.isEmpty)
  }
}
