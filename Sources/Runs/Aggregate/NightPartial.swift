package import Incidents
package import LogTemplates
package import Patterns
package import Policies
package import Segments
package import Support
package import TestAnalysis
package import Traces

/// What aggregate leaves of the requests: one partial per analysis, with what it covers. It merges in any order.
package struct NightPartial: Sendable {
  package var coverage: Coverage
  /// The outcomes of the inputs whose first partition is covered.
  package var outcomes: [InputOutcome]
  package var counts = NightCounts()
  package var repairs = Repairs()
  package var cascades: IncidentPartial
  package var patterns: PatternPartial
  package var templates: TemplatePartial
  package var episodes: CallPartial
  package var tests: TestPartial
  package var exemplars = ExemplarPartial()

  /// Adds a partial that was opened, section by section as it is read: what it holds is never there twice.
  ///
  /// - Throws: `DecodeFailure` where the bytes are damaged or of another version, `CoverageFailure` where they overlap, come of other
  ///   pipelines or nights, or tell of two contents of one input; the partial is of no use then.
  mutating func join(_ frame: (coverage: Coverage, sections: [ByteReader])) throws {
    try coverage.join(frame.coverage)
    var readers = frame.sections
    outcomes = try InputOutcome.joined(outcomes, try readers[0].array())
    counts.merge(try NightCounts(from: &readers[1]))
    repairs.merge(try Repairs(from: &readers[2]))
    try cascades.merge(from: &readers[3])
    patterns.merge(try PatternPartial(from: &readers[4]))
    templates.merge(try TemplatePartial(from: &readers[5]))
    episodes.merge(try CallPartial(from: &readers[6]))
    tests.merge(try TestPartial(from: &readers[7]))
    exemplars.merge(try ExemplarPartial(from: &readers[8]))
    try Self.close(readers)
  }

  /// Adds the analyses of another partial, whose coverage and outcomes were looked at already. Each is let go when it was added, so that
  /// what the next one needs is not held beside it.
  package mutating func add(_ other: consuming NightPartial) {
    counts.merge(other.counts)
    other.counts = NightCounts()
    repairs.merge(other.repairs)
    other.repairs = Repairs()
    cascades.merge(other.cascades)
    other.cascades = IncidentPartial()
    patterns.merge(other.patterns)
    other.patterns = PatternPartial()
    templates.merge(other.templates)
    other.templates = TemplatePartial()
    episodes.merge(other.episodes)
    other.episodes = CallPartial()
    tests.merge(other.tests)
    other.tests = TestPartial()
    exemplars.merge(other.exemplars)
  }
}

extension NightPartial {
  /// The bytes of the partial: a frame with one section per analysis.
  package func encoded() -> [UInt8] { encoded(cascades: Self.section(cascades.encode)) }

  /// The same, with cascades that were encoded elsewhere.
  func encoded(cascades: [UInt8]) -> [UInt8] {
    var frame = Frame(kind: .partial, coverage: coverage)
    frame.sections = [
      Self.section { $0.array(outcomes) }, Self.section(counts.encode), Self.section(repairs.encode),
      cascades, Self.section(patterns.encode), Self.section(templates.encode),
      Self.section(episodes.encode), Self.section(tests.encode), Self.section(exemplars.encode),
    ]
    return frame.encoded()
  }

  /// Reads a partial.
  ///
  /// - Throws: `DecodeFailure` where the bytes are damaged or of another version.
  package init(encoded bytes: [UInt8]) throws(DecodeFailure) { try self.init(Self.opened(bytes)) }

  /// Reads a partial that was opened.
  init(_ frame: (coverage: Coverage, sections: [ByteReader])) throws(DecodeFailure) {
    coverage = frame.coverage
    var readers = frame.sections
    outcomes = try readers[0].array()
    counts = try NightCounts(from: &readers[1])
    repairs = try Repairs(from: &readers[2])
    cascades = try IncidentPartial(from: &readers[3])
    patterns = try PatternPartial(from: &readers[4])
    templates = try TemplatePartial(from: &readers[5])
    episodes = try CallPartial(from: &readers[6])
    tests = try TestPartial(from: &readers[7])
    exemplars = try ExemplarPartial(from: &readers[8])
    try Self.close(readers)
  }

  /// Where the cascades stand among the sections.
  static let cascadeSection = 3

  static func opened(
    _ bytes: [UInt8]
  ) throws(DecodeFailure) -> (coverage: Coverage, sections: [ByteReader]) {
    let frame = try Frame.open(bytes, expecting: .partial)
    guard frame.sections.count == 9 else { throw DecodeFailure("a partial has nine sections", at: 0) }
    return frame
  }

  private static func close(_ readers: [ByteReader]) throws(DecodeFailure) {
    for reader in readers where reader.remaining > 0 { throw reader.failure("trailing bytes in a section") }
  }

  private static func section(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    write(&writer)
    return writer.bytes
  }
}
