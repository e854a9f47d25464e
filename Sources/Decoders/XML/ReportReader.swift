// What a dialect's reader is, and which one takes a report.

internal import Core

/// Reads the elements of one dialect onto the sheet, in document order.
protocol ReportReader {
  /// An element begins; `path` names the open elements, the root first, this one not included.
  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportSheet)
  /// An element ends; `path` names those that stay open.
  mutating func end(_ name: String, in path: [String], on sheet: inout ReportSheet)
  /// The document has ended; without `complete`, elements may still be open.
  mutating func finish(complete: Bool, on sheet: inout ReportSheet)
}

/// The families of reports by their root element.
enum ReportDialects {
  enum Choice {
    case reader(any ReportReader, name: String)
    /// A report format that is known by name and not read.
    case unsupported(String)
    /// XML that is no test report.
    case unknown
  }

  static func choose(root: borrowing XMLTag) -> Choice {
    switch root.name {
    case "testsuites", "testsuite", "testcase": .reader(JUnitReports(), name: "junit")
    default: .unknown
    }
  }
}
