// What earlier nights knew of patterns.

package import Support

/// Earlier nights as history hands them over, oldest first.
package struct PatternBaseline: Sendable {
  /// One night: its date as text and its digest without exemplars.
  package struct Night: Sendable {
    package var date: String
    package var partial: PatternPartial
    package init(date: String, partial: PatternPartial) {
      self.date = date
      self.partial = partial
    }
  }

  package let nights: [Night]
  /// All nights as one.
  package let merged: PatternPartial

  package init(nights: [Night]) {
    self.nights = nights
    var merged = PatternPartial()
    for night in nights { merged.merge(night.partial) }
    self.merged = merged
  }

  package var isEmpty: Bool { nights.isEmpty }

  /// A night as history holds it.
  package static func encode(_ partial: PatternPartial) -> [UInt8] {
    var writer = ByteWriter()
    partial.withoutExemplars.encode(to: &writer)
    return writer.bytes
  }

  /// A night out of history.
  package static func decode(_ bytes: [UInt8], date: String) throws(DecodeFailure) -> Night {
    var reader = ByteReader(bytes)
    return Night(date: date, partial: try PatternPartial(from: &reader))
  }
}
