// Rows of a mapped table as records.

internal import Model
internal import Support

struct TableRows {
  let mapping: TableMapping
  private let order: DateOrder?
  /// The numbers of the level column, where it has numbers that are levels.
  let levels: LevelEvidence?
  /// Fields of a row where the message's column stands behind the header's last one.
  let width: Int?
  /// Names of the wide value columns, or of the single value column.
  var valueNames: [Symbol] = []
  /// The unit of durations that name none, as the first rows tell it.
  var learnedUnit: DurationEvidence.Units?
  /// Whether the pod says more than the container, as the first rows tell it.
  var namesPods = false
  /// The headers of the lines that the rows of a log hold, where the first ones have any.
  var layouts: LogLayouts?
  /// Reads the tags of spans.
  var tagTexts: JSONTexts
  /// The name of log rows that no column names: the file's.
  var fallback = Symbol.none
  /// The field at hand with its quotes made single, and the labels of the row; used again for every row.
  var unquoted: [UInt8] = []
  var inner: [UInt8] = []
  /// The line of a row, as its program printed it.
  var printed: [UInt8] = []
  /// Takes the layers off the lines that rows hold.
  let unwrapper: LineUnwrapper
  let logKeys: LogKeyTable
  var labelReader: JSONLogs?
  /// What the paths of log files tell, for the first paths of the table.
  var paths: [Symbol: Symbol] = [:]
  static let mostPaths = 1024

  init(
    mapping: TableMapping, order: DateOrder?, levels: LevelEvidence?, _ context: borrowing MemberContext,
    _ symbols: inout SymbolTable
  ) {
    let settings = context.settings
    unwrapper = LineUnwrapper(clock: LogClock(zoneSeconds: settings.assumedZoneSeconds, lastDay: settings.lastDay))
    logKeys = LogKeyTable(settings.logKeys)
    tagTexts = JSONTexts(limit: settings.limits.text)
    self.mapping = mapping
    self.order = order
    self.levels = levels
    width =
      mapping.kind == .logs && mapping.message > mapping.severity && mapping.message > mapping.time
      ? mapping.message + 1 : nil
    valueNames = mapping.values.map { symbols.intern($0.name) }
    if mapping.kind == .metrics, mapping.metric < 0, mapping.values.isEmpty { valueNames = [symbols.intern("value")] }
  }

  mutating func take(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: inout MemberContext, into batch: inout RecordBatch
  ) {
    let problem: String? =
      switch mapping.kind {
      case .spans: span(b, row, line: line, &context, into: &batch)
      case .logs: log(b, row, line: line, &context, into: &batch)
      case .metrics: metric(b, row, line: line, &context, into: &batch)
      }
    if let problem {
      batch.recordCounts.skip(problem)
      context.report(problem, .warning, at: .line(line), Self.text(of: problem), into: &batch)
    } else {
      batch.recordCounts.use()
    }
  }

  private static func text(of problem: String) -> MessageText {
    switch problem {
    case "badTime": "a row without a readable time was left out"
    case "noID": "a row without a trace or span id was left out"
    case "noMessage": "a row without a message was left out"
    default: "a row without a readable value was left out"
    }
  }

  /// One column of a row, without white space around; empty where the row is too short.
  func field(_ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int) -> Range<Int> {
    guard column >= 0, column < row.fields.count else { return 0..<0 }
    var start = row.fields[column].start
    var end = row.fields[column].end
    // What begins with an escape begins with a colour.
    while start < end, b[start] <= 0x20, b[start] != 0x1B { start += 1 }
    while end > start, b[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  mutating func symbol(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int, _ symbols: inout SymbolTable
  ) -> Symbol {
    let range = field(b, row, column)
    if range.isEmpty || FieldText.isNull(b.extracting(range)) { return .none }
    guard row.fields[column].isDoubled else { return symbols.intern(b.extracting(range)) }
    Self.undouble(b.extracting(range), into: &unquoted)
    return symbols.intern(unquoted.span)
  }

  static func undouble(_ b: Span<UInt8>, into out: inout [UInt8]) {
    out.removeAll(keepingCapacity: true)
    DelimitedRow.undouble(b, to: &out)
  }

  func time(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int, in unit: FieldText.Unit, _ context: borrowing MemberContext
  ) -> Int64? {
    let range = field(b, row, column)
    if range.isEmpty { return nil }
    let zone = context.settings.assumedZoneSeconds
    return FieldText.time(
      b.extracting(range), unit: unit, zoneSeconds: zone, order: order, lastDay: context.settings.lastDay)
  }

  /// The time of a row of logs or metrics; a number of the epoch's first years is none.
  func epoch(_ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext) -> Int64? {
    guard let time = time(b, row, mapping.time, in: mapping.timeUnit, context) else { return dated(b, row, context) }
    return FieldText.isEpoch(time) || FieldText.double(b.extracting(field(b, row, mapping.time))) == nil ? time : nil
  }

  /// The time of a row whose day stands in a column of its own.
  private func dated(_ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext) -> Int64? {
    let (date, time) = (field(b, row, mapping.date), field(b, row, mapping.time))
    guard !date.isEmpty, !time.isEmpty, date.count + time.count < 64 else { return nil }
    var whole = [UInt8](copying: b.extracting(date))
    whole.append(0x20)
    whole.append(copying: b.extracting(time))
    return FieldText.time(
      whole.span, unit: .inferred, zoneSeconds: context.settings.assumedZoneSeconds, order: order,
      lastDay: context.settings.lastDay)
  }

  mutating func request(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ symbols: inout SymbolTable
  ) -> (RequestID, Symbol) {
    let range = CloudTraceName.id(b, field(b, row, mapping.trace))
    if range.isEmpty || FieldText.isNull(b.extracting(range)) { return (.none, .none) }
    let text = b.extracting(range)
    let (id, isHex) = RequestID.parse(text)
    return (id, isHex ? .none : symbols.intern(text))
  }

  /// The number in the column of levels, if there is one.
  func level(_ b: Span<UInt8>, _ row: DelimitedRow) -> Int64? {
    mapping.severity < 0 ? nil : FieldText.int(b.extracting(field(b, row, mapping.severity)))
  }
}
