import Support

/// Checks a document against the keywords of JSON Schema that the shipped schema uses; an unknown keyword is a problem
/// itself, so that the schema cannot say something that is never checked.
struct SchemaValidator {
  let schema: JSONValue
  /// Whether keys that the schema does not describe are problems too.
  var strict = false

  private static let known: Set<String> = [
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "required", "properties",
    "additionalProperties", "items", "minItems", "maxItems", "enum", "const", "anyOf", "minimum", "maximum", "pattern",
    "minLength", "maxLength",
  ]

  func problems(_ value: JSONValue) -> [String] { check(value, schema, "$") }

  private func check(_ value: JSONValue, _ rule: JSONValue, _ path: String) -> [String] {
    var found: [String] = []
    for keyword in (rule.pairs ?? [:]).keys.sorted() where !Self.known.contains(keyword) {
      found.append("\(path): unknown keyword \(keyword)")
    }
    if let ref = rule["$ref"]?.text {
      guard let target = schema["$defs"]?[String(ref.dropFirst("#/$defs/".count))] else {
        return ["\(path): no definition \(ref)"]
      }
      return found + check(value, target, path)
    }
    if let options = rule["anyOf"]?.elements {
      let tries = options.map { check(value, $0, path) }
      if !tries.contains(where: \.isEmpty) { found += ["\(path): none of the options fits"] + tries.flatMap { $0 } }
    }
    if let type = rule["type"] {
      let names = type.elements?.compactMap(\.text) ?? [type.text ?? ""]
      if !names.contains(where: { matches(value, $0) }) { return found + ["\(path): is no \(names)"] }
    }
    if let options = rule["enum"]?.elements, !options.contains(value) { found.append("\(path): \(value) not in enum") }
    if let constant = rule["const"], constant != value { found.append("\(path): is not \(constant)") }
    if let minimum = rule["minimum"]?.number, let number = value.number, number < minimum {
      found.append("\(path): below \(minimum)")
    }
    if let maximum = rule["maximum"]?.number, let number = value.number, number > maximum {
      found.append("\(path): above \(maximum)")
    }
    if let text = value.text {
      if let least = rule["minLength"]?.integer, text.unicodeScalars.count < Int(least) {
        found.append("\(path): too short")
      }
      if let most = rule["maxLength"]?.integer, text.unicodeScalars.count > Int(most) {
        found.append("\(path): too long")
      }
      if let pattern = rule["pattern"]?.text, let expression = try? Regex(pattern),
        text.firstMatch(of: expression) == nil
      {
        found.append("\(path): '\(text)' does not match \(pattern)")
      }
    }
    if let values = value.elements {
      if let least = rule["minItems"]?.integer, values.count < Int(least) { found.append("\(path): too few") }
      if let most = rule["maxItems"]?.integer, values.count > Int(most) { found.append("\(path): too many") }
      if let items = rule["items"] {
        for (i, value) in values.enumerated() { found += check(value, items, "\(path)[\(i)]") }
      }
    }
    if let pairs = value.pairs { found += check(pairs, rule, path) }
    return found
  }

  private func check(_ pairs: [String: JSONValue], _ rule: JSONValue, _ path: String) -> [String] {
    var found: [String] = []
    for key in rule["required"]?.elements?.compactMap(\.text) ?? [] where pairs[key] == nil {
      found.append("\(path): \(key) is missing")
    }
    let described = rule["properties"]?.pairs ?? [:]
    for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
      if let rule = described[key] {
        found += check(value, rule, path + "." + key)
      } else if let rest = rule["additionalProperties"] {
        found += check(value, rest, path + "." + key)
      } else if strict, rule["properties"] != nil {
        found.append("\(path): \(key) is not described")
      }
    }
    return found
  }

  private func matches(_ value: JSONValue, _ type: String) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"), (.object, "object"): true
    case (.int, "integer"), (.int, "number"), (.double, "number"): true
    case (.double(let number), "integer"): number == number.rounded()
    default: false
    }
  }
}
