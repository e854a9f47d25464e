/// A value that another of its kind can be merged into, in any order and any grouping, with the same result.
package protocol Mergeable {
  /// Commutative and associative: `a + b == b + a`, `(a + b) + c == a + (b + c)`.
  mutating func merge(_ other: Self)
}

/// What one analysis keeps of one partition: it merges, and it survives a trip through a file.
package typealias Partial = Mergeable & BinaryCodable & Sendable
