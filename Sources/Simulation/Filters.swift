internal import CBZip2
internal import CISAL
internal import CLZMA
internal import CZstd

/// How a written archive is compressed.
package enum WorldFilter: String, CaseIterable, Hashable, Sendable {
  case none
  case gzip
  case zstd
  case xz
  case bzip2

  /// The ending of a tar archive under it.
  package var suffix: String {
    switch self {
    case .none: ".tar"
    case .gzip: ".tar.gz"
    case .zstd: ".tar.zst"
    case .xz: ".tar.xz"
    case .bzip2: ".tar.bz2"
    }
  }
}

/// A file written through a compressor of the codec libraries.
struct FilteredFile: ~Copyable {
  private var file: OutputFile
  private var compressor: Compressor

  private enum Compressor {
    case none
    case gzip(GzipEncoder)
    case zstd(ZstdEncoder)
    case xz(XZEncoder)
    case bzip2(BZip2Encoder)
  }

  init(_ path: String, _ filter: WorldFilter) throws(WorldFailure) {
    let made: Compressor =
      switch filter {
      case .none: .none
      case .gzip: .gzip(GzipEncoder())
      case .zstd: .zstd(try ZstdEncoder())
      case .xz: .xz(try XZEncoder())
      case .bzip2: .bzip2(try BZip2Encoder())
      }
    let opened = try OutputFile(path)
    compressor = made
    file = opened
  }

  mutating func write(_ bytes: Span<UInt8>) throws(WorldFailure) { try pass(bytes, isLast: false) }

  consuming func finish() throws(WorldFailure) {
    let nothing: [UInt8] = []
    try pass(nothing.span, isLast: true)
    try file.close()
  }

  private mutating func pass(_ bytes: Span<UInt8>, isLast: Bool) throws(WorldFailure) {
    let encoder: any StreamEncoder
    switch compressor {
    case .none: return try file.write(bytes)
    case .gzip(let gzip): encoder = gzip
    case .zstd(let zstd): encoder = zstd
    case .xz(let xz): encoder = xz
    case .bzip2(let bzip2): encoder = bzip2
    }
    let out = try encoder.encode(bytes, isLast: isLast)
    try file.write(out.span)
  }
}

/// A compressor that takes bytes and gives back what it has ready.
private protocol StreamEncoder: AnyObject {
  func encode(_ bytes: Span<UInt8>, isLast: Bool) throws(WorldFailure) -> [UInt8]
}

private let chunk = 1 << 18
/// More than the largest state of ISA-L's levels.
private let levelSize = 1 << 20

/// gzip by ISA-L, level 3.
@safe private final class GzipEncoder: StreamEncoder {
  private let stream: UnsafeMutablePointer<isal_zstream>
  private let level: UnsafeMutablePointer<UInt8>
  private var buffer = Array(repeating: UInt8(0), count: chunk)

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe level = .allocate(capacity: levelSize)
    unsafe isal_deflate_init(stream)
    unsafe stream.pointee.level = 3
    unsafe stream.pointee.level_buf = level
    unsafe stream.pointee.level_buf_size = UInt32(levelSize)
    unsafe stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
  }

  deinit {
    unsafe stream.deallocate()
    unsafe level.deallocate()
  }

  func encode(_ bytes: Span<UInt8>, isLast: Bool) throws(WorldFailure) -> [UInt8] {
    var out: [UInt8] = []
    let failed = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(input.count)
      unsafe stream.pointee.end_of_stream = isLast ? 1 : 0
      while true {
        let result = unsafe buffer.withUnsafeMutableBufferPointer { output in
          unsafe stream.pointee.next_out = output.baseAddress
          unsafe stream.pointee.avail_out = UInt32(output.count)
          defer { isal_leave_vector_registers() }
          return unsafe isal_deflate(stream)
        }
        if result != 0 { return true }
        out += unsafe buffer[..<(buffer.count - Int(stream.pointee.avail_out))]
        if unsafe stream.pointee.avail_out > 0 { return false }
      }
    }
    if failed { throw WorldFailure("gzip compression failed") }
    return out
  }
}

/// Zstandard, level 3.
@safe private final class ZstdEncoder: StreamEncoder {
  private let context: OpaquePointer
  private var buffer = Array(repeating: UInt8(0), count: chunk)

  init() throws(WorldFailure) {
    guard let made = unsafe ZSTD_createCCtx() else { throw WorldFailure("no memory for zstd") }
    unsafe context = unsafe made
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { _ = unsafe ZSTD_freeCCtx(context) }

  func encode(_ bytes: Span<UInt8>, isLast: Bool) throws(WorldFailure) -> [UInt8] {
    var out: [UInt8] = []
    let failed = unsafe bytes.withUnsafeBufferPointer { input in
      var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
      while true {
        var wrote = 0
        let rest = unsafe buffer.withUnsafeMutableBufferPointer { output in
          var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
          let rest = unsafe ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
          unsafe wrote = target.pos
          return rest
        }
        if ZSTD_isError(rest) != 0 { return true }
        out += buffer[..<wrote]
        if isLast ? rest == 0 : unsafe source.pos == source.size { return false }
      }
    }
    if failed { throw WorldFailure("zstd compression failed") }
    return out
  }
}

/// xz, preset 1, CRC64.
@safe private final class XZEncoder: StreamEncoder {
  private let stream: UnsafeMutablePointer<lzma_stream>
  private var buffer = Array(repeating: UInt8(0), count: chunk)

  init() throws(WorldFailure) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: lzma_stream())
    guard unsafe lzma_easy_encoder(stream, 1, LZMA_CHECK_CRC64) == LZMA_OK else {
      unsafe stream.deallocate()
      throw WorldFailure("no memory for xz")
    }
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
  }

  func encode(_ bytes: Span<UInt8>, isLast: Bool) throws(WorldFailure) -> [UInt8] {
    var out: [UInt8] = []
    let failed = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = input.baseAddress
      unsafe stream.pointee.avail_in = input.count
      while true {
        let result = unsafe buffer.withUnsafeMutableBufferPointer { output in
          unsafe stream.pointee.next_out = output.baseAddress
          unsafe stream.pointee.avail_out = output.count
          return unsafe lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN)
        }
        if result != LZMA_OK, result != LZMA_STREAM_END, result != LZMA_BUF_ERROR { return true }
        out += unsafe buffer[..<(buffer.count - stream.pointee.avail_out)]
        if result == LZMA_STREAM_END { return false }
        if unsafe !isLast && stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0 { return false }
      }
    }
    if failed { throw WorldFailure("xz compression failed") }
    return out
  }
}

/// bzip2, block size 900 kB.
@safe private final class BZip2Encoder: StreamEncoder {
  private let stream: UnsafeMutablePointer<bz_stream>
  private var buffer = Array(repeating: UInt8(0), count: chunk)

  init() throws(WorldFailure) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
    guard unsafe BZ2_bzCompressInit(stream, 9, 0, 0) == BZ_OK else {
      unsafe stream.deallocate()
      throw WorldFailure("no memory for bzip2")
    }
  }

  deinit {
    _ = unsafe BZ2_bzCompressEnd(stream)
    unsafe stream.deallocate()
  }

  func encode(_ bytes: Span<UInt8>, isLast: Bool) throws(WorldFailure) -> [UInt8] {
    guard bytes.count > 0 || isLast else { return [] }
    var out: [UInt8] = []
    let failed = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(
        to: CChar.self)
      unsafe stream.pointee.avail_in = UInt32(input.count)
      while true {
        let result = unsafe buffer.withUnsafeMutableBufferPointer { output in
          unsafe stream.pointee.next_out = UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(
            to: CChar.self)
          unsafe stream.pointee.avail_out = UInt32(output.count)
          return unsafe BZ2_bzCompress(stream, isLast ? BZ_FINISH : BZ_RUN)
        }
        if result < 0 { return true }
        out += unsafe buffer[..<(buffer.count - Int(stream.pointee.avail_out))]
        if result == BZ_STREAM_END { return false }
        if unsafe !isLast && stream.pointee.avail_in == 0 { return false }
      }
    }
    if failed { throw WorldFailure("bzip2 compression failed") }
    return out
  }
}
