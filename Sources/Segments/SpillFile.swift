package import Support
internal import Glibc
internal import Synchronization

/// A file without a name: unlinked as soon as it is open, so that no run leaves rows behind, however it ends.
package final class SpillFile: Sendable {
  private let descriptor: Int32
  private let size = Mutex(0)

  package init(folder: String) throws(FileFailure) {
    var path = Array((folder + "/hindcast-rows-XXXXXX").utf8CString)
    let opened = unsafe path.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -1 }
      let descriptor = unsafe mkstemp(base)
      if descriptor >= 0 { _ = unsafe unlink(base) }
      return descriptor
    }
    guard opened >= 0 else { throw FileFailure(scratch: "cannot make a spill file in \(folder)", code: errno) }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Appends pieces, one behind the other, and returns where the first one begins. Calls come one at a time.
  package func append(_ pieces: [[UInt8]]) throws(FileFailure) -> Int {
    let start = size.withLock { $0 }
    for piece in pieces { try append(piece) }
    return start
  }

  private func append(_ bytes: [UInt8]) throws(FileFailure) {
    let start = size.withLock { $0 }
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done, off_t(start + done))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileFailure(scratch: "cannot write spilled rows", code: errno) }
      done += written
    }
    size.withLock { $0 = start + bytes.count }
  }

  package func read(at offset: Int, count: Int) throws(FileFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress.map { unsafe $0 + done }, count - done, off_t(offset + done))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw FileFailure(scratch: "cannot read spilled rows back", code: errno) }
      done += got
    }
    return bytes
  }
}
