import Model
import Reports
import Support
import Testing

@Test("A full report fits the shipped schema, and the schema describes every key")
func reportFitsSchema() throws {
  let text = ReportJSON.render(SampleNight().report)
  let document = try JSONParser.parse(text)
  let validator = SchemaValidator(schema: ReportSchema.document, strict: true)
  #expect(validator.problems(document) == [])
  #expect(text.hasSuffix("}\n"))
}

@Test("An empty report fits the schema")
func emptyReportFitsSchema() throws {
  let document = try JSONParser.parse(ReportJSON.render(NightReport()))
  #expect(SchemaValidator(schema: ReportSchema.document, strict: true).problems(document) == [])
  #expect(document["window"] == .null)
  #expect(document["policies"] == .null)
}

@Test(
  "The schema refuses a report with a key missing, of another type or out of range",
  arguments: [
    ("verdict", nil), ("verdict", JSONValue.int(1)), ("schemaVersion", .int(2)), ("incidents", .object([:])),
    ("window", .object(["start": .string("yesterday"), "end": .string("today")])),
    ("components", .array([.object(["id": .string("a")])])),
    ("limits", .object(["line": .int(1)])),
  ] as [(String, JSONValue?)])
func schemaRefuses(key: String, value: JSONValue?) throws {
  var pairs = try #require(ReportJSON().document(SampleNight().report).pairs)
  pairs[key] = value
  #expect(!SchemaValidator(schema: ReportSchema.document).problems(.object(pairs)).isEmpty)
}

@Test("Numbers that JSON does not know become null or the largest bound")
func numbersWithoutForm() throws {
  var report = SampleNight().report
  var policies = SampleNight().policies
  policies.baseline.peakLoad = Estimate(.nan, low: -.infinity, high: .infinity)
  report.policies = policies
  report.incidents[0].rootCauses[0].score = .infinity
  let text = ReportJSON.render(report)
  #expect(!text.contains(": inf") && !text.contains(": nan"))
  let load = try JSONParser.parse(text)["policies"]?["baseline"]?["metrics"]?["peakLoad"]
  #expect(load?["value"] == .null)
  #expect(load?["high"]?.number == .greatestFiniteMagnitude)
}

@Test("Unordered lists come out in one order, whatever order they came in")
func reportOrder() {
  let report = SampleNight().report
  var shuffled = report
  shuffled.components.reverse()
  shuffled.inputs.reverse()
  shuffled.diagnostics.reverse()
  shuffled.tests.clusters.reverse()
  #expect(ReportJSON.render(report) == ReportJSON.render(shuffled))
}

@Test("Times carry microseconds and a zone, durations end in Us")
func reportTimes() {
  let document = ReportJSON().document(SampleNight().report)
  #expect(document["window"]?["start"]?.text == "2026-01-01T00:00:00.000000Z")
  #expect(document["components"]?.elements?[0]["latency"]?["p50Us"]?.integer != nil)
  #expect(
    document["incidents"]?.elements?[0]["components"]?.elements?[0]["onset"]?.text == "2026-01-01T00:10:00.000000Z")
}

@Test("An incident read back from a report is the incident that was written")
func incidentRoundTrip() throws {
  let sample = SampleNight()
  let earlier = try ReportJSON.parse(Array(ReportJSON.render(sample.report).utf8))
  #expect(earlier.incidents == [sample.incident])
  #expect(earlier.incident("cascade-pay") == sample.incident)
  #expect(earlier.incident("other") == nil)
  #expect(earlier.verdict == sample.report.verdict.wording.plain)
}

@Test("What is no report is refused with its reason")
func reportRefused() {
  #expect(throws: ReportReadFailure.unknownVersion(nil)) { try ReportJSON.parse(Array("{}".utf8)) }
  #expect(throws: ReportReadFailure.unknownVersion(9)) { try ReportJSON.parse(Array(#"{"schemaVersion":9}"#.utf8)) }
  #expect(throws: ReportReadFailure.malformed("incidents[0].kind")) {
    try ReportJSON.parse(Array(#"{"schemaVersion":1,"incidents":[{}]}"#.utf8))
  }
}
