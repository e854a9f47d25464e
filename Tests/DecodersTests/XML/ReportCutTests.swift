// Reports that end too early: what was complete before the cut is read as it would be without it.

@testable import Decoders
import Foundation
import Model
import TestSupport
import Testing

struct ReportCutTests {
  /// Every file of the corpus, by path.
  static func paths() throws -> [String] {
    let data = try Data(contentsOf: URL(fileURLWithPath: Corpus.path("test-reports/expected.json")))
    let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let files = try #require(root["files"] as? [[String: Any]])
    return files.compactMap { $0["path"] as? String }
  }

  /// What of a record must not change when its report is cut behind it. The reader of TRX learns a test's class from
  /// definitions that stand behind the results, so a class is not among it.
  static func key(_ record: TestRecord) -> String {
    [
      record.outcome.name, record.message, record.failureType, record.stack, String(record.duration),
      String(record.source.value), String(record.attempts.count),
    ].joined(separator: "\u{1}")
  }

  @Test("a file of the corpus cut at each 1 KiB keeps every earlier case", .enabled(if: Corpus.isAvailable))
  func cuts() throws {
    var cuts = 0
    for path in try Self.paths() {
      let bytes = try ReportCorpusTests.bytes(path)
      // Large files are cut at every n-th place, so that the whole stays linear in their size.
      let step = 1024 * max(1, bytes.count / (1 << 17))
      let whole = ReadReport(bytes).records
      var before = 0
      for cut in Swift.stride(from: step, to: bytes.count, by: step) {
        let read = ReadReport(Array(bytes[..<cut])).records
        let kept = read.filter { !$0.marks.contains(.incomplete) }
        cuts += 1
        #expect(kept.count >= before, "\(path) cut at \(cut)")
        // What the cut itself went through may be told as incomplete, and nothing else.
        #expect(read.count - kept.count <= 2, "\(path) cut at \(cut)")
        #expect(kept.map(Self.key) == whole.prefix(kept.count).map(Self.key), "\(path) cut at \(cut)")
        before = kept.count
      }
      #expect(before <= whole.count)
    }
    #expect(cuts > 1000)
  }
}
