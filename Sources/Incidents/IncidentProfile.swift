package import Support

/// What a night leaves to later ones: the usual level of every component and every way between two, as integers.
package struct IncidentProfile: Hashable, Sendable {
  /// An operation of a component, or of a callee as one of its callers reaches it.
  struct Place: Hashable, Comparable, Sendable {
    var component: String
    var callee = ""
    var operation = ""

    static func < (a: Place, b: Place) -> Bool {
      (a.component, a.callee, a.operation) < (b.component, b.callee, b.operation)
    }
  }

  static let version: UInt8 = 1

  /// Beyond which own time, and which time on the way, a span of an operation was slow, microseconds.
  var limits: [Place: Int64] = [:]
  /// Usual own time per request, and usual time on the ways from and to a component (callee `*`), microseconds.
  var pace: [Place: Int64] = [:]
  /// Requests that usually fail because of a component, in millionths of those that reach it.
  var failures: [Place: Int64] = [:]

  package init() {}
}

extension IncidentProfile: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.byte(Self.version)
    for table in [limits, pace, failures] {
      writer.array(table.sorted { $0.key < $1.key }) { writer, entry in
        writer.text(entry.key.component)
        writer.text(entry.key.callee)
        writer.text(entry.key.operation)
        writer.signed(entry.value)
      }
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    guard try reader.byte() == Self.version else { throw reader.failure("unknown version of a cascade profile") }
    func table() throws(DecodeFailure) -> [Place: Int64] {
      let entries = try reader.array { reader throws(DecodeFailure) in
        let place = Place(component: try reader.text(), callee: try reader.text(), operation: try reader.text())
        return (place, try reader.signed())
      }
      return Dictionary(entries) { a, b in min(a, b) }
    }
    limits = try table()
    pace = try table()
    failures = try table()
  }
}

extension IncidentProfile {
  /// Several nights as one: of every level the lower median, so that a bad night among them does not become the usual.
  package static func usual(_ nights: [IncidentProfile]) -> IncidentProfile? {
    guard !nights.isEmpty else { return nil }
    func merged(_ table: (IncidentProfile) -> [Place: Int64]) -> [Place: Int64] {
      var values: [Place: [Int64]] = [:]
      for night in nights {
        for (place, value) in table(night) { values[place, default: []].append(value) }
      }
      return values.mapValues { list in
        let sorted = list.sorted()
        return sorted[(sorted.count - 1) / 2]
      }
    }
    var usual = IncidentProfile()
    usual.limits = merged(\.limits)
    usual.pace = merged(\.pace)
    usual.failures = merged(\.failures)
    return usual
  }
}
