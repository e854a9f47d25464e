internal import Cascades
internal import Core
internal import Patterns

/// The settings of the analyses, read from their sections of the pipeline file.
struct AnalysisSettings: Sendable {
  var cascades = CascadeSettings()
  var patterns = PatternSettings()

  init() {}

  init(_ pipeline: PipelineFile, problems: inout [ConfigProblem]) {
    if let reflex = pipeline.reflex { cascades = CascadeSettings(config: reflex, problems: &problems) }
    if let section = pipeline.patterns { patterns = PatternSettings(config: section, problems: &problems) }
  }
}
