internal import Model
package import Incidents

/// The suspects of given windows beside what a naive ranking says, for measuring.
package enum WindowCheck {
  /// One window.
  package struct Window: Sendable {
    /// Ranked by the scorer, best first.
    package var suspects: [(component: String, score: Double)]
    /// Every component that could be named, with its errors in the window.
    package var errors: [(component: String, errors: Int)]
  }

  /// The places of the true components of some windows, under several sets of constants: for choosing each without what it is judged on.
  package static func ranks(
    _ options: RunSetup.Options, truths: [(window: Range<Int64>, component: String)], under sets: [DecidingConstants]
  ) throws -> [[Int?]] {
    let request = try RunSetup.request(options)
    let night = try NightRun.partial(of: request)
    var settings = try RunSetup.settings(request.pipeline).cascades
    return sets.map { set in
      settings.constants = set
      let findings = IncidentAnalysis.conclude(night.cascades, settings: settings, windows: truths.map(\.window))
      return zip(truths, findings.windows).map { truth, ranking in
        guard let own = ranking.suspects.first(where: { $0.component.text == truth.component })?.score else {
          return nil
        }
        return ranking.suspects.count { $0.score >= own }
      }
    }
  }

  /// Reads the inputs of a command line and ranks the suspects of some windows, microseconds.
  ///
  /// - Throws: what `run` would end with.
  package static func rank(_ options: RunSetup.Options, windows: [Range<Int64>]) throws -> [Window] {
    let request = try RunSetup.request(options)
    let night = try NightRun.partial(of: request)
    let settings = try RunSetup.settings(request.pipeline)
    let findings = IncidentAnalysis.conclude(night.cascades, settings: settings.cascades, windows: windows)
    let errors = MostErrors.counts(night.cascades, windows: windows)
    return zip(findings.windows, errors).map { ranking, errors in
      Window(suspects: ranking.suspects.map { ($0.component.text, $0.score) }, errors: errors)
    }
  }
}
