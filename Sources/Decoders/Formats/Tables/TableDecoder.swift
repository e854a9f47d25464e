// Delimited tables: spans, log rows and metric readings through a mapping of columns.

internal import Model
internal import Support

/// Reads comma, tab, semicolon or bar separated rows under a header.
///
/// The columns come from the rule that matches the member, else from names that everybody uses; then a note says so. The
/// unit of the record counts is the row: a wide metric row is one record and gives a reading per value column.
struct TableDecoder: ChunkedDecoder {
  let format = "table"
  var carry = PendingBytes()
  private var context: MemberContext
  private let rule: FormatRule?
  private let delimiter: UInt8
  private var row = DelimitedRow()
  private var rows: TableRows?
  /// A table of requests, and what makes their spans.
  private var requests: RequestTable?
  private var access: AccessSpans
  private var header: [String] = []
  /// 1-based line of the next row.
  private var line = 1
  private var skipsLine = false
  private var quotes = true
  private var openQuotes = 0
  private var hasRows = false
  /// Whether the first row is data already.
  private var isHeaderless = false
  /// The order of day and month in the table's dates, where its first rows tell it.
  private var dateOrder: DateOrder?
  /// Numbers in the column of levels, of the first rows.
  private var levels: LevelEvidence?
  /// The unit of durations that name none, where the first rows tell it.
  private var durationUnit: DurationEvidence.Units?
  /// The columns whose numbers have decimal commas.
  private var decimals: [(column: Int, hasDots: Bool)] = []
  /// The headers of the lines in the column of messages, of the first rows.
  private var layouts: LogLayouts?
  /// Whether one container's name is that of the pods of several workloads, in the first rows.
  private var namesPods = false
  /// Reads rows that hold the lines of other programs.
  private var json: JSONMemberDecoder?

  init(context: MemberContext, rule: FormatRule?, delimiter: UInt8) {
    self.context = context
    self.rule = rule
    self.delimiter = delimiter
    access = AccessSpans(input: context.input, member: context.member)
  }

  /// Learns the order of the dates from the member's first bytes.
  mutating func learn(head: Span<UInt8>) {
    var lines: [Range<Int>] = []
    var start = 0
    while start < head.count, lines.count < 1000 {
      let end = ByteScan.lineEnd(head, start)
      lines.append(start..<end)
      start = end + 1
    }
    let clock = LogClock(zoneSeconds: context.settings.assumedZoneSeconds, lastDay: context.settings.lastDay)
    dateOrder = DateOrder.learned(from: head, lines, clock: clock)
    learnRows(head)
  }

  /// Learns the scale of numeric levels, and the unit of durations that name none.
  private mutating func learnRows(_ head: Span<UInt8>) {
    var row = DelimitedRow()
    var sample: TableRows?
    var i = TablePreface.begins(head, at: 0) ? ByteScan.lineEnd(head, 0) + 1 : 0
    var count = 0
    var symbols = SymbolTable()
    var durations = DurationEvidence()
    var clock = LogClock(zoneSeconds: context.settings.assumedZoneSeconds, lastDay: context.settings.lastDay)
    clock.order = dateOrder
    var headers = LogLayouts(clock: clock)
    var commas = DecimalCommas(delimiter: delimiter)
    var pods = PodNames()
    defer { decimals = commas.decided }
    while i < head.count, count < 1000 {
      i = ByteOrderMark.end(head, from: i)
      guard case .row(let next) = row.read(head, from: i, delimiter: delimiter, quotes: true, isFinal: false) else {
        break
      }
      i = next
      count += 1
      guard let sample else {
        let names = row.fields.map { FieldText.trimmedText(head.extracting($0.start..<$0.end)) }
        var absent: [String] = []
        let ruled = rule.map { TableMapping(rule: $0, header: names, absent: &absent) }
        guard let mapping = ruled ?? TableMapping(inferredFrom: names), mapping.missing == nil else { return }
        sample = TableRows(mapping: mapping, order: dateOrder, levels: nil, context, &symbols)
        continue
      }
      if let level = sample.level(head, row) {
        var seen = levels ?? LevelEvidence()
        seen.add(level)
        levels = seen
      }
      if delimiter != 0x2C {
        // The length of a span is read so where a rule names its column: a guess at its unit is one guess enough.
        for column in sample.mapping.numbers where rule != nil || column != sample.mapping.duration {
          commas.add(head, sample.field(head, row, column), of: column)
        }
      }
      sample.addDuration(head, row, context, to: &durations)
      sample.addLine(head, row, to: &headers)
      sample.addPod(head, row, to: &pods)
    }
    namesPods = pods.areMore
    headers.learn()
    if !headers.isEmpty { layouts = headers }
    durationUnit = durations.units
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    json?.finishText(into: &batch)
    if !hasRows { context.report("noRecords", .note, at: .whole, "a table without rows", into: &batch) }
    context.close(into: &batch)
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    if line == 1, header.isEmpty, TablePreface.begins(b, at: 0) { skipsLine = true }
    while i < b.count {
      if skipsLine {
        let end = ByteScan.lineEnd(b, i)
        if end == b.count { return end }
        skipsLine = false
        line += 1
        i = end + 1
        continue
      }
      // The mark is none of the first field's, which a quote may open. What holds a part of it has no line end, and comes again.
      i = ByteOrderMark.end(b, from: i)
      switch row.read(b, from: i, delimiter: delimiter, quotes: quotes, isFinal: isFinal) {
      case .row(let next):
        if decimals.isEmpty {
          take(b, into: &batch)
        } else {
          takeWithPoints(b.extracting(0..<next), from: i, into: &batch)
        }
        line += 1 + row.innerLines
        i = next
      case .incomplete:
        guard b.count - i > context.settings.limits.line else { return i }
        batch.recordCounts.skip("rowTooLong")
        context.report(
          "rowTooLong", .error, at: .line(line),
          "a row of more than \(context.settings.limits.line) bytes was left out",
          limit: "lineBytes", into: &batch)
        skipsLine = true
      case .openQuote:
        batch.recordCounts.skip("openQuote")
        context.report("openQuote", .error, at: .line(line), "a quote is opened and never closed", into: &batch)
        skipsLine = true
        openQuotes += 1
        if openQuotes > 100 { quotes = false }
      }
    }
    return i
  }

  /// Takes a row whose decimal commas are points by then.
  private mutating func takeWithPoints(_ b: Span<UInt8>, from start: Int, into batch: inout RecordBatch) {
    var bytes = [UInt8](copying: b.extracting(start..<b.count))
    row.move(by: -start)
    for (column, hasDots) in decimals where column < row.fields.count {
      DecimalCommas.replace(&bytes, row.fields[column].start..<row.fields[column].end, hasDots: hasDots)
    }
    take(bytes.span, into: &batch)
  }

  private mutating func take(_ b: Span<UInt8>, into batch: inout RecordBatch) {
    if row.isTooWide {
      // Where it is the header that is too wide, no later row may pass for one.
      if header.isEmpty { header = [""] }
      hasRows = true
      batch.recordCounts.skip("rowTooWide")
      context.report(
        "rowTooWide", .error, at: .line(line), "a row of more than \(DelimitedRow.mostFields) fields was left out",
        limit: "fields", into: &batch)
      return
    }
    if row.fields.count == 1, row.fields[0].start == row.fields[0].end { return }
    if header.isEmpty {
      readHeader(b, into: &batch)
      guard isHeaderless else { return }
    }
    hasRows = true
    if requests != nil {
      takeRequest(b, into: &batch)
      return
    }
    if rows == nil {
      batch.recordCounts.skip("noColumns")
      return
    }
    if row.fields.count == header.count, isHeader(b) {
      context.report("repeatedHeader", .note, at: .line(line), "the header row appears again", into: &batch)
      return
    }
    if row.fields.count != header.count, row.fields.count != rows?.width {
      batch.recordCounts.repair("raggedRow")
      context.report(
        "raggedRow", .note, at: .line(line), "rows with more or fewer fields than the header's \(header.count)",
        into: &batch)
    }
    let isOpen = json.map { $0.records.intake.streams[$0.records.intake.streams.last].isOpen } ?? false
    if let carried = rows?.carried(b, row, line: line, isOpen: isOpen, context, &batch.symbols) {
      takeCarried(carried.text, carried.around, into: &batch)
      return
    }
    let count = batch.logs.count
    rows?.take(b, row, line: line, &context, into: &batch)
    if rows?.hasBareLines == true, batch.logs.count > count {
      openLines()
      json?.records.noteRecord(batch.logs[count], into: &batch)
    }
  }

  /// Takes a row of a table of requests.
  private mutating func takeRequest(_ b: Span<UInt8>, into batch: inout RecordBatch) {
    if row.fields.count == header.count, isHeader(b) {
      context.report("repeatedHeader", .note, at: .line(line), "the header row appears again", into: &batch)
      return
    }
    guard let (record, bytes) = requests?.read(b, row, zoneSeconds: context.settings.assumedZoneSeconds) else {
      batch.recordCounts.skip("noRequest")
      context.report(
        "noRequest", .warning, at: .line(line), "a row without a method, a path and a status was left out", into: &batch
      )
      return
    }
    if record.hasUnitlessDuration {
      batch.recordCounts.repair("durationUnit")
      context.report(
        "durationUnit", .note, at: .line(line),
        "a duration without a unit is not used: name it in the column (duration_ms, duration_s)", into: &batch)
    }
    access.append(record, bytes.span, LineEnvelope(source: context.line(line)), into: &batch)
    batch.recordCounts.use()
  }

  /// Makes what reads the lines of other programs, which knows the headers that the first rows have.
  private mutating func openLines() {
    guard json == nil else { return }
    var made = JSONMemberDecoder(context: context, rule: nil)
    if let layouts { made.records.intake.layouts = layouts }
    json = made
  }

  /// Takes a row whose message is the line of another program.
  private mutating func takeCarried(_ text: [UInt8], _ around: LineEnvelope, into batch: inout RecordBatch) {
    openLines()
    json?.takeCarriedText(text.span, around, line: line, into: &batch)
  }

  private func isHeader(_ b: Span<UInt8>) -> Bool {
    guard row.fields[0].end - row.fields[0].start == header[0].utf8.count else { return false }
    for (field, name) in zip(row.fields, header)
    where FieldText.trimmedText(b.extracting(field.start..<field.end)) != name {
      return false
    }
    return true
  }

  private mutating func readHeader(_ b: Span<UInt8>, into batch: inout RecordBatch) {
    header = row.fields.map { field in
      var start = field.start
      while start < field.end, b[start] == 0 { start += 1 }
      return FieldText.trimmedText(b.extracting(start..<field.end))
    }
    if rule == nil, let names = HeaderlessTable.header(of: header) {
      header = names
      isHeaderless = true
    }
    var mapping: TableMapping?
    if let rule {
      var absent: [String] = []
      let ruled = TableMapping(rule: rule, header: header, absent: &absent)
      if !absent.isEmpty {
        context.report(
          "missingColumn", .error, at: .line(line), "no column \(absent.sorted().joined(separator: ", ")) here",
          into: &batch)
      }
      if ruled.missing == nil { mapping = ruled }
    }
    if mapping == nil, let inferred = TableMapping(inferredFrom: header), inferred.missing == nil {
      mapping = inferred
      context.report(
        "inferredTable", .note, at: .line(line), "columns understood by their names as \(inferred.kind.rawValue)",
        into: &batch)
    }
    if mapping == nil, let found = RequestTable(header) {
      requests = found
      requests?.order = dateOrder
      context.report(
        "inferredTable", .note, at: .line(line), "columns understood by their names as requests", into: &batch)
      return
    }
    guard let mapping else {
      context.report(
        "missingColumn", .error, at: .line(line), "no rows read: the header has not the columns that records need",
        into: &batch)
      return
    }
    let evidence = mapping.severity >= 0 && !header[mapping.severity].lowercased().hasSuffix("status") ? levels : nil
    rows = TableRows(mapping: mapping, order: dateOrder, levels: evidence, context, &batch.symbols)
    rows?.learnedUnit = durationUnit
    rows?.layouts = layouts
    rows?.namesPods = namesPods
    if mapping.kind == .logs {
      let origin = LogOrigin(context)
      if origin.rank != .none { rows?.fallback = batch.symbols.intern(origin.name) }
    }
  }
}
