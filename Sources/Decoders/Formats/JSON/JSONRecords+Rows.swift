// Records that an answer holds as rows: values under columns, or names with values.

internal import Model
internal import Support

/// Azure Monitor's query API answers with `tables`, each of `columns` and `rows` (Log Analytics API, "Response format"; Kusto's
/// of version 1 with capitals), Elasticsearch's ES|QL with `columns` and `values`, its SQL with `columns` and `rows`, OpenSearch's SQL
/// and PPL with `schema` and `datarows`, CloudWatch's with `results`, whose rows are lists of `field` and `value` (GetQueryResults). A row
/// is read as the object that it stands for.
extension JSONRecords {
  /// More columns are none: nobody asks for them.
  private static let mostColumns = 1024
  /// Bytes of a column's name.
  private static let longestColumn = 256

  /// Reads the names of a table's columns; false on the reader's failure.
  mutating func readColumns(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    columns = []
    return reader.eachElement(b) { reader in
      var name: [UInt8] = []
      let isRead = reader.eachMember(b) { reader, key in
        guard JSONScanner.equals(b, key, "name") || JSONScanner.equals(b, key, "ColumnName") else {
          return reader.skipValue(b)
        }
        guard let text = reader.keyText(b) else { return false }
        // Every row repeats the names: a long one is none.
        if text.count <= Self.longestColumn { name = [UInt8](copying: b.extracting(text.start..<text.end)) }
        return true
      }
      if columns.count < Self.mostColumns { columns.append(name) }
      return isRead
    }
  }

  /// The object that a row of values stands for.
  func record(ofRow b: Span<UInt8>, at start: Int) -> [UInt8] {
    var record: [UInt8] = [0x7B]
    var column = 0
    var reader = JSONScanner(at: start)
    _ = reader.eachElement(b) { reader in
      reader.skipSpace(b)
      let at = reader.position
      guard reader.skipValue(b) else { return false }
      if column < columns.count { Self.add(columns[column], b.extracting(at..<reader.position), to: &record) }
      column += 1
      return true
    }
    record.append(0x7D)
    return record
  }

  /// The object that a row of names and values stands for.
  static func record(ofPairs b: Span<UInt8>, at start: Int) -> [UInt8] {
    var record: [UInt8] = [0x7B]
    var reader = JSONScanner(at: start)
    _ = reader.eachElement(b) { reader in
      var name = 0..<0
      var value = 0..<0
      let isRead = reader.eachMember(b) { reader, key in
        reader.skipSpace(b)
        let at = reader.position
        guard reader.skipValue(b) else { return false }
        if JSONScanner.equals(b, key, "field"), b[at] == 0x22 { name = at + 1..<reader.position - 1 }
        if JSONScanner.equals(b, key, "value") { value = at..<reader.position }
        return true
      }
      add([UInt8](copying: b.extracting(name)), b.extracting(value), to: &record)
      return isRead
    }
    record.append(0x7D)
    return record
  }

  /// Adds a member; none for a name or a value that is not there.
  private static func add(_ name: [UInt8], _ value: Span<UInt8>, to record: inout [UInt8]) {
    guard !name.isEmpty, !value.isEmpty, value[0] != 0x6E else { return }
    if record.count > 1 { record.append(0x2C) }
    record.append(0x22)
    record += name
    record += [0x22, 0x3A]
    record.append(copying: value)
  }
}
