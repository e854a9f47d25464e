// Tables of requests: exports of access logs out of stores and warehouses.

internal import Model
internal import Support

/// Reads rows as requests by the names of their columns, as `AccessObject` reads objects by their keys.
///
/// A table is one of requests if its columns hold a time, a method and a path (or a request line) and a status, and neither spans nor
/// messages (Athena, BigQuery, Log Analytics, CloudWatch Logs Insights, Kibana's and Loki's exports).
struct RequestTable {
  /// The names behind one another, in front of a row's fields.
  private var bytes: [UInt8] = []
  private var names: [Range<Int>] = []
  private var namesEnd = 0
  var order: DateOrder?

  private static let others: Set<String> = [
    "level", "severity", "loglevel", "log_level", "error", "err", "exception", "event", "suite", "test", "testcase",
    "test_name", "metric", "metric_name", "kpi",
  ]

  /// The table under a header; nil where it is none of requests.
  init?(_ header: [String]) {
    guard header.count >= 4, header.count <= 256 else { return nil }
    var kinds: Set<AccessKey> = []
    for name in header {
      guard name.utf8.count <= 64 else { return nil }
      let start = bytes.count
      // `TimeGenerated [UTC]`: Azure's portal names the zone.
      let isZoned = name.hasSuffix("]") && name.contains(" [")
      bytes += Array((isZoned ? String(name.prefix(while: { $0 != " " })) : name).utf8)
      names.append(start..<bytes.count)
      if let key = AccessKeys.find(bytes.span, names[names.count - 1]) { kinds.insert(key) }
    }
    namesEnd = bytes.count
    // With levels, errors or tests the rows say something else, or more, than that a request was served.
    if header.contains(where: { Self.others.contains($0.lowercased()) }) { return nil }
    let isAsked = kinds.contains(.method) && kinds.contains(.target) || kinds.contains(.request)
    let isTimed = !kinds.isDisjoint(with: [.time, .start, .end, .epoch])
    guard isAsked, isTimed, kinds.contains(.status) else { return nil }
  }

  /// Reads a row; nil where it is no request.
  ///
  /// - Returns: the request, and the bytes in which its texts lie.
  mutating func read(_ b: Span<UInt8>, _ row: DelimitedRow, zoneSeconds: Int) -> (AccessRecord, [UInt8])? {
    bytes.removeLast(bytes.count - namesEnd)
    var object = AccessObject()
    object.order = order
    var fields: [Range<Int>] = []
    for field in row.fields.prefix(names.count) {
      let start = bytes.count
      let trimmed = FieldText.trimmed(b.extracting(field.start..<field.end))
      let text = b.extracting(field.start + trimmed.lowerBound..<field.start + trimmed.upperBound)
      if field.isDoubled { DelimitedRow.undouble(text, to: &bytes) } else { bytes.append(copying: text) }
      fields.append(start..<bytes.count)
    }
    for (place, field) in fields.enumerated() where !field.isEmpty {
      let name = names[place]
      object.takePair(
        bytes.span, JSONStringSlice(start: name.lowerBound, end: name.upperBound, isEscaped: false), field)
    }
    guard let record = object.finish(bytes.span, zoneSeconds: zoneSeconds) else { return nil }
    return (record, bytes)
  }
}
