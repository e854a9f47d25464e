/// A JSON document to be written: keys come out sorted, numbers in their shortest exact form, non-finite ones as null.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package static func int(_ value: Int) -> JSONValue { .int(Int64(value)) }

  /// A string or null.
  package static func string(optional value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

  /// An integer or null.
  package static func int(optional value: Int64?) -> JSONValue { value.map { .int($0) } ?? .null }

  /// A duration that was logged, or null for a negative one: how long it took is not known.
  package static func duration(logged microseconds: Int64) -> JSONValue {
    microseconds < 0 ? .null : .int(microseconds)
  }

  /// A number or null.
  package static func double(optional value: Double?) -> JSONValue { value.map(JSONValue.double) ?? .null }

  /// An object of the pairs whose value is there.
  package static func object(_ pairs: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    var object: [String: JSONValue] = [:]
    for (key, value) in pairs { if let value { object[key] = value } }
    return .object(object)
  }
}

extension JSONValue {
  /// The canonical form: no spaces, keys sorted by their UTF-8 bytes.
  package var canonical: String { String(decoding: canonicalBytes, as: UTF8.self) }

  /// The canonical form as bytes, for what is hashed and never shown.
  package var canonicalBytes: [UInt8] {
    var writer = JSONText(isReadable: false)
    writer.write(self, depth: 0)
    return writer.bytes
  }

  /// The readable form: two spaces of indentation, a newline at the end.
  package var pretty: String {
    var writer = JSONText(isReadable: true)
    writer.write(self, depth: 0)
    writer.bytes.append(0x0A)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Quotes a text: control characters (C0, C1, and the line and paragraph separators) are escaped.
  package static func quote(_ text: String, to out: inout [UInt8]) {
    var writer = JSONText(isReadable: false)
    swap(&writer.bytes, &out)
    writer.quote(text)
    swap(&writer.bytes, &out)
  }
}
