// Frames between processes: what one phase writes to standard output and another reads from standard input.
//
// A stream is frame after frame: u32le number (of the partition), u32le length, so many bytes; and last a trailer: u32le
// 0xFFFFFFFF, u32le 8, u32le the count of frames, u32le the CRC-32 (that of zlib and gzip) of every byte before the trailer. A
// stream without a trailer was cut. Streams may follow one another.

internal import Archives
internal import Glibc
internal import Support

/// Writes one stream to standard output.
struct FrameWriter {
  private(set) var written = 0
  private var frames: UInt32 = 0
  private var checksum: UInt32 = 0

  /// Writes a frame.
  ///
  /// - Throws: `FileFailure` where standard output takes no more or the frame is too long for a stream.
  mutating func write(_ number: Int, _ pieces: [[UInt8]]) throws(FileFailure) {
    let count = pieces.reduce(0) { $0 + $1.count }
    guard let length = UInt32(exactly: count), let number = UInt32(exactly: number), number < .max else {
      throw FileFailure(.unwritable, "standard output", "a frame of \(count) bytes is too long: use more partitions")
    }
    var head = ByteWriter()
    head.fixed32(number)
    head.fixed32(length)
    try put(head.bytes)
    for piece in pieces { try put(piece) }
    frames += 1
  }

  /// Writes the trailer.
  mutating func finish() throws(FileFailure) {
    var end = ByteWriter()
    end.fixed32(.max)
    end.fixed32(8)
    end.fixed32(frames)
    end.fixed32(checksum)
    try Console.write(end.bytes)
    written += end.bytes.count
  }

  private mutating func put(_ bytes: [UInt8]) throws(FileFailure) {
    checksum = CRC32.of(bytes.span, after: checksum)
    written += bytes.count
    try Console.write(bytes)
  }
}

/// Reads streams from standard input.
struct FrameReader {
  private var checksum: UInt32 = 0

  /// Hands out frame after frame; a stream's frames are taken before its trailer is seen, so nothing may be made of them before
  /// the end.
  ///
  /// - Throws: `FileFailure` where a stream is cut or changed, and whatever `take` throws.
  mutating func read(_ take: ([UInt8]) throws -> Void) throws {
    var frames: UInt32 = 0
    var isOpen = true
    while let head = try next(8) {
      let (number, length) = (Self.word(head, 0), Self.word(head, 4))
      if number == .max {
        guard length == 8, let end = try next(8) else { throw damaged("the trailer is cut") }
        guard Self.word(end, 0) == frames else { throw damaged("frames are missing: the trailer counts others") }
        guard Self.word(end, 4) == checksum else { throw damaged("the checksum does not match") }
        (frames, checksum, isOpen) = (0, 0, false)
        continue
      }
      isOpen = true
      checksum = CRC32.of(head.span, after: checksum)
      guard let bytes = try next(Int(length)) else { throw damaged("a frame is cut") }
      checksum = CRC32.of(bytes.span, after: checksum)
      frames &+= 1
      try take(bytes)
    }
    if isOpen { throw damaged("the stream of frames was cut: it has no trailer") }
  }

  /// So many bytes; nil at the end of the input.
  private func next(_ count: Int) throws(FileFailure) -> [UInt8]? {
    var bytes: [UInt8] = []
    // Room is made as bytes come: a forged length costs nothing.
    var buffer = [UInt8](repeating: 0, count: min(count, 1 << 20))
    while bytes.count < count {
      let wanted = min(buffer.count, count - bytes.count)
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, wanted) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileFailure(.unreadable, "standard input", CheckedFile.reason(errno)) }
      if got == 0 {
        if bytes.isEmpty { return count == 0 ? [] : nil }
        throw damaged("the stream of frames was cut")
      }
      bytes += buffer[..<got]
    }
    return bytes
  }

  private func damaged(_ message: String) -> FileFailure { FileFailure(.damaged, "standard input", message) }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}
