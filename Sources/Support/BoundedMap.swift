// A map that keeps a bounded number of keys, and the same ones for every order of arrival.

/// Values by 64-bit key, of which at most `limit` are kept: the smallest keys.
///
/// Keys are stable hashes, so what is kept is a uniform sample of them. A key among the smallest of the whole is among the
/// smallest of every part that holds it, so counts of kept keys are exact and merging is commutative and associative.
/// What was left out is counted in `overflow`, never silent.
package struct BoundedMap<Value: Mergeable & Sendable & Weighted>: Sendable {
  package private(set) var values: [UInt64: Value] = [:]
  package let limit: Int
  /// The weight of everything that was left out.
  package private(set) var overflow = 0
  /// Keys above this one are left out.
  private var ceiling = UInt64.max

  package init(limit: Int) { self.limit = max(limit, 1) }

  package var count: Int { values.count }

  /// Values with their keys, in key order.
  package var sorted: [(key: UInt64, value: Value)] { values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

  package subscript(key: UInt64) -> Value? { values[key] }

  /// Merges a value into a key's. After the last one `settle` is due.
  package mutating func add(_ value: Value, for key: UInt64) {
    guard key <= ceiling else {
      overflow += value.weight
      return
    }
    if let place = values.index(forKey: key) {
      values.values[place].merge(value)
    } else {
      values[key] = value
      if values.count > 2 * limit { prune() }
    }
  }

  /// Leaves out what is beyond the limit; until then up to twice as many keys wait, so that adding stays cheap.
  package mutating func settle() {
    if values.count > limit { prune() }
  }

  /// Changes every value in place.
  package mutating func update(_ change: (inout Value) -> Void) {
    // Each is changed by itself: in what order makes no difference.
    for place in values.indices { change(&values.values[place]) }
  }

  private mutating func prune() {
    let keys = values.keys.sorted()
    for key in keys[limit...] { overflow += values.removeValue(forKey: key)?.weight ?? 0 }
    ceiling = keys[limit - 1]
  }
}

/// How much a value stands for, counted where it is left out.
package protocol Weighted {
  var weight: Int { get }
}

extension BoundedMap: Mergeable {
  package mutating func merge(_ other: BoundedMap) {
    overflow += other.overflow
    ceiling = min(ceiling, other.ceiling)
    if values.contains(where: { $0.key > ceiling }) {
      for key in values.keys.sorted() where key > ceiling { overflow += values.removeValue(forKey: key)?.weight ?? 0 }
    }
    // In any order: what is kept and what is counted as left out depends on the keys alone.
    for (key, value) in other.values { add(value, for: key) }
    settle()
  }
}

extension BoundedMap where Value: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.int(overflow)
    writer.fixed64(ceiling)
    writer.dictionary(values) { writer, key, value in
      writer.fixed64(key)
      value.encode(to: &writer)
    }
  }

  package init(limit: Int, from reader: inout ByteReader) throws(DecodeFailure) {
    self.init(limit: limit)
    overflow = try reader.int()
    ceiling = try reader.fixed64()
    for _ in 0..<(try reader.count(minimumBytes: 8)) {
      let key = try reader.fixed64()
      values[key] = try Value(from: &reader)
    }
    if values.count > limit { prune() }
  }
}
