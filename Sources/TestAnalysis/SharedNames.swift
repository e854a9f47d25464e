// The names of a report's cases in short: those of a class stand together and begin alike.

internal import Support

/// Writes each name as what it shares with the one before it, and the rest (front coding: Witten, Moffat, Bell, Managing
/// Gigabytes, 1999, 4.1).
struct SharedNameWriter {
  private var last: [UInt8] = []

  mutating func write(_ name: [UInt8], to writer: inout ByteWriter) {
    let most = min(last.count, name.count)
    var shared = 0
    while shared < most, last[shared] == name[shared] { shared &+= 1 }
    writer.unsigned(UInt64(shared))
    writer.unsigned(UInt64(name.count - shared))
    writer.raw(name.span.extracting(shared..<name.count))
    last.removeLast(last.count - shared)
    last.append(copying: name.span.extracting(shared..<name.count))
  }
}

/// Reads names that were written so, one after another.
struct SharedNameReader {
  /// The name that was read last.
  private(set) var name: [UInt8] = []

  /// - Parameters:
  ///   - reader: stands at a name's beginning, and behind it at the end.
  ///   - bytes: what it reads.
  /// - Throws: `DecodeFailure` where no name stands there, or one longer than any test has: a few bytes might mean gigabytes.
  mutating func read(from reader: inout ByteReader, of bytes: [UInt8]) throws(DecodeFailure) {
    let shared = try reader.unsigned()
    let rest = try reader.range()
    guard shared <= UInt64(name.count), Int(shared) + rest.count <= TestIdentity.longest else {
      throw reader.failure("a test's name is damaged")
    }
    name.removeLast(name.count - Int(shared))
    name.append(copying: bytes.span.extracting(rest))
  }
}
