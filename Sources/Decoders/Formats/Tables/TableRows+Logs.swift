// Rows of a mapped table as log records: who wrote them, their levels, and the lines of other programs that they hold.

internal import Model
internal import Support

extension TableRows {
  mutating func log(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: inout MemberContext, into batch: inout RecordBatch
  ) -> String? {
    let column = messageColumn(b, row)
    let range = field(b, row, column)
    if range.isEmpty { return "noMessage" }
    var log = LogLine()
    if let time = epoch(b, row, context) {
      log.time = time
    } else {
      batch.recordCounts.repair("noTime")
      context.report("noTime", .note, at: .line(line), "a row without a readable time", into: &batch)
    }
    (log.request, log.requestText) = request(b, row, &batch.symbols)
    log.span = FieldText.spanID(b.extracting(field(b, row, mapping.span)))
    log.component = name(b, row, &batch.symbols)
    log.severity = severity(b.extracting(field(b, row, mapping.severity)))
    if log.severity.isUnknown, mapping.levelNumber >= 0,
      let number = FieldText.double(b.extracting(field(b, row, mapping.levelNumber))).flatMap(Int64.init(exactly:))
    {
      log.severity = mapping.levelScale.severity(number)
    }
    if mapping.labels >= 0 {
      let labels = labels(b, row, context, &batch.symbols)
      if log.component.isNone { log.component = labels.name }
      if log.severity.isUnknown { log.severity = labels.severity }
      if log.request.isNone { (log.request, log.requestText) = (labels.request, labels.requestText) }
      if log.span == 0 { log.span = labels.span }
    }
    if log.component.isNone { log.component = fallback }
    let isDoubled = row.fields[column].isDoubled
    if isDoubled { Self.undouble(b.extracting(range), into: &unquoted) }
    if isDoubled {
      keep(unquoted.span, &log, context, into: &batch)
    } else {
      keep(b.extracting(range), &log, context, into: &batch)
    }
    log.source = context.line(line)
    batch.logs.append(log)
    return nil
  }

  /// The column that holds the message of a row.
  private func messageColumn(_ b: Span<UInt8>, _ row: DelimitedRow) -> Int {
    guard !mapping.otherMessages.isEmpty, field(b, row, mapping.message).isEmpty else { return mapping.message }
    return mapping.otherMessages.first { !field(b, row, $0).isEmpty } ?? mapping.message
  }

  /// Who wrote a row's line: of the path of a log file what the path tells.
  private mutating func name(_ b: Span<UInt8>, _ row: DelimitedRow, _ symbols: inout SymbolTable) -> Symbol {
    let whole = symbol(b, row, mapping.component, &symbols)
    let range = field(b, row, mapping.component)
    // A proxy beside the program, or a name that any program's container has: the pod says more.
    if mapping.pod >= 0, mapping.pod != mapping.component,
      namesPods || LogOrigin.isSidecar(b.extracting(range)) || Self.isAnybodys(b.extracting(range))
    {
      let pod = b.extracting(field(b, row, mapping.pod))
      if !pod.isEmpty { return symbols.intern(pod.extracting(first: LogOrigin.workload(ofPod: pod))) }
    }
    if let group = LogGroup.name(b, range) { return symbols.intern(b.extracting(group)) }
    guard range.count > 1, b[range.lowerBound] == 0x2F || isOnDrive(b, range) else { return whole }
    if let known = paths[whole] { return known }
    let name = symbols.intern(LogOrigin(recorded: b.extracting(range)).name)
    if paths.count < Self.mostPaths { paths[whole] = name }
    return name
  }

  /// Notes the container and the workload of a row of the sample.
  func addPod(_ b: Span<UInt8>, _ row: DelimitedRow, to pods: inout PodNames) {
    guard mapping.kind == .logs, mapping.pod >= 0, mapping.pod != mapping.component, mapping.component >= 0 else {
      return
    }
    let container = b.extracting(field(b, row, mapping.component))
    let pod = b.extracting(field(b, row, mapping.pod))
    if container.isEmpty || pod.isEmpty || LogOrigin.isSidecar(container) { return }
    pods.add([UInt8](copying: container), [UInt8](copying: pod.extracting(first: LogOrigin.workload(ofPod: pod))))
  }

  /// Whether a container has a name that charts and manifests give to whatever they run.
  private static func isAnybodys(_ name: Span<UInt8>) -> Bool {
    let general: [StaticString] = ["app", "main", "server", "web", "container"]
    return general.contains { FieldText.isWord(name, $0) }
  }

  /// Whether a field is a path of Windows, `C:\logs\cart.log`.
  private func isOnDrive(_ b: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count > 3 && b[range.lowerBound &+ 1] == 0x3A && b[range.lowerBound &+ 2] == 0x5C
  }

  /// What the labels of a row say: names of programs, a level, the request.
  private mutating func labels(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext, _ symbols: inout SymbolTable
  ) -> JSONLogFields {
    let range = field(b, row, mapping.labels)
    guard range.count > 2, b[range.lowerBound] == 0x7B else { return JSONLogFields() }
    Self.undouble(b.extracting(range), into: &inner)
    var check = JSONScanner(at: 0, depthLimit: 8)
    guard check.skipValue(inner.span), check.position == inner.count else { return JSONLogFields() }
    var reader = labelReader ?? JSONLogs(table: LogKeyTable(context.settings.logKeys), clock: LogClock())
    var texts = JSONTexts(limit: context.settings.limits.text)
    swap(&texts.symbols, &symbols)
    let found = reader.labels(inner.span, at: 0, &texts)
    swap(&texts.symbols, &symbols)
    labelReader = reader
    return found
  }

  /// A level by word, or by number on the scale that the table's first rows tell.
  private func severity(_ field: Span<UInt8>) -> Severity {
    let severity = FieldText.severity(field)
    if let scale = mapping.numberScale, let number = FieldText.int(field) { return scale.severity(number) }
    if mapping.levelIsStatus, severity.isUnknown, FieldText.isWord(field, "ok") { return .info }
    guard severity.isUnknown, let evidence = levels, let number = FieldText.int(field) else { return severity }
    return evidence.scale(of: number, []).severity(number)
  }

  /// Whether the rows are lines as they were printed, of which no column tells the level.
  var hasBareLines: Bool { mapping.kind == .logs && mapping.severity < 0 && mapping.levelNumber < 0 }

  /// The line of another program in a table without levels, and what its columns say of it; nil where the text is none such.
  ///
  /// `isOpen` tells that the row before may go on in this one.
  mutating func carried(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, isOpen: Bool, _ context: borrowing MemberContext,
    _ symbols: inout SymbolTable
  ) -> (text: [UInt8], around: LineEnvelope)? {
    guard hasBareLines else { return nil }
    let column = messageColumn(b, row)
    let range = field(b, row, column)
    guard !range.isEmpty else { return nil }
    var text: [UInt8] = []
    swap(&text, &printed)
    defer { swap(&text, &printed) }
    // The blanks in front of a frame are the trace's.
    print(b, row.fields[column].start..<range.upperBound, row.fields[column].isDoubled, into: &text)
    guard let isWhole = isCarried(&text, isOpen) else { return nil }
    var around = LineEnvelope(source: context.line(line))
    around.isWhole = isWhole
    if let time = epoch(b, row, context) {
      (around.time, around.hasZone) = (time, true)
    }
    around.name(name(b, row, &symbols), .container)
    let labels = mapping.labels >= 0 ? labels(b, row, context, &symbols) : nil
    if let labels {
      around.name(labels.name, .container)
      around.severity = labels.severity
    }
    around.name(fallback, .file)
    (around.request, around.requestText) = request(b, row, &symbols)
    around.span = FieldText.spanID(b.extracting(field(b, row, mapping.span)))
    if let labels {
      if around.request.isNone { (around.request, around.requestText) = (labels.request, labels.requestText) }
      if around.span == 0 { around.span = labels.span }
    }
    return (text, around)
  }

  /// Writes a field as its program printed it: quotes single, without the colours of a terminal.
  private func print(_ b: Span<UInt8>, _ range: Range<Int>, _ isDoubled: Bool, into out: inout [UInt8]) {
    out.removeAll(keepingCapacity: true)
    let text = b.extracting(range)
    if isDoubled { DelimitedRow.undouble(text, to: &out) } else { out.append(copying: text) }
    if ByteScan.find(0x1B, in: out.span, from: 0) < out.count, let plain = TerminalColours.removed(out.span) {
      out = plain
    }
  }

  /// Whether a text is the line of another program, and then whether it is a record whatever it looks like; what is no part of a trace
  /// loses the blanks in front.
  private func isCarried(_ text: inout [UInt8], _ isOpen: Bool) -> Bool? {
    guard !text.isEmpty else { return nil }
    // A trace within one row is a record of its own.
    if ByteScan.find(0x0A, in: text.span, from: 0) == text.count,
      TraceFollower.isPart(text.span) || TraceFollower.crash(text.span) != nil || isOpen && isBare(text.span)
    {
      return true
    }
    if let first = text.firstIndex(where: { $0 > 0x20 }), first > 0 { text.removeFirst(first) }
    let isKnown =
      text.count >= 8 && text[0] != 0x7B && CarriedLine.isKnown(text.span, unwrapper, logKeys)
      || text.count >= 16 && AccessLines.looksLike(text.span)
    return isKnown ? false : nil
  }

  /// Whether a text has no header, neither a learned one.
  private func isBare(_ text: Span<UInt8>) -> Bool {
    text[0] != 0x7B && CarriedLine.isBare(text) && !CarriedLine.isKnown(text, unwrapper, logKeys)
      && (layouts?.header(of: text, name: .none).header.messageStart ?? 0) == 0
  }
}

/// Which containers and workloads the first rows of a table name.
struct PodNames {
  private var container: [UInt8] = []
  private var workload: [UInt8] = []
  private var hasContainers = false
  private var hasWorkloads = false

  mutating func add(_ container: [UInt8], _ workload: [UInt8]) {
    if self.container.isEmpty { (self.container, self.workload) = (container, workload) }
    hasContainers = hasContainers || container != self.container
    hasWorkloads = hasWorkloads || workload != self.workload
  }

  /// Whether one name is that of the containers of several workloads, and tells none of them from another.
  var areMore: Bool { hasWorkloads && !hasContainers }
}
