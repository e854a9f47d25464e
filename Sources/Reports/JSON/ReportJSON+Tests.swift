package import Model
internal import Support

/// Tests in `report.json`.
extension ReportJSON {
  func name(_ value: ForeignName) -> JSONValue { text(value.text) }
  func name(optional value: ForeignName?) -> JSONValue? { value.flatMap { $0.isEmpty ? nil : text($0.text) } }

  func tests(_ tests: TestFindings) -> JSONValue {
    var pairs = counts(tests)
    pairs["failing"] = .array(tests.failing.sorted { $0.line < $1.line }.map(failing))
    pairs["builds"] = .array(tests.builds.map(build))
    pairs["orderKnown"] = .bool(tests.isOrderKnown)
    pairs["configurations"] = .array(tests.configurations.sorted().map(name))
    pairs["flaky"] = .array(
      tests.flaky.sorted { ($0.line, $0.basis.rawValue) < ($1.line, $1.basis.rawValue) }.map(flaky))
    pairs["newlyFailing"] = .array(
      tests.newlyFailing.sorted { ($0.line, $0.since) < ($1.line, $1.since) }.map { failure in
        object(
          failure.line,
          [
            "since": name(failure.since), "lastPassed": name(optional: failure.lastPassed),
            "evidence": evidence(failure.evidence),
          ])
      })
    pairs["clusters"] = .array(
      tests.clusters.sorted { ($0.id, $0.signature) < ($1.id, $1.signature) }.map { cluster in
        .object([
          "id": text(cluster.id.text), "signature": text(cluster.signature.text), "example": text(cluster.example.text),
          "basis": .string(cluster.basis.rawValue), "tests": .array(cluster.tests.sorted().map(name)),
          "builds": .array(cluster.builds.map(name)), "evidence": evidence(cluster.evidence),
        ])
      })
    pairs["files"] = .array(tests.files.sorted { $0.path < $1.path }.map(file))
    pairs["rerunPolicies"] = .array(tests.rerunPolicies.sorted { $0.reruns < $1.reruns }.map(rerunPolicy))
    pairs["slowest"] = .array(
      tests.slowest.map { cost in
        .object(["test": name(cost.test), "totalUs": .int(cost.total), "attempts": .int(cost.attempts)])
      })
    addChanges(tests, &pairs)
    addQuarantine(tests, &pairs)
    return .object(pairs)
  }

  private func counts(_ tests: TestFindings) -> [String: JSONValue] {
    [
      "attempts": .int(tests.attempts), "tests": .int(tests.tests), "passed": .int(tests.passed),
      "failed": .int(tests.failed), "errors": .int(tests.errors), "skipped": .int(tests.skipped),
      "notRun": .int(tests.notRun), "maskedNames": .int(tests.maskedNames), "unexcused": .int(tests.unexcused),
    ]
  }

  /// An object about a line; keys without a value are left out.
  private func object(_ line: TestFindings.Line, _ pairs: [String: JSONValue?]) -> JSONValue {
    var all = pairs.compactMapValues { $0 }
    all["test"] = name(line.test)
    all["configuration"] = name(optional: line.configuration)
    all["branch"] = name(optional: line.branch)
    return .object(all)
  }

  private func failing(_ test: TestFindings.FailingTest) -> JSONValue {
    object(
      test.line,
      [
        "status": .string(test.status.rawValue), "since": name(optional: test.since),
        "lastPassed": name(optional: test.lastPassed), "sinceBuild": name(optional: test.sinceBuild),
        "lastPassedBuild": name(optional: test.lastPassedBuild), "failedBuilds": .int(test.failedBuilds),
        "builds": .int(test.builds), "message": text(test.message.text), "file": name(optional: test.place?.file),
        "line": test.place.flatMap { $0.line > 0 ? .int($0.line) : nil }, "cluster": test.cluster.map { text($0.text) },
        "quarantined": .bool(test.isQuarantined), "evidence": evidence(test.evidence),
        "history": history(test.history), "owner": name(optional: test.owner),
        "doubt": test.doubt.map { .object(["flaky": .int($0.flaky), "broken": .int($0.broken)]) },
      ])
  }

  /// A letter a build, as `Mark` has them.
  private func history(_ marks: [TestFindings.Mark]) -> JSONValue? {
    marks.isEmpty ? nil : .string(marks.map(\.rawValue).joined())
  }

  private func build(_ build: TestFindings.Build) -> JSONValue {
    var pairs: [String: JSONValue] = [
      "id": name(build.id), "configurations": .array(build.configurations.map(name)),
      "outcome": .string(build.outcome.rawValue), "tests": .int(build.tests), "failed": .int(build.failed),
      "flaky": .int(build.flaky),
    ]
    pairs["revision"] = name(optional: build.revision)
    pairs["branch"] = name(optional: build.branch)
    if build.start != .min { pairs["start"] = time(build.start) }
    return .object(pairs)
  }

  private func flaky(_ test: TestFindings.FlakyTest) -> JSONValue {
    object(
      test.line,
      [
        "basis": .string(test.basis.rawValue), "attempts": .int(test.attempts), "failures": .int(test.failures),
        "lowerBound": .double(test.lowerBound), "rate": .double(test.rate), "lastSeen": name(optional: test.lastSeen),
        "evidence": evidence(test.evidence), "history": history(test.history),
      ])
  }

  private func rerunPolicy(_ policy: TestFindings.RerunPolicy) -> JSONValue {
    .object([
      "reruns": .int(policy.reruns), "green": estimate(policy.green), "costUs": estimate(policy.cost),
      "buildsTurnedGreen": estimate(policy.buildsTurnedGreen), "faultsMasked": estimate(policy.faultsMasked),
      "greenClustered": estimate(policy.greenClustered), "fittedBuilds": .int(policy.fittedBuilds),
      "testedBuilds": .int(policy.testedBuilds), "observedGreen": policy.observedGreen.map { estimate($0) },
      "keptRed": .int(policy.keptRed),
      "lines": .array(
        policy.lines.map { line in
          var pairs: [String: JSONValue] = ["green": estimate(line.green), "costUs": estimate(line.cost)]
          pairs["configuration"] = name(optional: line.configuration)
          pairs["branch"] = name(optional: line.branch)
          return .object(pairs)
        }),
    ])
  }

  private func addChanges(_ tests: TestFindings, _ pairs: inout [String: JSONValue]) {
    pairs["fixed"] = .array(
      tests.fixed.sorted { ($0.line, $0.since) < ($1.line, $1.since) }.map {
        object($0.line, ["since": name($0.since)])
      })
    pairs["appeared"] = .array(
      tests.appeared.map { .object(["test": name($0.test), "since": name($0.build)]) })
    pairs["vanished"] = .array(
      tests.vanished.map { .object(["test": name($0.test), "lastSeen": name($0.build)]) })
    pairs["renamed"] = .array(tests.renamed.map { .object(["from": name($0.from), "to": name($0.to)]) })
    pairs["slower"] = .array(
      tests.slower.map {
        object($0.line, ["beforeUs": .int($0.before), "nowUs": .int($0.now), "since": name($0.since)])
      })
  }

  private func addQuarantine(_ tests: TestFindings, _ pairs: inout [String: JSONValue]) {
    var names: [ForeignName] = []
    for entry in tests.quarantine where !names.contains(entry.line.test) { names.append(entry.line.test) }
    pairs["quarantine"] = .array(names.map(name))
    pairs["released"] = .array(
      tests.released.map {
        object(
          $0.line,
          [
            "reason": .string($0.reason.rawValue), "since": name($0.since), "nights": .int($0.nights),
            "runs": .int($0.runs),
          ])
      })
  }

  /// `quarantine.json`: what to put aside, and why; the next night reads it.
  package static func quarantine(_ report: NightReport, rules: TextRules) -> String {
    ReportJSON(rules: rules).quarantine(report.tests).pretty
  }

  private func quarantine(_ tests: TestFindings) -> JSONValue {
    .object([
      "schemaVersion": .int(1),
      "quarantine": .array(
        tests.quarantine.sorted { $0.line < $1.line }.map { entry in
          object(
            entry.line,
            [
              "reason": .string(TestWording.reason(entry).plain), "basis": .string(entry.basis.rawValue),
              "since": name(entry.since), "expires": name(entry.expires), "failures": .int(entry.failures),
              "attempts": .int(entry.attempts), "evidence": evidence(entry.evidence),
            ])
        }),
    ])
  }

  private func file(_ file: TestFindings.File) -> JSONValue {
    var fields: [String: JSONValue] = [
      "path": path(file.path.text), "dialect": .string(file.dialect.text), "cases": .int(file.cases),
      "passed": .int(file.passed), "failures": .int(file.failures), "errors": .int(file.errors),
      "skipped": .int(file.skipped), "tests": .int(file.tests), "attempts": .int(file.attempts),
      "reruns": .int(file.reruns), "flaky": .int(file.flaky), "complete": .bool(file.complete),
      "recovered": .bool(file.recovered), "disabled": .int(file.disabled),
    ]
    if file.parserStop > -2 { fields["parser"] = .string(file.parserStop == -1 ? "libxml2" : "scanner") }
    if file.parserStop >= 0 { fields["parserStoppedAt"] = .int(file.parserStop) }
    return .object(fields)
  }
}
