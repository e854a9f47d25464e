internal import Model
package import Support

/// The JSON Schema (draft 2020-12) of `report.json`, shipped beside it. Additive changes only: unknown keys are allowed.
package enum ReportSchema {
  /// The schema as a document with a newline at its end.
  package static var text: String { document.pretty }

  package static let document: JSONValue = .object([
    "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
    "$id": .string("urn:hindcast:report:1"),
    "title": .string("Hindcast night report, version 1"),
    "type": .string("object"),
    "required": strings(root.filter { !$0.optional }.map(\.key)),
    "properties": properties(root),
    "$defs": .object(Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, object($0.fields)) })),
  ])

  /// One key of an object.
  struct Field {
    var key: String
    var schema: JSONValue
    var optional = false
    init(_ key: String, _ schema: JSONValue, optional: Bool = false) {
      self.key = key
      self.schema = schema
      self.optional = optional
    }
  }

  // MARK: Building blocks

  /// What is about one test on one configuration and branch.
  static let line = [
    Field("test", string), Field("configuration", string, optional: true), Field("branch", string, optional: true),
  ]

  static func strings(_ values: [String]) -> JSONValue { .array(values.sorted().map(JSONValue.string)) }

  static func properties(_ fields: [Field]) -> JSONValue {
    .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.schema) }))
  }

  static func object(_ fields: [Field]) -> JSONValue {
    .object([
      "type": .string("object"), "required": strings(fields.filter { !$0.optional }.map(\.key)),
      "properties": properties(fields),
    ])
  }

  static func type(_ name: String, _ description: String? = nil) -> JSONValue {
    var pairs: [String: JSONValue] = ["type": .string(name)]
    if let description { pairs["description"] = .string(description) }
    return .object(pairs)
  }

  static func nullable(_ name: String) -> JSONValue { .object(["type": strings([name, "null"])]) }
  static func list(_ items: JSONValue) -> JSONValue {
    .object(["type": .string("array"), "items": items])
  }
  static func ref(_ name: String) -> JSONValue { .object(["$ref": .string("#/$defs/" + name)]) }
  static func orNull(_ schema: JSONValue) -> JSONValue { .object(["anyOf": .array([schema, type("null")])]) }
  static func oneOf(_ values: [String]) -> JSONValue { .object(["enum": strings(values)]) }
  static func atLeast(_ minimum: Int64, _ description: String? = nil) -> JSONValue {
    var pairs: [String: JSONValue] = ["type": .string("integer"), "minimum": .int(minimum)]
    if let description { pairs["description"] = .string(description) }
    return .object(pairs)
  }

  static let string = type("string")
  static let count = atLeast(0)
  static let number = type("number")
  static let truth = type("boolean")
  static let integer = type("integer")
  static let share: JSONValue = .object(["type": .string("number"), "minimum": .int(0), "maximum": .int(1)])
  static let counts: JSONValue = .object(["type": .string("object"), "additionalProperties": count])
  static let time: JSONValue = .object([
    "type": .string("string"), "minLength": .int(27), "maxLength": .int(27),
    "pattern": .string("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$"),
  ])
  static let between = object([Field("start", time), Field("end", time)])
  static let evidences = list(ref("evidence"))
  static let status = oneOf(["known", "new", "changed", "gone"])

  // MARK: The report

  static let root: [Field] = [
    Field("schemaVersion", .object(["const": .int(ReportJSON.schemaVersion)])),
    Field("tool", object([Field("name", string), Field("version", string)])),
    Field("window", orNull(object([Field("start", time), Field("end", time)]))),
    Field("verdict", string),
    Field("inputs", list(ref("input"))),
    Field(
      "summary",
      object([
        Field("events", count), Field("requests", count), Field("components", count), Field("failures", count),
        Field("patternsLearned", count), Field("patternsAnnounced", count), Field("incidents", count),
        Field("openCircuitBreakers", list(string)),
      ])),
    Field("components", list(ref("component"))),
    Field("patterns", list(ref("pattern"))),
    Field("violations", list(ref("violation"))),
    Field("templates", list(ref("template"))),
    Field(
      "criticalPath",
      list(
        object([Field("path", list(string)), Field("calls", count), Field("timeUs", count), Field("share", share)])),
      optional: true),
    Field("incidents", list(ref("incident"))), Field("impact", ref("impact"), optional: true),
    Field("changes", list(ref("change")), optional: true),
    Field(
      "fixed",
      list(
        object([
          Field("fingerprint", string), Field("headline", string), Field("seen", count), Field("firstSeen", string),
          Field("lastSeen", string),
        ])), optional: true),
    Field("tests", ref("tests")),
    Field(
      "windows", list(object([Field("start", time), Field("end", time), Field("suspects", list(ref("cause")))]))),
    Field("policies", orNull(ref("policies"))),
    Field("diagnostics", list(ref("diagnostic"))),
    Field("limits", .object(["type": .string("object"), "additionalProperties": string])),
    Field("reproduce", string),
    Field("zone", string),
  ]
}
