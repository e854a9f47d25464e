// `go test -json` (cmd/test2json): one event a line; also what gotestsum writes with `--jsonfile`, reruns behind the first run.
//
// Names are those that gotestsum's JUnit has: the package is the class, a package that fails without a failed test has the
// test `TestMain`.

internal import Model
internal import Support

struct GoTestReports: JSONReportReader {
  private struct Event {
    var action = ""
    var package = ""
    var test = ""
    var output = ""
    var time: Int64 = .min
    var elapsed: Int64 = -1
    var failedBuild = ""
    var importPath = ""
    var line = 1
  }

  fileprivate struct Running {
    var output = ""
    var start: Int64 = .min
    var line = 1
  }

  fileprivate struct Package {
    var tests: [String: Running] = [:]
    /// Tests in the order in which they began.
    var order: [String] = []
    var failures = 0
    var output = ""
    var start: Int64 = .min
    var line = 1
  }

  private var event = Event()
  private var packages: [String: Package] = [:]
  private var builds: [String: String] = [:]
  /// Bytes of output that are held for tests that still run.
  private var held = 0
  private static let heldLimit = 32 << 20

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    guard node == .top, isObject else { return nil }
    event = Event()
    event.line = line
    return .item
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch field.key {
    case .goAction: event.action = sheet.string(field, b, limit: 40)
    case .goPackage: event.package = sheet.string(field, b, limit: 1000)
    case .goTest: event.test = sheet.string(field, b, limit: 1000)
    case .goOutput: event.output = sheet.string(field, b)
    case .goTime:
      let zone = sheet.context.settings.assumedZoneSeconds
      event.time = field.time(b, unit: 1_000_000, zoneSeconds: zone)?.time ?? .min
    case .goElapsed: event.elapsed = field.duration(b, unit: 1_000_000)
    case .goFailedBuild: event.failedBuild = sheet.string(field, b, limit: 1000)
    case .goImportPath: event.importPath = sheet.string(field, b, limit: 1000)
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch event.action {
    case "start", "run": start()
    case "output": takeOutput(on: sheet)
    case "build-output":
      let known = builds[event.importPath] ?? ""
      if known.utf8.count < sheet.context.settings.limits.text, builds.count < 10_000 {
        builds[event.importPath] = known + event.output
      }
    case "pass", "bench", "fail", "skip":
      if event.test.isEmpty { endPackage(on: &sheet) } else { endTest(on: &sheet) }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    // What still runs has no end: the job died.
    for name in packages.keys.sorted() {
      guard let package = packages.removeValue(forKey: name) else { continue }
      sheet.cutShort()
      for test in package.order {
        guard let running = package.tests[test] else { continue }
        var record = self.record(name, test, running)
        record.outcome = .notRun
        record.marks.insert(.incomplete)
        sheet.add(record, line: running.line)
      }
    }
  }

  private mutating func start() {
    if event.test.isEmpty {
      if packages[event.package] == nil { packages[event.package] = Package(start: event.time, line: event.line) }
      return
    }
    packages[event.package, default: Package(start: event.time, line: event.line)].begin(
      event.test, Running(start: event.time, line: event.line))
  }

  private mutating func takeOutput(on sheet: borrowing ReportBuilder) {
    let limit = sheet.context.settings.limits.text
    guard !event.output.isEmpty, held < Self.heldLimit else { return }
    if event.test.isEmpty {
      guard var package = packages.removeValue(forKey: event.package) else {
        packages[event.package] = Package(output: event.output, start: event.time, line: event.line)
        return
      }
      if package.output.utf8.count < limit {
        package.output += event.output
        held += event.output.utf8.count
      }
      packages[event.package] = package
      return
    }
    guard !Self.isFrame(event.output) else { return }
    held += event.output.utf8.count
    packages[event.package, default: Package(start: event.time, line: event.line)].append(
      event.output, to: event.test, limit: limit, line: event.line)
  }

  /// What the test binary says of a test itself: `=== RUN`, `--- FAIL:` and their like.
  private static func isFrame(_ text: String) -> Bool {
    let bare = text.drop { $0 == " " }
    return bare.hasPrefix("=== ") || bare.hasPrefix("--- PASS") || bare.hasPrefix("--- FAIL")
      || bare.hasPrefix("--- SKIP") || bare.hasPrefix("--- BENCH")
  }

  private mutating func endTest(on sheet: inout ReportBuilder) {
    var running = Running(start: event.time, line: event.line)
    if let known = packages[event.package]?.end(event.test) {
      running = known
      held -= known.output.utf8.count
    }
    var record = self.record(event.package, event.test, running)
    record.duration = event.elapsed
    switch event.action {
    case "fail":
      record.outcome = .failed
      packages[event.package]?.failures += 1
    case "skip": record.outcome = .skipped
    default: record.outcome = .passed
    }
    sheet.add(record, line: running.line)
  }

  private func record(_ package: String, _ test: String, _ running: Running) -> TestRecord {
    var record = TestRecord()
    record.suites = package.isEmpty ? [] : [package]
    record.className = package
    record.name = test
    record.time = running.start
    record.hasZone = true
    record.output = running.output
    GoFailure.read(running.output, into: &record)
    return record
  }

  private mutating func endPackage(on sheet: inout ReportBuilder) {
    let package = packages.removeValue(forKey: event.package) ?? Package(start: event.time, line: event.line)
    held -= package.output.utf8.count
    var failures = package.failures
    // A panic or a time-out ends the binary: the tests that still ran are what it took with it.
    for test in package.order {
      guard let running = package.tests[test] else { continue }
      held -= running.output.utf8.count
      var record = self.record(event.package, test, running)
      record.outcome = event.action == "fail" ? .failed : .notRun
      record.marks.insert(.incomplete)
      if event.action == "fail" { failures += 1 }
      if record.message.isEmpty { GoFailure.read(package.output, into: &record) }
      sheet.add(record, line: running.line)
    }
    guard event.action == "fail", failures == 0 else { return }
    var record = TestRecord()
    record.suites = [event.package]
    record.className = event.package
    record.name = "TestMain"
    record.outcome = .failed
    record.marks.insert(.setup)
    record.time = package.start
    record.hasZone = true
    record.duration = event.elapsed
    let build = builds[event.failedBuild.isEmpty ? event.package : event.failedBuild] ?? ""
    record.failureType = event.failedBuild.isEmpty && build.isEmpty ? "" : "build failed"
    record.output = build.isEmpty ? package.output : build
    GoFailure.read(record.output, into: &record)
    sheet.add(record, line: package.line)
  }
}

extension GoTestReports.Package {
  fileprivate mutating func begin(_ test: String, _ running: GoTestReports.Running) {
    // Begun again without an end: the same test goes on.
    guard tests[test] == nil else { return }
    tests[test] = running
    order.append(test)
  }

  fileprivate mutating func append(_ text: String, to test: String, limit: Int, line: Int) {
    guard var running = tests.removeValue(forKey: test) else {
      begin(test, GoTestReports.Running(output: text, line: line))
      return
    }
    if running.output.utf8.count < limit { running.output += text }
    tests[test] = running
  }

  fileprivate mutating func end(_ test: String) -> GoTestReports.Running? {
    guard let running = tests.removeValue(forKey: test) else { return nil }
    if order.last == test {
      order.removeLast()
    } else if tests.isEmpty {
      order.removeAll()
    } else if order.count > 4 * tests.count + 64 {
      order.removeAll { tests[$0] == nil }
    }
    return running
  }
}

/// What the output of a failed Go test says: the message with its place, or a panic.
enum GoFailure {
  static func read(_ output: String, into record: inout TestRecord) {
    var first = ""
    for line in output.split(separator: "\n", maxSplits: 400, omittingEmptySubsequences: true) {
      let text = line.drop { $0 == " " || $0 == "\t" }
      if text.isEmpty || text == "FAIL" || text == "PASS" || text.hasPrefix("FAIL\t") || text.hasPrefix("exit status") {
        continue
      }
      if let place = place(text) {
        // Only a failure tells its file: what a test is must not depend on it.
        record.message = String(place.rest)
        record.stack = output
        return
      }
      if text.hasPrefix("panic: ") || text.hasPrefix("fatal error: ") {
        record.failureType = "panic"
        record.message = String(text)
        record.stack = output
        return
      }
      if first.isEmpty { first = String(text) }
    }
    record.message = first
  }

  /// `pay_test.go:9: message`.
  private static func place(_ text: Substring) -> (file: String, line: Int, rest: Substring)? {
    let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0].hasSuffix(".go"), !parts[0].contains(" "), let line = Int(parts[1]) else {
      return nil
    }
    var rest = text[parts[2].startIndex...]
    // The compiler names the column too.
    if parts.count == 4, Int(parts[2]) != nil { rest = parts[3] }
    return (String(parts[0]), line, rest.drop { $0 == " " })
  }
}
