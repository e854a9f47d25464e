internal import Core
internal import Glibc

/// Bytes that can be read at any place.
protocol RandomAccess: AnyObject {
  var size: Int { get }
  /// Copies bytes from `offset` on; fewer than asked for at the end.
  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int
}

/// The input as it is stored: an open file or standard input, hashed as it is read from front to end.
@safe final class StoredInput: ByteStream, RandomAccess {
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let isRegular: Bool
  let size: Int
  private let context: WalkContext
  private let buffer = ByteBuffer(capacity: ByteBuffer.usual)
  private var hash: SHA256? = SHA256()
  private var isAtEnd = false

  /// Why an input cannot be opened.
  struct Refusal: Error {
    var message: String
  }

  /// Whether bytes can be read at any place, as from a regular file.
  var isSeekable: Bool { isRegular }

  init(_ source: InputSource, context: WalkContext) throws(Refusal) {
    let opened: Int32
    switch source.kind {
    case .standardInput:
      opened = STDIN_FILENO
      ownsDescriptor = false
    case .file(let path):
      opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
      ownsDescriptor = true
      if opened < 0 { throw Refusal(message: "cannot open: " + Self.reason(errno)) }
    }
    var status = stat()
    var refusal: String?
    if unsafe fstat(opened, &status) != 0 {
      refusal = "cannot read: " + Self.reason(errno)
    } else if status.st_mode & S_IFMT == S_IFDIR {
      refusal = "is a folder"
    }
    if let refusal {
      if ownsDescriptor { close(opened) }
      throw Refusal(message: refusal)
    }
    descriptor = opened
    isRegular = status.st_mode & S_IFMT == S_IFREG
    size = isRegular ? max(0, Int(status.st_size)) : 0
    self.context = context
    if isRegular {
      context.storedSize = size
      _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  func next() -> Chunk {
    guard !context.isStopped else { return .empty }
    return readOn()
  }

  private func readOn() -> Chunk {
    guard !isAtEnd else { return .empty }
    var filled = 0
    while filled < buffer.capacity {
      if !isRegular, !waitForMore() {
        isAtEnd = true
        break
      }
      let count = unsafe Glibc.read(descriptor, buffer.start + filled, buffer.capacity - filled)
      if count > 0 {
        filled += count
        continue
      }
      let code = errno
      if count == 0 {
        isAtEnd = true
        break
      }
      if code == EINTR || code == EAGAIN { continue }
      isAtEnd = true
      context.report("unreadableInput", .error, offset: context.stored + filled, "reading failed: " + Self.reason(code))
      break
    }
    let chunk = buffer.chunk(filled)
    chunk.withSpan { hash?.update($0) }
    context.stored += filled
    context.checkTime(member: "")
    return chunk
  }

  /// Waits until a pipe has more or is closed; false when it stays silent for too long.
  private func waitForMore() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(clamping: context.limits.stallSeconds.multipliedReportingOverflow(by: 1000).partialValue)
    var ready: Int32
    repeat { ready = unsafe poll(&request, 1, milliseconds) } while ready < 0 && errno == EINTR
    if ready != 0 { return true }
    context.stop(
      ArchiveLimits.Name.stall, member: "", offset: context.stored,
      "no byte came for \(context.limits.stallSeconds) s: the rest of the input is not read")
    return false
  }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    guard !context.isStopped else { return 0 }
    var filled = 0
    while filled < count {
      let got = unsafe pread(descriptor, target + filled, count - filled, off_t(offset + filled))
      if got < 0, errno == EINTR { continue }
      if got < 0 {
        context.report("unreadableInput", .error, offset: offset + filled, "reading failed: " + Self.reason(errno))
      }
      if got <= 0 { break }
      filled += got
    }
    return filled
  }

  /// Reads what was not read yet, so that the digest covers the whole input, and gives the digest in hex.
  func finishDigest() -> String {
    while isRegular || !context.isStopped, !readOn().isEmpty {}
    guard let hash = hash.take() else { return "" }
    return hexText(hash.finish())
  }
}

/// An archive held in memory because it does not stand in a file of its own.
@safe final class HeldBytes: RandomAccess {
  private var bytes: [UInt8] = []
  private let context: WalkContext

  init(context: WalkContext) { self.context = context }

  deinit { context.returnNestedMemory(bytes.count) }

  var size: Int { bytes.count }

  /// Takes all bytes of a stream; false when they are more than may be held.
  func fill(from stream: any ByteStream) -> Bool {
    while true {
      let chunk = stream.next()
      if chunk.isEmpty { return true }
      if chunk.count > context.nestedMemoryLeft { return false }
      context.takeNestedMemory(chunk.count)
      chunk.withSpan { span in unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) } }
    }
  }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    guard offset >= 0, offset < bytes.count, !context.isStopped else { return 0 }
    let taken = min(count, bytes.count - offset)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe target.update(from: base + offset, count: taken)
    }
    return taken
  }
}
