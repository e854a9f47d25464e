// Rows field by field: what is alike lies together, which is what a compressor finds and what small differences need.

/// So many columns under construction, each a `ByteWriter`.
package struct ByteColumns: Sendable {
  private var columns: [ByteWriter]

  package init(count: Int) { columns = Array(repeating: ByteWriter(), count: count) }

  package subscript(_ column: Int) -> ByteWriter {
    get { columns[column] }
    _modify { yield &columns[column] }
  }

  /// The columns one after the other, each with its length.
  package func encode(to writer: inout ByteWriter) {
    for column in columns { writer.blob(column.bytes) }
  }
}

/// Reads what `ByteColumns` wrote, each column by itself.
package struct ByteColumnReaders: Sendable {
  private var columns: [ByteReader] = []

  /// No columns, for no rows.
  package init() {}

  /// - Throws: `DecodeFailure` where a column is cut.
  package init(from reader: inout ByteReader, count: Int) throws(DecodeFailure) {
    for _ in 0..<count { columns.append(reader.part(try reader.count())) }
  }

  package subscript(_ column: Int) -> ByteReader {
    get { columns[column] }
    _modify { yield &columns[column] }
  }

  /// - Throws: `DecodeFailure` where a column has more than its rows need.
  package func close() throws(DecodeFailure) {
    for column in columns where column.remaining > 0 { throw column.failure("trailing bytes in a column") }
  }
}
