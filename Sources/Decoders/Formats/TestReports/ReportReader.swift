// What a dialect's reader is, and which one takes a report.

/// Reads the elements of one dialect onto the sheet, in document order.
protocol ReportReader {
  /// An element begins; `path` names the open elements, the root first, this one not included.
  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder)
  /// An element that its own tag closes; `path` names the open elements.
  mutating func element(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder)
  /// An element ends; `path` names those that stay open.
  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder)
  /// The document has ended; without `complete`, elements may still be open.
  mutating func finish(complete: Bool, on sheet: inout ReportBuilder)
}

extension ReportReader {
  mutating func element(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    start(tag, in: path, on: &sheet)
    end(tag.name, in: path, on: &sheet)
  }
}

/// The families of reports by their root element.
enum ReportDialects {
  enum Choice {
    case reader(any ReportReader, name: String)
    /// A report format that is known by name and not read.
    case unsupported(String)
    /// What another tool writes beside tests: coverage, findings of a linter.
    case otherTool(String)
    /// The same results as an earlier document of the file, in another form.
    case repetition
    /// XML that is no test report.
    case unknown
  }

  /// The reader of a root element; `earlier` is the dialect of an earlier document of the file, empty for the first one.
  static func choose(root: borrowing XMLTag, earlier: String) -> Choice {
    switch root.name {
    case "testsuites", "testsuite", "testcase":
      if let schema = root["xmlns"], schema.contains("check.sourceforge.net") { return .unsupported("Check") }
      return .reader(JUnitReports(), name: "junit")
    case "test-results": return .reader(NUnitReports(root: root), name: "nunit2")
    case "test-run": return .reader(NUnitReports(root: root), name: "nunit3")
    case "assemblies", "assembly": return .reader(XUnitNetReports(), name: "xunitnet")
    case "TestRun":
      if root["xmlns"]?.contains("TeamTest") == true || root["id"] != nil { return .reader(TRXReports(), name: "trx") }
      return .unsupported("CppUnit or AUnit")
    case "testng-results": return .reader(TestNGReports(), name: "testng")
    case "TestLog": return .reader(BoostTestReports(isLog: true), name: "boosttest")
    case "TestResult":
      return earlier == "boosttest" ? .repetition : .reader(BoostTestReports(isLog: false), name: "boosttest")
    case "TestCase": return .reader(QtTestReports(), name: "qtestlib")
    case "Site": return .reader(CTestReports(), name: "ctest")
    case "report":
      return root["xmlns"]?.contains("gallio") == true
        ? .unsupported("Gallio") : .otherTool("JaCoCo or another tool's report")
    case "test-suite", "test-case":
      // NUnit's engine hands its results out in pieces; Allure 1 has the name too.
      if (0..<root.count).contains(where: { root.value($0).contains("allure") }) {
        return .unsupported("the Allure 1 suite")
      }
      let reader = NUnitReports(root: root)
      return .reader(reader, name: reader.isVersion3 ? "nunit3" : "nunit2")
    case "robot": return .reader(RobotReports(), name: "robot")
    case "environment": return .reader(AllureEnvironmentReports(), name: AllureEnvironmentReports.dialect)
    case "Catch", "Catch2TestRun": return .reader(Catch2Reports(), name: "catch2")
    default:
      if let tool = otherTools[root.name] { return .otherTool(tool) }
      return named[root.name].map { .unsupported($0) } ?? .unknown
    }
  }

  /// Root elements of what stands beside test reports.
  private static let otherTools: [String: String] = [
    "coverage": "a coverage tool", "checkstyle": "Checkstyle", "BugCollection": "SpotBugs", "pmd": "PMD",
    "pmd-cpd": "CPD", "failsafe-summary": "the Failsafe summary", "CoverageSession": "OpenCover",
  ]

  /// Root elements of test reports that are known and not read.
  private static let named: [String: String] = [
    "CUNIT_TEST_RUN_REPORT": "CUnit", "CUNIT_TEST_LIST_REPORT": "CUnit", "gtester": "GTester",
    "report-result": "MbUnit or Gallio", "TestResults": "FPCUnit",
    "unittest-results": "UnitTest++", "valgrindoutput": "Valgrind",
    "tusar": "TUSAR", "ResultsSession": "Parasoft C++test", "EmbUnit": "Embedded Unit",
    "TestRunResult": "Embedded Unit", "testExecutions": "the SonarQube generic execution",
    "testRun": "JSystem",
    "events": "JUnit's open test reporting", "execution": "JUnit's open test reporting",
    "SquishReport": "Squish",
    "TestOutput": "VectorCAST", "result": "the Jenkins test result", "testResult": "the Jenkins test result",
  ]
}
