// Segments, frames, partials and the census of operations: whatever is accepted must be written and read back as the same bytes.

internal import Runs
internal import Segments
internal import Support

enum RecodingProbe {
  /// Reads the bytes in all forms, as they are and with the checksum behind them put right.
  ///
  /// The promises: no trap; a wrong checksum is refused; what is read once is read again from what was written of it, and
  /// then written as the same bytes.
  static func brokenPromise(_ bytes: [UInt8]) -> String? {
    let sealed = sealed(bytes)
    for (name, recode) in forms {
      if sealed != bytes, (try? recode(bytes)) != nil { return "a \(name) with a wrong checksum is accepted" }
      guard let once = try? recode(sealed) else { continue }
      guard let twice = try? recode(once) else { return "a \(name) that was written is not read back" }
      if twice != once { return "a \(name) gives other bytes the second time" }
    }
    return nil
  }

  private static let forms: [(String, @Sendable ([UInt8]) throws -> [UInt8])] = [
    ("segment", { try Segment(encoded: $0).encoded() }),
    ("frame of segments", { try Frame(encoded: $0, expecting: .segments).encoded() }),
    ("partial", { try NightPartial(encoded: $0).encoded() }),
    ("census", census),
  ]

  /// A census has no checksum of its own, for it stands in a frame: here it gets one.
  private static func census(_ bytes: [UInt8]) throws -> [UInt8] {
    guard bytes.count > 8, bytes == sealed(bytes) else { throw DecodeFailure("no census", at: 0) }
    var reader = ByteReader(bytes, in: 0..<bytes.count - 8)
    let census = try OperationCensus(from: &reader)
    var writer = ByteWriter()
    census.encode(to: &writer)
    writer.fixed64(StableHash.hash(writer.bytes.span))
    return writer.bytes
  }

  /// The bytes with the hash of all others in the last eight.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 8 else { return bytes }
    var writer = ByteWriter()
    writer.fixed64(StableHash.hash(bytes.span.extracting(0..<bytes.count - 8)))
    return bytes.dropLast(8) + writer.bytes
  }
}
