import Archives
import TestSupport
import Testing

/// Filters byte by byte, from the table in Cases/.
@Suite("Filter cases")
struct FilterCaseTests {
  private func bytes(_ hex: some StringProtocol) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { at in
      UInt8(String(decoding: digits[at...at + 1], as: UTF8.self), radix: 16)
    }
  }

  @Test("filters", arguments: TestCase.all("filters"))
  func filters(of one: TestCase) throws {
    let input = one.lines.filter { $0.hasPrefix("hex ") }.flatMap { bytes($0.dropFirst(4)) }
    #expect(!input.isEmpty)
    let walked = walk(input)
    let isDamaged = one.value("problems") == "some"
    #expect(walked.problems.isEmpty == !isDamaged, "\(walked.codes)")
    #expect(walked.members.allSatisfy { $0.complete } == !isDamaged)
    if let text = one.value("text") {
      #expect(walked.members.map(\.text) == [String(decoding: bytes(text), as: UTF8.self)])
    }
  }

  @Test("the table is there") func table() { #expect(TestCase.all("filters").count >= 20) }
}
