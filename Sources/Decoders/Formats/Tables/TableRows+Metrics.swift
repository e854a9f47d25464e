// Rows of a mapped table as readings of metrics: a reading a row, or one for each of several columns.

internal import Model
internal import Support

extension TableRows {
  mutating func metric(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: inout MemberContext, into batch: inout RecordBatch
  ) -> String? {
    guard let time = epoch(b, row, context) else { return "badTime" }
    var point = MetricPoint()
    point.time = time
    point.source = context.line(line)
    point.component = symbol(b, row, mapping.component, &batch.symbols)
    var found = 0
    var notNumbers = 0
    func add(_ column: Int, _ metric: Symbol, _ batch: inout RecordBatch) {
      let range = field(b, row, column)
      if range.isEmpty { return }
      guard let value = FieldText.double(b.extracting(range)) else { return }
      guard value.isFinite else {
        notNumbers += 1
        return
      }
      point.metric = metric
      point.value = value
      batch.metrics.append(point)
      found += 1
    }
    if mapping.values.isEmpty {
      let metric = mapping.metric >= 0 ? name(b, row, &batch.symbols) : valueNames[0]
      add(mapping.value, metric, &batch)
    } else {
      for (index, value) in mapping.values.enumerated() { add(value.column, valueNames[index], &batch) }
    }
    if notNumbers > 0 {
      batch.recordCounts.repair("notANumber", notNumbers)
      context.report(
        "notANumber", .note, at: .line(line), "readings that are no finite number are left out of their row",
        into: &batch)
    }
    return found + notNumbers == 0 ? "noValue" : nil
  }

  /// The name of a row's metric: of a performance counter its path, `Processor(_Total)\\% Processor Time`, for a counter of one name is of
  /// several objects and of each of their instances (Windows, "Specifying a Counter Path").
  private mutating func name(_ b: Span<UInt8>, _ row: DelimitedRow, _ symbols: inout SymbolTable) -> Symbol {
    let counter = field(b, row, mapping.metric)
    let object = field(b, row, mapping.counted.object)
    guard mapping.counted.object >= 0, !object.isEmpty, !counter.isEmpty else {
      return symbol(b, row, mapping.metric, &symbols)
    }
    var path = [UInt8](copying: b.extracting(object))
    let instance = field(b, row, mapping.counted.instance)
    if !instance.isEmpty {
      path.append(0x28)
      path.append(copying: b.extracting(instance))
      path.append(0x29)
    }
    path.append(0x5C)
    path.append(copying: b.extracting(counter))
    return symbols.intern(path.span)
  }
}
