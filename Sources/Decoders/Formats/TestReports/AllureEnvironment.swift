// What Allure results ran on: `environment.xml`, or `environment.properties` with a `key=value` a line, beside the results of
// one folder (Allure 2, "Environment Information"). Nothing inside the second one tells what it is: its name does, as for
// Allure itself.

internal import Model
internal import Support

/// `<environment><parameter><key>…</key><value>…</value></parameter></environment>`.
struct AllureEnvironmentReports: ReportReader {
  static let dialect = "allure-environment"
  private var key = ""

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    if path.isEmpty { sheet.holdsSettings = true }
    if tag.name == "key" || tag.name == "value" { sheet.keepText() }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "key": key = sheet.takeText()
    case "value": sheet.property(key, sheet.takeText())
    case "parameter": key = ""
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {}
}

/// Lines of `key=value` or `key: value`, `#` and `!` before comments.
struct AllureEnvironmentDecoder: FormatDecoder {
  let format = AllureEnvironmentReports.dialect
  private var context: MemberContext
  private var sheet: ReportBuilder
  private var bytes: [UInt8] = []
  private var isCut = false

  /// The most that is read of one.
  private static let limit = 1 << 16

  /// Whether a member is one: by the name that Allure looks for.
  static func names(_ path: String) -> Bool {
    let end = "environment.properties"
    return path == end || path.hasSuffix("/" + end)
  }

  init(context: MemberContext) {
    self.context = context
    sheet = ReportBuilder(context: context)
    sheet.name(dialect: AllureEnvironmentReports.dialect)
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    let room = Self.limit - self.bytes.count
    self.bytes.append(copying: bytes.extracting(first: min(room, bytes.count)))
    if bytes.count > room { isCut = true }
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    let text = String(decoding: bytes, as: UTF8.self)
    for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
      let bare = line.drop { $0 == " " || $0 == "\t" }
      guard let first = bare.first, first != "#", first != "!",
        let sign = bare.firstIndex(where: { $0 == "=" || $0 == ":" })
      else { continue }
      sheet.property(bare[..<sign].trimmingSpace(), bare[bare.index(after: sign)...].trimmingSpace())
    }
    if isCut {
      context.report(
        "textCut", .note, at: .whole, "more than \(Self.limit) bytes of an Allure environment: the rest was left out",
        limit: "textBytes", into: &batch)
    }
    sheet.close(complete: complete)
    batch.reports += sheet.ready
    sheet.drained()
    context.close(into: &batch)
  }
}
