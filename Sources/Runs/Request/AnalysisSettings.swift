internal import Incidents
internal import Patterns
internal import Support

/// The settings of the analyses, read from their sections of the pipeline file.
package struct AnalysisSettings: Sendable {
  var cascades = IncidentSettings()
  var patterns = PatternSettings()

  init() {}

  init(_ pipeline: PipelineFile, problems: inout [ConfigProblem]) {
    if let reflex = pipeline.reflex { cascades = IncidentSettings(config: reflex, problems: &problems) }
    if let section = pipeline.patterns { patterns = PatternSettings(config: section, problems: &problems) }
  }
}
