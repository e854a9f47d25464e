// The keys of JSON test reports that any dialect reads, told apart by a few of their bytes.

internal import Model
internal import Support

/// A key that some dialect knows. The raw value is the key as the producers write it.
enum JSONReportKey: String, CaseIterable {
  /// No key: an element of a list, or the document itself.
  case element = "\u{0}element"
  /// A key that no dialect reads.
  case other = "\u{0}other"

  // go test -json (cmd/test2json)
  case goAction = "Action"
  case goPackage = "Package"
  case goTest = "Test"
  case goTime = "Time"
  case goElapsed = "Elapsed"
  case goOutput = "Output"
  case goFailedBuild = "FailedBuild"
  case goImportPath = "ImportPath"

  // Playwright, Jest, Vitest, mocha, mochawesome, CTRF, RSpec, Cucumber, Allure, pytest
  case actualStatus = "actualStatus"
  case after, afterHooks, afters, ancestorTitles, annotations, assertionResults, attempt, attempts
  case before, beforeHooks, befores, branch, branchName, browser
  case call, children, collectors, commit, config, crash, created, currentRetry
  case description, device, duration
  case elements, err, error, errorLocation, errors, estack, examples, excluded, exception, exitcode, expectedStatus
  case environment, errorMessage = "error_message", extra
  case failed, failureMessages, failures, file, filePath, filePathSnake = "file_path", flaky, fullDescription =
    "full_description", fullFile, fullName, fullTitle
  case gitCommit
  case hash, historyId
  case id, invocations, isHook
  case keyword, kind
  case labels, line, lineNumber = "line_number", lineno, location, longrepr
  case match, message, messages, metadata, mode
  case name, nodeid
  case numFailedTestSuites, numRuntimeErrorTestSuites, numTotalTests, numTotalTestSuites
  case ok, outcome
  case parameters, parentUUID, passed, passes, path, pending, pendingMessage = "pending_message", projectName, projects
  case reportFormat, reprcrash, result, results, retries, retry, retryAttempts, retryReasons, root, rootDir, runTime =
    "run_time"
  case sections, setup, skipped, specs, stack, stage, start, startTime, startTimestamp = "start_timestamp", state,
    stats,
    status, statusDetails, steps, stop, suite, suites, summary, summaryLine = "summary_line"
  case tags, teardown, testCaseId, testResults, tests, timedOut, timestamp, title, tool, trace, type
  case uri, uuid
  case value, version
  case wasInterrupted, wasxfail, when
  case errorsOutside = "errors_outside_of_examples_count"
  case backtrace = "backtrace"
  case className = "class"

  // pytest-reportlog
  case reportType = "$report_type"
  case exitstatus

  // Dart's JSON reporter, Rust's test harness
  case event, execTime = "exec_time", hidden, isFailure, protocolVersion, skipReason, stackTrace, stdout, suiteID, test
  case testCount = "test_count"
  case testID, time

  // Bazel's build event protocol
  case aborted, buildFinished, cachedLocally, completed, configuration, finished, item, key, label, mnemonic,
    overallStatus
  case overallSuccess, reason, run, shard, started, targetCompleted, testAttemptDuration, testAttemptDurationMillis
  case testAttemptStart, testAttemptStartMillisEpoch, testResult, testSummary, workspaceStatus, success
  case targetConfigured, pattern, progress, unstructuredCommandLine, structuredCommandLine, optionsParsed, buildMetadata
  case exitCode, code
}

/// Finds a key by its bytes.
enum JSONReportKeys {
  private struct Slot {
    var hash: UInt64 = 0
    var key = JSONReportKey.other
    var name: [UInt8] = []
  }

  /// Open addressing, at most a quarter full.
  private static let slots: [Slot] = {
    var slots = [Slot](repeating: Slot(), count: size)
    for key in JSONReportKey.allCases where key != .element && key != .other {
      let name = Array(key.rawValue.utf8)
      let hash = hash(name.span, 0, name.count)
      var slot = Int(truncatingIfNeeded: hash >> 32) & (size - 1)
      while slots[slot].hash != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Slot(hash: hash, key: key, name: name)
    }
    return slots
  }()
  private static let size = 1024

  /// The length, the first and the last bytes: enough to tell the keys above apart, and little to compute.
  @inline(__always) private static func hash(_ b: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
    let middle = b[start &+ count &>> 1]
    let early = b[start &+ min(2, count &- 1)]
    let mixed =
      UInt64(b[start]) | UInt64(early) &<< 8 | UInt64(middle) &<< 16 | UInt64(b[start &+ count &- 1]) &<< 24
      | UInt64(truncatingIfNeeded: count) &<< 32
    return (mixed &* 0x9E37_79B9_7F4A_7C15) | 1
  }

  static func key(_ b: Span<UInt8>, _ text: JSONStringSlice) -> JSONReportKey {
    guard !text.isEscaped, text.count > 0, text.count <= 40 else { return .other }
    let wanted = hash(b, text.start, text.count)
    var slot = Int(truncatingIfNeeded: wanted &>> 32) & (size &- 1)
    while true {
      let found = slots[slot].hash
      if found == 0 { return .other }
      if found == wanted, isSame(b, text, slots[slot].name) { return slots[slot].key }
      slot = (slot &+ 1) & (size &- 1)
    }
  }

  @inline(__always) private static func isSame(_ b: Span<UInt8>, _ text: JSONStringSlice, _ name: [UInt8]) -> Bool {
    guard name.count == text.count else { return false }
    for i in 0..<name.count where name[i] != b[text.start &+ i] { return false }
    return true
  }
}
