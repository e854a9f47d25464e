// No finding holds a text of unknown origin: what an input says, what it is called and what we call it have types.

import Foundation
import Support
import Testing

@Suite("Types of findings")
struct FindingTypesTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/Model/Findings").path

  /// Stored members of a bare `String`, by declared or by inferred type, and enum cases that carry one.
  private static func bareTexts(_ source: String) -> [Substring] {
    source.split(separator: "\n").filter { line in
      line.firstMatch(of: /^\s*package (private\(set\) )?(var|let) \w+: .*\bString\b[^{]*$/) != nil
        || line.firstMatch(of: /^\s*package (private\(set\) )?(var|let) \w+ = "/) != nil
        || line.firstMatch(of: /^\s*case .*[(:,] ?\[?String\b/) != nil
    }
  }

  @Test("a member of a finding is a name, an id or a foreign text, never a bare String")
  func members() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
    #expect(files.count > 8)
    for file in files where file != "ForeignText.swift" && file != "MessageText.swift" {
      let source = String(decoding: try CheckedFile.read(Self.folder + "/" + file), as: UTF8.self)
      #expect(Self.bareTexts(source) == [], "\(file)")
    }
  }

  @Test("the check sees a bare String")
  func fires() {
    #expect(Self.bareTexts("  package var headline: String\n").count == 1)
    #expect(Self.bareTexts("  package var reasons: [String]\n").count == 1)
    #expect(Self.bareTexts("  package var trigger = \"\"\n").count == 1)
    #expect(Self.bareTexts("  case failed(String)\n").count == 1)
    #expect(Self.bareTexts("  package var headline: ForeignText\n  case failed(ForeignName)\n") == [])
  }
}
