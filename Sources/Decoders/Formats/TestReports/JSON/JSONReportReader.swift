// What a reader of a JSON test report is told, value by value, and what it is asked.

internal import Model
internal import Support

/// What an open object or list of a report holds. The dialects share the words; each uses those that it has.
enum JSONReportNode: UInt8 {
  /// Around the document.
  case top
  case report, settings, summary, environment, properties
  case suites, suite, titles
  case specs, spec
  case tests, test
  case attempts, attempt
  case failures, failure, location, reasons, messages
  case hooks, hook, steps, step, result
  case setup, call, teardown, crash
  case labels, label, parameters, parameter
  case collectors, collector
  case identity, payload, items, item, texts
}

/// A key with a value that is no object and no list, or such an element of a list.
struct JSONField {
  enum Kind { case string, number, yes, no, null }

  var key: JSONReportKey
  /// The key as it is written; empty for an element.
  var name: JSONStringSlice
  var kind: Kind
  /// The text between its quotes, or the number.
  var value: JSONStringSlice

  /// Whether the value is the word.
  @inline(__always) func equals(_ word: StaticString, _ b: Span<UInt8>) -> Bool {
    kind == .string && JSONScanner.equals(b, value, word)
  }

  /// A number, also one that is written as a string.
  func number(_ b: Span<UInt8>) -> Double? {
    guard kind == .number || kind == .string, !value.isEscaped, value.count <= 64 else { return nil }
    return FieldText.double(b.extracting(value.start..<value.end)).flatMap { $0.isFinite ? $0 : nil }
  }

  /// A whole number; nil where it is none.
  func int(_ b: Span<UInt8>) -> Int? { number(b).flatMap { Int(exactly: $0.rounded(.towardZero)) } }

  /// A duration in microseconds of a number of a unit (microseconds each); -1 where it is none.
  func duration(_ b: Span<UInt8>, unit: Double) -> Int64 {
    guard let number = number(b), number >= 0, number * unit < 9e15 else { return -1 }
    return Int64((number * unit).rounded())
  }

  /// A moment in microseconds since the epoch: ISO 8601, or a number of the unit (microseconds each).
  func time(_ b: Span<UInt8>, unit: Double, zoneSeconds: Int) -> (time: Int64, hasZone: Bool)? {
    if kind == .number {
      guard let number = number(b), number > 0, number * unit < 9e18, number * unit > 365 * 86_400_000_000 else {
        return nil
      }
      return (Int64((number * unit).rounded()), true)
    }
    guard kind == .string, !value.isEscaped, value.count <= 64 else { return nil }
    return ReportValues.time(
      String(copying: b.extracting(value.start..<value.end)), assumedZoneSeconds: zoneSeconds)
  }
}

/// Reads one dialect of JSON onto the sheet, in document order.
protocol JSONReportReader {
  /// An object or list begins at a line.
  ///
  /// - Returns: what it is called from now on; nil where nothing of it is wanted.
  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode?
  /// A scalar of the innermost open object or list.
  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder)
  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder)
  /// The text has ended; without `complete`, in the middle.
  mutating func finish(complete: Bool, on sheet: inout ReportBuilder)
}

extension TestRecord {
  /// Where it failed, in front of the stack: only failures tell it, and so the record's own file is another thing.
  mutating func failed(at file: String, _ line: Int) {
    guard !file.isEmpty else { return }
    let place = line > 0 ? "\(file):\(line)" : file
    if !stack.contains(place) { stack = stack.isEmpty ? place : place + "\n" + stack }
  }
}

extension ReportBuilder {
  /// The text of a string, bounded, without the colours of a terminal; the empty text for anything else.
  mutating func string(_ field: JSONField, _ b: Span<UInt8>, limit: Int? = nil) -> String {
    guard field.kind == .string || field.kind == .number else { return "" }
    let limit = limit ?? context.settings.limits.text
    let slice = field.value
    if !slice.isEscaped, slice.count <= limit { return String(copying: b.extracting(slice.start..<slice.end)) }
    var bytes: [UInt8] = []
    // An escape has six bytes at most, and stands for one at least.
    var end = slice.count > limit * 6 + 12 ? slice.start + limit * 6 : slice.end
    if end < slice.end {
      var back = end
      while back > slice.start, end - back < 12, b[back - 1] != 0x5C { back -= 1 }
      if back > slice.start, b[back - 1] == 0x5C { end = back - 1 }
    }
    let lone = JSONEscapes.append(
      b, JSONStringSlice(start: slice.start, end: end, isEscaped: slice.isEscaped), to: &bytes)
    if lone > 0 { countRepair("loneSurrogate", lone) }
    if bytes.contains(0x1B) { bytes = Self.withoutColours(bytes) }
    return bounded(String(decoding: bytes, as: UTF8.self), to: limit)
  }

  /// Takes out ANSI sequences (ECMA-48: ESC, bracket, parameters, a final byte).
  static func withoutColours(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      if bytes[i] == 0x1B {
        i = XMLText.controlEnd(bytes.span, i, bytes.count)
      } else {
        out.append(bytes[i])
        i += 1
      }
    }
    return out
  }
}

/// Records that wait until the suites around them are known: producers write a suite's name before or behind its tests.
struct PendingCases {
  private var cases: [(record: TestRecord, line: Int)] = []
  private var starts: [Int] = []
  /// Records that may wait; beyond that they go out with what is known.
  private static let patience = 20_000

  var isEmpty: Bool { cases.isEmpty }

  /// A suite begins.
  mutating func openSuite() { starts.append(cases.count) }

  mutating func add(_ record: consuming TestRecord, line: Int) { cases.append((record, line)) }

  var isFull: Bool { cases.count >= Self.patience }

  /// A suite ends: `settle` is told of each of its records.
  mutating func closeSuite(_ settle: (inout TestRecord) -> Void) {
    guard let start = starts.popLast() else { return }
    for i in start..<cases.count { settle(&cases[i].record) }
  }

  /// Ends a suite whose title stands before those of its cases, and whose file is theirs where they name none.
  mutating func closeSuite(title: String, file: String) {
    closeSuite { record in
      if !title.isEmpty { record.suites.insert(title, at: 0) }
      if record.file.isEmpty { record.file = file }
    }
  }

  /// Hands all records over; `settle` is told of each first.
  mutating func release(on sheet: inout ReportBuilder, _ settle: (inout TestRecord) -> Void = { _ in }) {
    for i in cases.indices {
      settle(&cases[i].record)
      sheet.add(cases[i].record, line: cases[i].line)
    }
    cases.removeAll(keepingCapacity: true)
    for i in starts.indices { starts[i] = 0 }
  }
}
