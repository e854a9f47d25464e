// Which JSON is a test report, and whose: told by the keys of its first object, never by its name.

internal import Support

/// A dialect of JSON test reports, by the name it has in reports.
enum JSONReportDialect: String {
  case goTest = "go-test-json"
  case playwright
  case jest
  case allure
  case allureContainer = "allure-container"
  case cucumber = "cucumber-json"
  case ctrf
  case mochawesome
  case mocha = "mocha-json"
  case pytestJSON = "pytest-json"
  case reportLog = "pytest-reportlog"
  case rspec = "rspec-json"
  case bazel = "bazel-bep"
  case dart = "dart-json"
  case cargo = "cargo-test-json"

  /// Whether the report is lines of objects.
  var isLines: Bool {
    switch self {
    case .goTest, .reportLog, .bazel, .dart, .cargo: true
    default: false
    }
  }

  var reader: any JSONReportReader {
    switch self {
    case .goTest: GoTestReports()
    case .playwright: PlaywrightReports()
    case .jest: JestReports()
    case .allure: AllureReports()
    case .allureContainer: AllureContainers()
    case .cucumber: CucumberReports()
    case .ctrf: CTRFReports()
    case .mochawesome: MochawesomeReports()
    case .mocha: MochaReports()
    case .pytestJSON: PytestJSONReports()
    case .reportLog: PytestReportLog()
    case .rspec: RSpecReports()
    case .bazel: BazelEvents()
    case .dart: DartReports()
    case .cargo: CargoReports()
    }
  }

  /// The dialect of the JSON that begins in the first bytes of a member; nil where it is no test report. Lines of text may
  /// stand before it.
  static func recognize(_ head: Span<UInt8>, depthLimit: Int = 128) -> JSONReportDialect? {
    var i = 0
    for _ in 0..<64 {
      while i < head.count,
        Sniffer.isSpace(head[i]) || head[i] == 0 || head[i] == 0xEF || head[i] == 0xBB || head[i] == 0xBF
      {
        i += 1
      }
      guard i < head.count else { return nil }
      if head[i] == 0x7B || head[i] == 0x5B {
        if JSONLine.isOTLP(head, at: i) { return nil }
        if let found = JSONReportSignature.read(head, at: i, depthLimit: depthLimit)?.dialect { return found }
        if head[i] == 0x7B { return nil }
      }
      i = ByteScan.lineEnd(head, i)
    }
    return nil
  }
}

/// The keys of an object that tell a dialect, one level deep.
struct JSONReportSignature {
  private var isList = false
  private var strings: Set<JSONReportKey> = []
  private var numbers: Set<JSONReportKey> = []
  private var objects: Set<JSONReportKey> = []
  private var lists: Set<JSONReportKey> = []
  /// Keys of the objects `config`, `stats`, `results`, `id`.
  private var inner: Set<JSONReportKey> = []
  /// Keys of the first object of the lists `suites`, `examples`, `results`, `testResults`: a long list may be all that the
  /// first bytes hold.
  private var element: Set<JSONReportKey> = []
  private var action = ""
  private var format = ""
  private var status = ""
  private var type = ""

  /// Reads as many keys of the object at a place as the bytes hold; of a list, those of its first object.
  static func read(_ b: Span<UInt8>, at start: Int, depthLimit: Int) -> JSONReportSignature? {
    var signature = JSONReportSignature()
    var scanner = JSONScanner(at: start, depthLimit: depthLimit, isFinal: false)
    if b[start] == 0x5B {
      signature.isList = true
      scanner.position += 1
      guard scanner.peek(b) == 0x7B else { return nil }
    }
    scanner.position += 1
    var isFirst = true
    while let name = scanner.nextKey(b, &isFirst) {
      let key = JSONReportKeys.key(b, name)
      guard let byte = scanner.peek(b) else { break }
      signature.take(key, byte, b, &scanner)
      guard scanner.skipValue(b) else { break }
    }
    return signature
  }

  private mutating func take(_ key: JSONReportKey, _ byte: UInt8, _ b: Span<UInt8>, _ scanner: inout JSONScanner) {
    switch byte {
    case 0x7B:
      objects.insert(key)
      guard key == .config || key == .stats || key == .results || key == .id else { return }
      Self.keys(b, scanner, into: &inner)
    case 0x5B:
      lists.insert(key)
      guard key == .suites || key == .examples || key == .results || key == .testResults else { return }
      var first = scanner
      first.position += 1
      if first.peek(b) == 0x7B { Self.keys(b, first, into: &element) }
    case 0x22:
      strings.insert(key)
      guard key == .goAction || key == .reportFormat || key == .status || key == .type else { return }
      var value = scanner
      guard let text = value.string(b), !text.isEscaped, text.count < 40 else { return }
      let word = String(copying: b.extracting(text.start..<text.end))
      switch key {
      case .goAction: action = word
      case .reportFormat: format = word
      case .type: type = word
      default: status = word
      }
    default: numbers.insert(key)
    }
  }

  /// The keys of the object at the scanner's place, as many as the bytes hold.
  private static func keys(_ b: Span<UInt8>, _ scanner: JSONScanner, into found: inout Set<JSONReportKey>) {
    var nested = scanner
    nested.position += 1
    var isFirst = true
    while let name = nested.nextKey(b, &isFirst) {
      found.insert(JSONReportKeys.key(b, name))
      guard nested.peek(b) != nil, nested.skipValue(b) else { break }
    }
  }

  var dialect: JSONReportDialect? {
    if isList {
      let isFeature = lists.contains(.elements) || (strings.contains(.uri) && strings.contains(.keyword))
      return isFeature && (strings.contains(.uri) || strings.contains(.keyword)) ? .cucumber : nil
    }
    return lineDialect ?? documentDialect
  }

  private static let actions: Set<String> = [
    "start", "run", "pause", "cont", "pass", "bench", "fail", "output", "skip", "build-output", "build-fail", "attr",
    "artifacts",
  ]
  private static let buildEvents: Set<JSONReportKey> = [
    .started, .progress, .unstructuredCommandLine, .structuredCommandLine, .optionsParsed, .workspaceStatus,
    .configuration, .pattern, .targetConfigured, .targetCompleted, .testResult, .testSummary, .buildFinished,
    .buildMetadata,
  ]
  private static let allureStatuses: Set<String> = ["failed", "broken", "passed", "skipped", "unknown"]

  private var lineDialect: JSONReportDialect? {
    if Self.actions.contains(action), !strings.isDisjoint(with: [.goPackage, .goTest, .goOutput, .goImportPath]) {
      return .goTest
    }
    if strings.contains(.reportType) { return .reportLog }
    if type == "start", strings.contains(.protocolVersion), numbers.contains(.time) { return .dart }
    if type == "suite", strings.contains(.event), numbers.contains(.testCount) { return .cargo }
    if objects.contains(.id), inner.count == 1, !inner.isDisjoint(with: Self.buildEvents) { return .bazel }
    return nil
  }

  private var documentDialect: JSONReportDialect? {
    if format == "CTRF" { return .ctrf }
    if objects.contains(.results), inner.contains(.tool), inner.contains(.tests) || inner.contains(.summary) {
      return .ctrf
    }
    if objects.contains(.config), inner.contains(.projects) || inner.contains(.rootDir),
      lists.contains(.suites) || inner.contains(.rootDir) || lists.contains(.errors)
    {
      return .playwright
    }
    if lists.contains(.suites), objects.contains(.stats) || lists.contains(.errors) { return .playwright }
    if lists.contains(.suites), element.contains(.specs) { return .playwright }
    if lists.contains(.testResults), element.contains(.assertionResults) { return .jest }
    if lists.contains(.examples), element.contains(.fullDescription) { return .rspec }
    if lists.contains(.results), element.contains(.suites),
      element.contains(.beforeHooks) || element.contains(.fullFile)
    {
      return .mochawesome
    }
    if lists.contains(.testResults), !numbers.isDisjoint(with: Self.jestTotals) { return .jest }
    if numbers.contains(.numTotalTests), numbers.contains(.numFailedTestSuites) { return .jest }
    if objects.contains(.stats), inner.contains(.passes) || inner.contains(.tests) {
      if lists.contains(.results) { return .mochawesome }
      if lists.contains(.tests) || lists.contains(.failures) || lists.contains(.passes) { return .mocha }
    }
    if numbers.contains(.exitcode), strings.contains(.root), numbers.contains(.created) || lists.contains(.tests) {
      return .pytestJSON
    }
    if lists.contains(.examples), strings.contains(.version) || strings.contains(.summaryLine) { return .rspec }
    return allureDialect
  }

  private static let jestTotals: Set<JSONReportKey> = [
    .numTotalTests, .numFailedTestSuites, .numTotalTestSuites, .numRuntimeErrorTestSuites,
  ]

  private var allureDialect: JSONReportDialect? {
    guard strings.contains(.uuid) else { return nil }
    if Self.allureStatuses.contains(status), strings.contains(.name) || strings.contains(.fullName),
      !strings.isDisjoint(with: [.stage, .historyId, .testCaseId, .fullName]) || lists.contains(.labels)
    {
      return .allure
    }
    if lists.contains(.children), lists.contains(.befores) || lists.contains(.afters) || numbers.contains(.start) {
      return .allureContainer
    }
    return nil
  }
}
