// One request that stands for many, chosen the same way whatever the order of arrival.

package import Model
package import Support

/// A request kept as evidence: of all candidates the one with the smallest identity.
package struct Exemplar: Hashable, Comparable, Sendable {
  package var request: RequestID
  /// The request's own text where its identity is not hex.
  package var text: String
  package var location: SourceLocation
  /// When it began, microseconds since the epoch.
  package var time: Int64
  /// What it measured, for exemplars chosen by size: microseconds or a count.
  package var value: Int64

  package init(request: RequestID, text: String = "", location: SourceLocation, time: Int64 = 0, value: Int64 = 0) {
    self.request = request
    self.text = text
    self.location = location
    self.time = time
    self.value = value
  }

  package static func < (a: Exemplar, b: Exemplar) -> Bool {
    (a.request, a.time, a.location, a.value) < (b.request, b.time, b.location, b.value)
  }

  /// Whether a is the better exemplar of the largest value: larger, or equal and of a smaller request.
  static func larger(_ a: Exemplar, _ b: Exemplar) -> Bool { a.value != b.value ? a.value > b.value : a < b }

  /// Whether a is the better exemplar of the smallest value: smaller, or equal and of a smaller request.
  static func smaller(_ a: Exemplar, _ b: Exemplar) -> Bool { a.value != b.value ? a.value < b.value : a < b }

  /// The request as reports print it.
  package var name: ForeignName { ForeignName(text.isEmpty ? request.hex : text) }

  package var evidence: Evidence {
    Evidence(location, request: text.isEmpty && request.isMade(for: location) ? "" : name)
  }

  static func first(_ a: Exemplar?, _ b: Exemplar?) -> Exemplar? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }
}

extension Exemplar: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.fixed64(request.high)
    writer.fixed64(request.low)
    writer.text(text)
    writer.signed(time)
    writer.signed(value)
    Evidence(location).encode(to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    request = RequestID(high: try reader.fixed64(), low: try reader.fixed64())
    text = try reader.text()
    time = try reader.signed()
    value = try reader.signed()
    location = try Evidence(from: &reader).location
  }

  static func encode(_ exemplar: Exemplar?, to writer: inout ByteWriter) {
    writer.bool(exemplar != nil)
    exemplar?.encode(to: &writer)
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeFailure) -> Exemplar? {
    try reader.bool() ? try Exemplar(from: &reader) : nil
  }
}
