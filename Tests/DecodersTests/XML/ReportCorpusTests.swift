// Real reports of many runners against what outside tools say of them.

@testable import Decoders
import Foundation
import TestSupport
import Testing

struct ReportCorpusTests {
  struct Expectation {
    var path: String
    var dialect: String
    /// By field, without those on which the outside tools disagree.
    var fields: [String: Int]
  }

  static let exotic: Set<String> = [
    "aunit", "cpptest", "cppunit", "cunit", "tusar", "valgrind", "unittest++", "fpcunit", "mbunit", "gtester", "tst",
    "check", "failsafe-summary", "nette-tester", "marathon", "perl", "ctest-dart", "jenkins-junitresult", "bazel",
    "embunit", "gallio",
  ]
  static let other: Set<String> = [
    "nunit", "trx", "xunitnet", "testng", "boosttest", "qtestlib", "catch2", "ctest-xml", "ctest",
  ]

  static func expectations() throws -> [Expectation] {
    let data = try Data(contentsOf: URL(fileURLWithPath: Corpus.path("test-reports/expected.json")))
    let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let files = try #require(root["files"] as? [[String: Any]])
    return files.compactMap { file in
      guard let path = file["path"] as? String, let dialect = file["dialect"] as? String,
        let expected = file["expected"] as? [String: Any]
      else { return nil }
      var fields: [String: Int] = [:]
      for name in ["tests", "passed", "failures", "errors", "skipped"] {
        guard let value = expected[name] as? Int, !isDisputed(file, name) else { continue }
        fields[name] = value
      }
      // One tool counts tests after merging retries, and says so; two tools together may claim more than there is.
      let oracles = file["oracles"] as? [String: [String: Any]] ?? [:]
      if let raw = oracles.values.compactMap({ $0["tests_raw"] as? Int }).first { fields["tests"] = raw }
      let parts = ["passed", "failures", "errors", "skipped"].compactMap { expected[$0] as? Int }
      if let tests = fields["tests"], parts.reduce(0, +) > tests { fields["passed"] = nil }
      // TestNG files whose only witness is the total that they declare, and that hold another number of results.
      let elements = file["xml_counts"] as? [String: Int] ?? [:]
      if let methods = elements["test-method"], let tests = fields["tests"], methods != tests { return nil }
      return Expectation(path: path, dialect: dialect, fields: fields)
    }
  }

  static func isDisputed(_ file: [String: Any], _ name: String) -> Bool {
    for entry in file["disagreements"] as? [[String: Any]] ?? [] {
      guard let values = entry[name] as? [String: Any] else { continue }
      let opinions = Set(values.filter { !$0.key.contains("codecov") }.map { String(describing: $0.value) })
      if opinions.count > 1 { return true }
    }
    return false
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: Corpus.path("test-reports/" + path))))
  }

  static func score(_ wanted: (Expectation) -> Bool) throws -> (share: Double, total: Int) {
    var total = 0
    var good = 0
    for file in try expectations() where wanted(file) {
      let counts = ReadReport(try bytes(file.path)).counts
      for (name, value) in file.fields.sorted(by: { $0.key < $1.key }) {
        total += 1
        if counts[name] == value {
          good += 1
        } else {
          print("DIFFERS \(file.path) \(name): expected \(value), counted \(counts[name] ?? -1)")
        }
      }
    }
    return (Double(good) / Double(max(total, 1)), total)
  }

  @Test("every undisputed count of the JUnit family is met", .enabled(if: Corpus.isAvailable))
  func junitFamily() throws {
    let (share, total) = try Self.score { !Self.exotic.contains($0.dialect) && !Self.other.contains($0.dialect) }
    #expect(total > 500)
    #expect(share == 1)
  }

  @Test("NUnit, xUnit.net, TRX, TestNG, Boost, Qt and Catch2 agree with 98 %", .enabled(if: Corpus.isAvailable))
  func otherDialects() throws {
    let (share, total) = try Self.score { Self.other.contains($0.dialect) }
    print("other dialects: \(share) of \(total)")
    #expect(total > 200)
    #expect(share >= 0.98)
  }
}
