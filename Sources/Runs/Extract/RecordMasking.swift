internal import Model
internal import Support

// Secrets in what is not a symbol: test reports, names of inputs and members, diagnostics.

extension SecretMask {
  /// Blanks the texts of a test report that are kept or looked at. What a passed test printed is held nowhere.
  func mask(_ report: inout TestReportFile) {
    guard settings.isOn else { return }
    var owner = TestRecord()
    var ownerIsClean = true
    var suite: (raw: [TestRecord.Property], masked: [TestRecord.Property]?) = ([], nil)
    for i in report.records.indices {
      // Tests of one class and suite follow one another. Nothing is written that does not change: texts are shared.
      let isSame =
        i > 0 && report.records[i].className == owner.className && report.records[i].suites == owner.suites
      if !isSame {
        owner = report.records[i]
        ownerIsClean = blanked(owner.className) == nil && owner.suites.allSatisfy { blanked($0) == nil }
      }
      if !ownerIsClean {
        report.records[i].className = mask(owner.className)
        report.records[i].suites = owner.suites.map(mask)
      }
      if let name = blanked(report.records[i].name) { report.records[i].name = name }
      if !report.records[i].suiteProperties.isEmpty {
        // One list for all records of a suite.
        if report.records[i].suiteProperties != suite.raw {
          suite.raw = report.records[i].suiteProperties
          let masked = suite.raw.map(mask)
          suite.masked = masked == suite.raw ? nil : masked
        }
        if let masked = suite.masked { report.records[i].suiteProperties = masked }
      }
      maskDetails(of: &report.records[i])
    }
    for j in report.properties.indices { mask(&report.properties[j]) }
  }

  private func maskDetails(of record: inout TestRecord) {
    if let text = blanked(record.file) { record.file = text }
    if let text = blanked(record.host) { record.host = text }
    if let text = blanked(record.configuration) { record.configuration = text }
    guard record.hasDetails else { return }
    if let text = blanked(record.parameters) { record.parameters = text }
    if let text = blanked(record.message) { record.message = text }
    if let text = blanked(record.failureType) { record.failureType = text }
    if let text = blanked(record.stack) { record.stack = text }
    let failed = record.outcome.isFailure
    if failed, let text = blanked(record.output) { record.output = text }
    for j in record.attempts.indices {
      if let text = blanked(record.attempts[j].message) { record.attempts[j].message = text }
      if let text = blanked(record.attempts[j].failureType) { record.attempts[j].failureType = text }
      if let text = blanked(record.attempts[j].stack) { record.attempts[j].stack = text }
    }
    for j in record.properties.indices { mask(&record.properties[j]) }
  }

  private func mask(_ property: TestRecord.Property) -> TestRecord.Property {
    var property = property
    mask(&property)
    return property
  }

  private func mask(_ property: inout TestRecord.Property) {
    let value = mask(property.value, key: property.name)
    if value != property.value { property.value = value }
    if let name = blanked(property.name) { property.name = name }
  }

  private func blanked(_ text: String) -> String? {
    guard !text.isEmpty else { return nil }
    return masked(text.utf8Span.span).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A diagnostic without secrets in its place and its words.
  func mask(_ diagnostic: Diagnostic) -> Diagnostic {
    var diagnostic = diagnostic
    diagnostic.message = diagnostic.message.mapForeign { mask($0) }
    diagnostic.location.input = mask(diagnostic.location.input)
    diagnostic.location.member = mask(diagnostic.location.member)
    return diagnostic
  }
}
