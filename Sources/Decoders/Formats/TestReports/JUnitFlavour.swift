// Which runner wrote a JUnit report, told by the marks that only it leaves.

internal import Model

/// Collects what tells one runner from another while the report goes by.
struct JUnitFlavour {
  private var rootName = ""
  private var suiteName = ""
  private var hint: String?
  private var isPytest = false
  private var hasSwiftNames = false
  private var hasEmptyRepeat = false
  private var previousClass = ""
  private var previousName = ""
  private var previousEmpty = false
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
      isPytest = true
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

  /// What the attributes of one case say of the runner; they are read once, for the record and for this.
  struct CaseMarks {
    var hasAssertions = false
    var hasValueParameter = false
    var result = ""
    var status = ""
  }

  /// Looks at a case. (The marks are only read; they are `inout` because a copy of them would have to wait for the stores
  /// that just filled them, a twentieth of the time for a short case.)
  mutating func sawCase(_ marks: inout CaseMarks, name: String, className: String) {
    guard cases < 64 else { return }
    cases += 1
    if !hasSwiftNames {
      let bytes = name.utf8Span.span
      if !bytes.isEmpty, bytes[bytes.count - 1] == 0x29, name.utf8.contains(0x28) { hasSwiftNames = true }
    }
    if marks.hasAssertions, hint == nil { hint = "phpunit" }
    if marks.hasValueParameter || marks.result == "completed" || marks.result == "suppressed" { hint = "gtest" }
    if hint == nil, marks.status == "run" || marks.status == "notrun" || marks.status == "fail" {
      hint = className == name ? "ctest-junit" : "gtest"
    }
  }

  mutating func sawRecord(_ record: borrowing TestRecord) {
    // Only pytest's plugin for reruns is told by what stands twice, and pytest by its suite's name before any case.
    guard isPytest, !hasEmptyRepeat else { return }
    let isEmpty = record.outcome == .passed && record.message.isEmpty && record.output.isEmpty
    if previousEmpty, record.name == previousName, record.className == previousClass { hasEmptyRepeat = true }
    previousEmpty = isEmpty
    if isEmpty {
      previousClass = record.className
      previousName = record.name
    }
  }

  /// The runner's name, `junit` where nothing tells.
  var name: String {
    if suiteName == "TestResults" { return hasSwiftNames ? "swift-testing" : "swift-xctest" }
    if hint == "pytest" { return hasEmptyRepeat ? "pytest-rerunfailures" : "pytest" }
    return hint ?? "junit"
  }
}
