internal import CLibArchive

/// The side of libarchive that asks for bytes: from a stream for tar, from any place for zip and 7z.
///
/// The source must live as long as the handle that it was attached to.
@safe final class LibarchiveSource {
  private enum Origin {
    case feed(TarFeed)
    case random(any RandomAccess)
  }

  private let origin: Origin
  private var position = 0
  private let buffer: ByteBuffer?

  init(_ feed: TarFeed) {
    origin = .feed(feed)
    buffer = nil
  }

  init(_ bytes: any RandomAccess) {
    origin = .random(bytes)
    buffer = ByteBuffer(capacity: 1 << 18)
  }

  /// Opens a handle on this source; false when libarchive does not know the format.
  func open(_ handle: borrowing LibarchiveHandle) -> Bool {
    let reader = unsafe handle.pointer
    unsafe archive_read_set_callback_data(reader, Unmanaged.passUnretained(self).toOpaque())
    unsafe archive_read_set_read_callback(reader) { _, client, target in
      guard let client = unsafe client else { return 0 }
      let chunk = unsafe Unmanaged<LibarchiveSource>.fromOpaque(client).takeUnretainedValue().lend()
      unsafe target?.pointee = UnsafeRawPointer(chunk.start)
      return chunk.count
    }
    if case .random = origin {
      unsafe archive_read_set_seek_callback(reader) { _, client, offset, whence in
        guard let client = unsafe client else { return -1 }
        return unsafe Unmanaged<LibarchiveSource>.fromOpaque(client).takeUnretainedValue().seek(offset, whence)
      }
      unsafe archive_read_set_skip_callback(reader) { _, client, count in
        guard let client = unsafe client else { return 0 }
        return unsafe Unmanaged<LibarchiveSource>.fromOpaque(client).takeUnretainedValue().skip(count)
      }
    }
    return unsafe archive_read_open1(reader) == ARCHIVE_OK
  }

  var lender: ByteBuffer? {
    guard case .feed(let feed) = origin else { return nil }
    return feed.lender
  }

  private func lend() -> Chunk {
    switch origin {
    case .feed(let feed): return feed.pull()
    case .random(let bytes):
      guard let buffer else { return .empty }
      let count = unsafe bytes.read(at: position, into: buffer.start, count: buffer.capacity)
      position += count
      return buffer.chunk(count)
    }
  }

  private func skip(_ count: Int64) -> Int64 {
    guard case .random(let bytes) = origin, count > 0 else { return 0 }
    let skipped = min(Int(clamping: count), max(0, bytes.size - position))
    position += skipped
    return Int64(skipped)
  }

  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    guard case .random(let bytes) = origin else { return -1 }
    let base =
      switch whence {
      case 0: 0
      case 1: position
      default: bytes.size
      }
    let (target, overflow) = base.addingReportingOverflow(Int(clamping: offset))
    guard !overflow else { return -1 }
    position = min(max(0, target), bytes.size)
    return Int64(position)
  }
}
