// Which runner wrote a JUnit report, told by the marks that only it leaves.

internal import Core

/// Collects what tells one runner from another while the report goes by.
struct JUnitFlavour {
  private var rootName = ""
  private var suiteName = ""
  private var hint: String?
  private var hasSwiftNames = false
  private var hasFailureWord = false
  private var hasEmptyRepeat = false
  private var previousClass = ""
  private var previousName = ""
  private var previousEmpty = false
  private var isGoTest = false
  private var cases = 0

  init() {}

  mutating func sawSuite(_ tag: borrowing XMLTag) {
    let name = tag["name"] ?? ""
    if tag.name == "testsuites" { rootName = name } else if suiteName.isEmpty { suiteName = name }
    guard hint == nil else { return }
    if let schema = tag["noNamespaceSchemaLocation"] ?? tag["xsi:noNamespaceSchemaLocation"],
      schema.contains("surefire")
    {
      hint = "surefire"
    } else if tag["disabled"] != nil, rootName == "AllTests" {
      hint = "gtest"
    } else if rootName.hasPrefix("nextest") || tag["nextest-run"] != nil || name.hasPrefix("@setup-script:") {
      hint = "nextest"
    } else if tag["assertions"] != nil {
      hint = rootName.isEmpty && tag["warnings"] == nil && tag["file"] == nil ? hint : "phpunit"
    } else if tag["name"] == "Cucumber" {
      hint = "cucumber"
    } else if name == "nose2-junit" {
      hint = "nose2"
    } else if name == "nosetests" {
      hint = "nose"
    } else if name == "pytest" || rootName == "pytest tests" {
      hint = "pytest"
    } else if rootName == "jest tests" {
      hint = "jest"
    } else if rootName == "Mocha Tests" {
      hint = "mocha"
    } else if rootName.hasPrefix("xcresult") {
      hint = "xcresult-junit"
    }
  }

  mutating func sawProperty(_ name: String) {
    guard hint == nil else { return }
    switch name {
    case "java.version", "java.vm.name", "surefire.test.class.path", "java.class.path": hint = "surefire"
    case "go.version": hint = "gotestsum"
    default: break
    }
  }

  mutating func sawCase(_ tag: borrowing XMLTag) {
    guard cases < 64 else { return }
    cases += 1
    if let name = tag["name"], name.hasSuffix(")"), name.contains("(") { hasSwiftNames = true }
    if tag["assertions"] != nil, hint == nil { hint = "phpunit" }
    if tag["value_param"] != nil || tag["result"] == "completed" || tag["result"] == "suppressed" { hint = "gtest" }
    let status = tag["status"]
    if hint == nil, status == "run" || status == "notrun" || status == "fail" {
      hint = tag["classname"] == tag["name"] ? "ctest-junit" : "gtest"
    }
  }

  mutating func sawRecord(_ record: TestRecord) {
    if record.outcome == .failed, record.message == "failure" { hasFailureWord = true }
    let isEmpty = record.outcome == .passed && record.message.isEmpty && record.output.isEmpty
    if previousEmpty, record.name == previousName, record.className == previousClass { hasEmptyRepeat = true }
    previousClass = record.className
    previousName = record.name
    previousEmpty = isEmpty
  }

  /// The runner's name, `junit` where nothing tells.
  var name: String {
    if suiteName == "TestResults" { return hasSwiftNames ? "swift-testing" : "swift-xctest" }
    if hint == "pytest" { return hasEmptyRepeat ? "pytest-rerunfailures" : "pytest" }
    return hint ?? "junit"
  }
}
