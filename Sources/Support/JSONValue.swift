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
  package var canonical: String {
    var out: [UInt8] = []
    write(to: &out, indent: nil)
    return String(decoding: out, as: UTF8.self)
  }

  /// The readable form: two spaces of indentation, a newline at the end.
  package var pretty: String {
    var out: [UInt8] = []
    write(to: &out, indent: 0)
    out.append(0x0A)
    return String(decoding: out, as: UTF8.self)
  }

  // Reports nest a handful of levels deep by construction, so the recursion is bounded by our own schema.
  private func write(to out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .int(let value): out += String(value).utf8
    case .double(let value): out += Self.text(value).utf8
    case .string(let value): Self.quote(value, to: &out)
    case .array(let values):
      Self.list(values, in: ("[", "]"), &out, indent) { $0.write(to: &$1, indent: $2) }
    case .object(let values):
      let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      Self.list(sorted, in: ("{", "}"), &out, indent) { pair, out, inner in
        Self.quote(pair.key, to: &out)
        out.append(0x3A)
        if inner != nil { out.append(0x20) }
        pair.value.write(to: &out, indent: inner)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], in brackets: (open: String, close: String), _ out: inout [UInt8], _ indent: Int?,
    _ write: (Element, inout [UInt8], Int?) -> Void
  ) {
    out += brackets.open.utf8
    for (i, element) in elements.enumerated() {
      if i > 0 { out.append(0x2C) }
      if let indent { newline(indent + 1, &out) }
      write(element, &out, indent.map { $0 + 1 })
    }
    if let indent, !elements.isEmpty { newline(indent, &out) }
    out += brackets.close.utf8
  }

  private static func newline(_ indent: Int, _ out: inout [UInt8]) {
    out.append(0x0A)
    out.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return value.description
  }

  /// Quotes a text: control characters (C0, C1, and the line and paragraph separators) are escaped.
  package static func quote(_ text: String, to out: inout [UInt8]) {
    out.append(0x22)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: out += #"\""#.utf8
      case 0x5C: out += #"\\"#.utf8
      case 0x0A: out += #"\n"#.utf8
      case 0x0D: out += #"\r"#.utf8
      case 0x09: out += #"\t"#.utf8
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C:
        let hex = String(scalar.value, radix: 16)
        out += (#"\u"# + String(repeating: "0", count: 4 - hex.count) + hex).utf8
      default: out += UTF8.encode(scalar).map(Array.init) ?? []
      }
    }
    out.append(0x22)
  }
}
