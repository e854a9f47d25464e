package import Model
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

  /// What one set of constants finds of some windows.
  package struct Judgement: Sendable {
    /// The places of the true components among the suspects, and whether the worst incident of that time names it first.
    package var places: [Int?]
    package var isTold: [Bool]
    /// Whether any incident of that time names it first.
    package var isSaid: [Bool]
    /// Incidents of times that no window has any part in, half a minute before and two after it left out: where labels end.
    package var strays: Int
  }

  /// What several sets of constants find of some windows: for choosing each without what it is judged on.
  package static func judgements(
    _ options: RunSetup.Options, truths: [(window: Range<Int64>, component: String)], under sets: [DecidingConstants]
  ) throws -> [Judgement] {
    let request = try RunSetup.request(options)
    let night = try NightRun.partial(of: request)
    var settings = try RunSetup.settings(request.pipeline).cascades
    return sets.map { set in
      settings.constants = set
      let findings = IncidentAnalysis.conclude(night.cascades, settings: settings, windows: truths.map(\.window))
      let places = zip(truths, findings.windows).map { truth, ranking -> Int? in
        guard let own = ranking.suspects.first(where: { $0.component.text == truth.component })?.score else {
          return nil
        }
        return ranking.suspects.count { $0.score >= own }
      }
      return Judgement(
        places: places, isTold: truths.map { isTold($0.component, within: $0.window, by: findings.incidents) },
        isSaid: truths.map { truth in
          own(findings.incidents, of: truth.window).contains {
            $0.rootCauses.first?.component.text == truth.component
          }
        },
        strays: findings.incidents.count { incident in
          !truths.contains {
            incident.start < $0.window.upperBound + 2 * minute && incident.end > $0.window.lowerBound - minute / 2
          }
        })
    }
  }

  /// What several sets of constants find in a night.
  package static func incidents(
    _ options: RunSetup.Options, under sets: [DecidingConstants]
  ) throws -> [[Incident]] {
    let request = try RunSetup.request(options)
    let night = try NightRun.partial(of: request)
    var settings = try RunSetup.settings(request.pipeline).cascades
    return sets.map { set in
      settings.constants = set
      return IncidentAnalysis.conclude(night.cascades, settings: settings).incidents
    }
  }

  private static let minute: Int64 = 60_000_000

  /// The incidents that a time has a part in.
  private static func own(_ incidents: [Incident], of window: Range<Int64>) -> [Incident] {
    incidents.filter { $0.start < window.upperBound && $0.end >= window.lowerBound }
  }

  /// Whether the worst incident of a time, of equal ones the first, names a component first.
  private static func isTold(_ component: String, within window: Range<Int64>, by incidents: [Incident]) -> Bool {
    let worst = own(incidents, of: window).max { a, b in
      a.severity != b.severity ? a.severity < b.severity : a.start > b.start
    }
    return worst?.rootCauses.first?.component.text == component
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
