import Model
import Runs
import Testing

@Suite("What the inputs of a night expand to")
struct ExpandedInputsTests {
  private static func outcome(_ name: String, _ bytes: [Int], stopped: Bool = false) -> InputOutcome {
    var outcome = InputOutcome(name: name, sha256: name)
    outcome.memberCounts = bytes.map { .init(member: "m", format: "otlp", bytes: $0, recordCounts: RecordCounts()) }
    if stopped {
      outcome.diagnostics = [
        Diagnostic("limitReached", .error, at: SourceLocation(input: name), "stopped", limit: "expandedPerRun")
      ]
    }
    return outcome
  }

  @Test("calls that each stay below the limit and together do not are named by the input that went beyond it")
  func together() {
    let outcomes = [Self.outcome("c", [30]), Self.outcome("a", [20, 30]), Self.outcome("b", [40])]
    let found = ExpandedInputs.diagnostic(of: outcomes, limit: 100)
    #expect(found?.location.input == "c")
    #expect(found?.limit == "expandedPerRun")
    #expect(found?.meansUnread == true)
    #expect(ExpandedInputs.diagnostic(of: outcomes, limit: 89)?.location.input == "b")
  }

  @Test("nothing is said at the limit, nor where a call stopped there and said so itself")
  func silent() {
    #expect(ExpandedInputs.diagnostic(of: [Self.outcome("a", [60]), Self.outcome("b", [60])], limit: 120) == nil)
    #expect(
      ExpandedInputs.diagnostic(of: [Self.outcome("a", [90], stopped: true), Self.outcome("b", [60])], limit: 100)
        == nil)
    #expect(ExpandedInputs.diagnostic(of: [], limit: 1) == nil)
  }
}
