// Tonight's builds: which configurations they had, and how they ended.

internal import Model

enum BuildSummary {
  static func builds(_ timeline: TestTimeline) -> [TestFindings.Build] {
    let configurations = timeline.places.configurationsByBuild()
    return timeline.builds[timeline.tonight...].enumerated().map { number, build in
      let tally = timeline.buildTallies[number]
      let outcome: TestFindings.Build.Outcome =
        build.isIncomplete ? .incomplete : tally.hasFailure ? .failed : .passed
      var found = TestFindings.Build(id: ForeignName(build.id), outcome: outcome)
      found.revision = ForeignName(build.revision)
      found.branch = ForeignName(build.branch)
      found.configurations = configurations[number].map { ForeignName($0) }
      found.tests = tally.tests
      found.failed = tally.failed
      found.flaky = tally.flaky
      found.start = build.start
      return found
    }
  }
}
