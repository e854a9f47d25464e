// The windows of a night: as fine as a bounded number allows, and the same however the night was cut up.

package import Support

/// A clock that counts time in windows of 2^shift microseconds. Whenever more than `limit` windows have something in
/// them the width doubles, so a part's windows are never wider than the whole's, and merging is exact.
package struct WindowClock: Hashable, Sendable {
  package static let limit = 32
  /// About a second at the start.
  package private(set) var shift: UInt8 = 20
  package private(set) var windows: Set<Int64> = []

  package init() {}

  /// An empty clock of a width.
  init(shift: UInt8) { self.shift = shift }

  /// The window of a time.
  package func window(of time: Int64) -> Int64 { time >> Int64(shift) }

  /// Takes in a window of a width that is at most this clock's.
  mutating func insert(_ window: Int64, in width: UInt8) {
    windows.insert(window >> Int64(shift - width))
    while windows.count > Self.limit { coarsen() }
  }

  private mutating func coarsen() {
    shift += 1
    windows = Set(windows.map { $0 >> 1 })
  }

  /// Takes in another clock's windows; afterwards `shift` is at least the other's.
  package mutating func merge(_ other: WindowClock) {
    while shift < other.shift { coarsen() }
    for window in other.windows { windows.insert(window >> Int64(shift - other.shift)) }
    while windows.count > Self.limit { coarsen() }
  }

  /// Values by window made as wide as this clock's.
  static func coarsen<Value: Mergeable>(_ values: [Int64: Value], by steps: UInt8) -> [Int64: Value] {
    guard steps > 0 else { return values }
    var coarse: [Int64: Value] = [:]
    for (window, value) in values.sorted(by: { $0.key < $1.key }) {
      let key = window >> Int64(steps)
      if var held = coarse.removeValue(forKey: key) {
        held.merge(value)
        coarse[key] = held
      } else {
        coarse[key] = value
      }
    }
    return coarse
  }
}

extension WindowClock: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.byte(shift)
    writer.array(windows.sorted()) { $0.signed($1) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    shift = try reader.byte()
    guard (20...64).contains(shift) else { throw reader.failure("window width out of range") }
    windows = Set(try reader.array { reader throws(DecodeFailure) in try reader.signed() })
  }
}

/// A count that merges by addition.
package struct Count: Hashable, Sendable, Mergeable {
  package var value: Int
  package init(_ value: Int) { self.value = value }
  package mutating func merge(_ other: Count) { value += other.value }
}
