import Archives
import Foundation
import Model
import TestSupport
import Testing

/// The hostile corpus as far as it concerns archives: whatever the bytes, the walk ends, and damage is said.
@Suite("Hostile corpus", .enabled(if: Corpus.isAvailable))
struct HostileCorpusTests {
  struct Manifest: Decodable {
    var cases: [Case]
  }

  struct Case: Decodable {
    var id: String
    var path: String
    var category: String
    var expect: String
    var records: Int?
    var must_report: Bool?
  }

  @Test(
    "generated archives",
    arguments: ["archive", "nest", "names", "links", "size", "crypt"])
  func generated(_ category: String) throws {
    let root = Corpus.path("hostile/generated/")
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(filePath: root + "manifest.json")))
    let cases = manifest.cases.filter { $0.category == category }
    try #require(!cases.isEmpty)
    for test in cases {
      let sink = LineSink()
      let summary = ArchiveWalker().walk(.file(root + test.path, name: test.path), into: sink)
      let diagnostics = summary.diagnostics.sorted
      switch test.expect {
      case "accept":
        #expect(sink.lines == test.records, "\(test.id)")
        #expect(diagnostics.allSatisfy { $0.severity == .note }, "\(test.id): \(diagnostics)")
      case "no_silent_loss":
        // A few bytes of what may have been an archive are for the decoders to refuse.
        let isForDecoders = summary.bytes < 20 && sink.members == 1
        let isReported = !diagnostics.isEmpty || (test.must_report != true && sink.lines == test.records)
        #expect(isReported || isForDecoders, "\(test.id): \(sink.lines) of \(test.records ?? 0)")
      case "limit": #expect(diagnostics.contains { $0.limit != nil }, "\(test.id)")
      case "skip_member", "accept_note": #expect(!diagnostics.isEmpty, "\(test.id)")
      default: break
      }
    }
  }
}

/// Counts lines.
private final class LineSink: SpanSink {
  private(set) var lines = 0
  private(set) var members = 0

  func beginMember(_ member: MemberHeader) { members += 1 }

  func memberBytes(_ bytes: Span<UInt8>) {
    for index in bytes.indices where bytes[index] == 10 { lines += 1 }
  }

  func endMember(complete: Bool) {}
}
