internal import Model
internal import Glibc

/// Why an input cannot be opened.
struct InputError: Error {
  var message: MessageText
}

/// What a request for stored bytes came to.
enum ReadStep {
  case bytes(Int)
  case end
  case failed(String)
  /// A pipe gave nothing for as long as is waited.
  case silent
}

/// Where the bytes of an input are.
protocol StoredBytes: AnyObject {
  /// Bytes in all; nil where that shows only at the end and they can be read only once, from front to end.
  var size: Int? { get }
  /// Whether there is more by now than when it was opened.
  var hasGrown: Bool { get }
  /// Copies bytes that stand at an offset.
  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int, stall: Int) -> ReadStep
}

func systemMessage(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// An open file or pipe, or whatever standard input is.
final class OpenFile: StoredBytes {
  private let descriptor: Int32
  private let isOwned: Bool
  let size: Int?

  /// - Parameters:
  ///   - path: the file's path.
  ///   - root: the folder in which the file must lie, its path without links; nil for what the user named.
  /// - Throws: `InputError` where it cannot be opened, is no file, or lies elsewhere.
  convenience init(path: FilePath, root: String? = nil) throws(InputError) {
    // A pipe without a writer must not block the opening.
    let descriptor = unsafe open(path.bytes, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw InputError(message: "cannot open: \(own: systemMessage(errno))") }
    do throws(InputError) {
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else {
        throw InputError(message: "cannot read: \(own: systemMessage(errno))")
      }
      // A device may have no end.
      let kind = status.st_mode & S_IFMT
      if kind == S_IFCHR || kind == S_IFBLK { throw InputError(message: "is a device, not a file") }
      if status.st_size == 0, KernelFiles.holds(descriptor) {
        throw InputError(message: "belongs to a file system of the kernel, which is not read")
      }
      if let root, let real = Self.path(of: descriptor), !real.hasPrefix(root) {
        throw InputError(message: "leads out of the folder it was found in: a link was put in its place")
      }
      try self.init(descriptor: descriptor, isOwned: true)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Where an open file is by now, as the kernel says; nil where it does not say.
  private static func path(of descriptor: Int32) -> String? {
    var room = [CChar](repeating: 0, count: 8192)
    let count = unsafe readlink("/proc/self/fd/\(descriptor)", &room, room.count - 1)
    guard count > 0, room[0] == 0x2F else { return nil }
    return String(decoding: room[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  init(descriptor: Int32, isOwned: Bool = false) throws(InputError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw InputError(message: "cannot read: \(own: systemMessage(errno))")
    }
    if status.st_mode & S_IFMT == S_IFDIR { throw InputError(message: "is a folder") }
    self.descriptor = descriptor
    self.isOwned = isOwned
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    size = isRegular ? max(0, Int(status.st_size)) : nil
    if isRegular { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
  }

  deinit { if isOwned { close(descriptor) } }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int, stall: Int) -> ReadStep {
    // What is added after the opening is not read: it need have no end.
    let count = size.map { min(count, max(0, $0 - offset)) } ?? count
    if count == 0 { return .end }
    while true {
      if size == nil, !waitForMore(stall) { return .silent }
      let got =
        size == nil
        ? unsafe Glibc.read(descriptor, target, count) : unsafe pread(descriptor, target, count, off_t(offset))
      if got > 0 { return .bytes(got) }
      if got == 0 {
        guard let size else { return .end }
        return .failed("it ends at byte \(offset), and had \(size) when it was opened: it was cut while it was read")
      }
      let code = errno
      if code != EINTR, code != EAGAIN { return .failed(systemMessage(code)) }
      // Files of the kernel may have nothing yet, as pipes do.
      if code == EAGAIN, size != nil, !waitForMore(stall) { return .silent }
    }
  }

  var hasGrown: Bool {
    var status = stat()
    guard let size, unsafe fstat(descriptor, &status) == 0 else { return false }
    return Int(status.st_size) > size
  }

  /// Waits until a pipe has more or is closed; false when it stays silent for too long.
  private func waitForMore(_ seconds: Int) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue)
    var ready: Int32
    repeat { ready = unsafe poll(&request, 1, milliseconds) } while ready < 0 && errno == EINTR
    return ready != 0
  }
}

/// The parts of a split file, as if they were one.
final class SplitFile: StoredBytes {
  private var parts: [(file: OpenFile, start: Int)] = []
  let size: Int?

  init(_ paths: [String], root: String?) throws(InputError) {
    var start = 0
    for path in paths {
      let file = try OpenFile(path: FilePath(path), root: root)
      guard let size = file.size else {
        throw InputError(message: "a part of a split file is no regular file: \(path)")
      }
      parts.append((file, start))
      start += size
    }
    size = start
  }

  var hasGrown: Bool { parts.contains { $0.file.hasGrown } }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int, stall: Int) -> ReadStep {
    for index in parts.indices.reversed() where parts[index].start <= offset {
      let step = unsafe parts[index].file.read(
        at: offset - parts[index].start, into: target, count: count, stall: stall)
      if case .end = step, index + 1 < parts.count { return .failed("a part changed while it was read") }
      return step
    }
    return .end
  }
}

/// Bytes in memory.
final class MemoryBytes: StoredBytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var size: Int? { bytes.count }
  var hasGrown: Bool { false }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int, stall: Int) -> ReadStep {
    guard offset >= 0, offset < bytes.count else { return .end }
    let taken = min(count, bytes.count - offset)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe target.update(from: base + offset, count: taken)
    }
    return .bytes(taken)
  }
}
