internal import Incidents
internal import Support

/// Partials made one, bytes to bytes: the cascades, by far the most of a night, are merged row by row and never held as cells.
package struct NightMerge: Sendable {
  /// Everything but the cascades.
  private var night: NightPartial?
  private var cascades: IncidentMerge

  /// - Parameter memory: `limits.memory`, of which a quarter is for partials that are read.
  package init(memory: Int) { cascades = IncidentMerge(budget: memory / 4) }

  /// Takes another partial.
  ///
  /// - Throws: as `NightPartial.join`; the merge is of no use then.
  package mutating func add(encoded bytes: [UInt8]) throws {
    var frame = try NightPartial.opened(bytes)
    let own = frame.sections[NightPartial.cascadeSection]
    frame.sections[NightPartial.cascadeSection] = ByteReader(IncidentPartial.none)
    if night == nil { night = try NightPartial(frame) } else { try night?.join(frame) }
    try cascades.add(own)
  }

  /// What the inputs gave, for the counters of the phase.
  package var outcomes: [InputOutcome] { night?.outcomes ?? [] }

  /// The merged partial, to be concluded; nil where none was taken.
  ///
  /// - Throws: `DecodeFailure` where the cascades of one are damaged.
  package mutating func partial() throws -> NightPartial? {
    let merged = try cascades.partial()
    defer { night = nil }
    night?.cascades = merged
    return night
  }

  /// The merged partial's bytes; nil where none was taken.
  ///
  /// - Throws: `DecodeFailure` where the cascades of one are damaged.
  package mutating func encoded() throws -> [UInt8]? {
    let merged = try cascades.merged()
    return night?.encoded(cascades: merged)
  }
}
