// Failures that say themselves that they lie elsewhere: a dependency, a fixture, the set-up of a suite.

internal import Support
internal import Model

enum SetupFailure {
  /// The cause that a record declares, empty where it declares none.
  static func cause(of record: TestRecord) -> String {
    if record.outcome == .passed { return "" }
    let message = record.message
    // CTest: skipped because a fixture failed; the output names it.
    if let range = after("Failed test dependencies:", in: record.output)
      ?? after("Failed test dependencies:", in: message)
    {
      return "dependency " + line(range).cut(toBytes: 160)
    }
    if message == "Fixture dependency failed" || message == "Failed Dependencies" { return "dependency" }
    guard record.outcome.isFailure || record.marks.contains(.setup) else { return "" }
    // Robot Framework, one record per victim.
    if let reason = after("Parent suite setup failed:", in: message)
      ?? after("Parent suite teardown failed:", in: message)
    {
      return "suite setup " + line(reason).cut(toBytes: 200)
    }
    // pytest: the fixture's error stands in every test that wanted it.
    if let reason = after("failed on setup with", in: message) {
      return "setup " + line(reason).cut(toBytes: 200)
    }
    if let reason = after("OneTimeSetUp:", in: message) ?? after("TestFixtureSetUp failed", in: message) {
      return "setup " + line(reason).cut(toBytes: 200)
    }
    if message == "collection failure" || message.hasPrefix("Test suite failed to run")
      || record.className == "Test suite failed to run"
    {
      return "setup of " + (record.name.isEmpty ? record.className : record.name).cut(toBytes: 200)
    }
    if isHook(record) || marks.contains(where: { ByteSearch.contains($0, in: message) }) {
      return "setup " + line(message[...]).cut(toBytes: 200)
    }
    // One record stands for a class or module whose set-up failed; its tests are missing.
    let name = record.name
    let isPseudo =
      name.isEmpty || (name == record.className && name.contains(".")) || name == "initializationError"
      || name == "classMethod"
      || name.hasPrefix("setUpClass") || name.hasPrefix("setUpModule") || name.hasPrefix("beforeAll")
      || name == "executionError" || name == "TestMain" || name.hasPrefix("tearDownClass")
      || name.hasPrefix("tearDownModule") || (record.suites.last ?? "").hasPrefix("@setup-script:")
    if isPseudo {
      let owner = record.className.isEmpty ? record.suites.last ?? "" : record.className
      return "setup of " + (name.hasPrefix("setUp") ? name : owner).cut(toBytes: 200)
    }
    return record.marks.contains(.setup) ? "setup " + line(message[...]).cut(toBytes: 200) : ""
  }

  /// Hooks that stand as tests: mocha's and Cypress's `"before each" hook for "pays"`.
  private static func isHook(_ record: TestRecord) -> Bool {
    hooks.contains { ByteSearch.contains($0, in: record.name) }
  }

  private static let hooks: [StaticString] = [
    "\"before each\" hook", "\"before all\" hook", "\"after each\" hook", "\"after all\" hook",
  ]

  /// What frameworks say in the message of a test whose surroundings failed: MSTest, RSpec, Playwright, ExUnit, Testcontainers.
  private static let marks: [StaticString] = [
    "Class Initialization method", "Assembly Initialization method", "Initialization method", "before(:context)` hook",
    "before(:suite)` hook", "\"beforeAll\" hook", "\"beforeEach\" hook", "failure on setup_all callback",
    "Could not start container", "Container startup failed",
  ]

  private static func after(_ mark: StaticString, in text: String) -> Substring? {
    guard let start = ByteSearch.find(mark, in: text) else { return nil }
    return text[text.utf8.index(text.startIndex, offsetBy: start + mark.utf8CodeUnitCount)...]
  }

  private static func line(_ text: Substring) -> String {
    let start = text.drop { $0 == " " || $0 == "\n" || $0 == "\"" || $0 == ":" }
    return String(start.prefix { $0 != "\n" })
  }
}
