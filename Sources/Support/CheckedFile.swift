internal import Glibc

/// Whole files, read and written with every step checked.
package enum CheckedFile {
  /// Reads a file of at most `limit` bytes.
  package static func read(_ path: String, limit: Int = 8 << 30) throws(FileFailure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw FileFailure(errno == ENOENT ? .missing : .unreadable, path, reason(errno))
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileFailure(.unreadable, path, reason(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      guard status.st_size <= limit else { throw FileFailure(.unreadable, path, "larger than \(limit) bytes") }
    case S_IFDIR: throw FileFailure(.unreadable, path, reason(EISDIR))
    case S_IFBLK: throw FileFailure(.unreadable, path, "a device is no file")
    default: break
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      guard waitsForBytes(descriptor, status) else {
        throw FileFailure(.unreadable, path, "no byte came for \(patience) s")
      }
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got >= 0 else { throw FileFailure(.unreadable, path, reason(errno)) }
      if got == 0 { return bytes }
      guard bytes.count + got <= limit else { throw FileFailure(.unreadable, path, "larger than \(limit) bytes") }
      bytes += buffer[0..<got]
    }
  }

  /// Seconds that a pipe may stay silent.
  private static let patience = 15

  /// Waits until a pipe, or whatever is no regular file, has more or is closed; false when it stays silent for too long.
  private static func waitsForBytes(_ descriptor: Int32, _ status: stat) -> Bool {
    if status.st_mode & S_IFMT == S_IFREG { return true }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // A pipe that nobody has opened for writing yet is at its end at once: its first byte is waited for.
    for _ in 0..<patience * 10 {
      let ready = unsafe poll(&request, 1, 100)
      if ready > 0 { return true }
      if ready < 0, errno != EINTR { return true }
    }
    return false
  }

  /// What is left to read of an open file, up to a limit; nil where reading fails or there is more.
  static func readAll(_ descriptor: Int32, limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0, bytes.count + got <= limit else { return nil }
      if got == 0 { return bytes }
      bytes += buffer[0..<got]
    }
  }

  /// The size of a regular file, nil for anything else.
  package static func size(_ path: String) -> Int? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Whether nothing is there under a path.
  package static func isMissing(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Appends to a file that others write to as well; makes it where it is missing.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(.unwritable, path, reason(errno)) }
    var failure = writeAll(bytes, to: descriptor)
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw FileFailure(.unwritable, path, reason(failure)) }
  }

  /// Writes a file so that it is either there whole or not at all: temporary name, fsync, rename, fsync of the folder.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    try write(pieces: [bytes], to: path)
  }

  /// Writes pieces as one file, in the same way. What is no regular file (a pipe, a terminal) is written to as it is.
  package static func write(pieces: [[UInt8]], to path: String) throws(FileFailure) {
    var status = stat()
    let isThere = unsafe stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT == S_IFDIR { throw FileFailure(.unwritable, path, reason(EISDIR)) }
    if isThere, status.st_mode & S_IFMT != S_IFREG { return try writeThrough(pieces, to: path) }
    // The file that a link leads to is replaced, not the link.
    var target = path
    if isThere, let real = unsafe realpath(path, nil) {
      target = unsafe String(cString: real)
      unsafe free(real)
    }
    let slash = target.lastIndex(of: "/")
    let above = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    do throws(FileFailure) {
      try FolderHandle(named: above).replace(EntryName(name), with: pieces)
    } catch {
      throw FileFailure(error.kind == .missing ? .unwritable : error.kind, path, error.message)
    }
  }

  private static func writeThrough(_ pieces: [[UInt8]], to path: String) throws(FileFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(.unwritable, path, reason(errno)) }
    var code: Int32 = 0
    for piece in pieces where code == 0 { code = writeAll(piece, to: descriptor) }
    if close(descriptor) != 0, code == 0 { code = errno }
    guard code == 0 else { throw FileFailure(.unwritable, path, reason(code)) }
  }

  /// Writes bytes to an open descriptor; 0, or the error's number.
  package static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      if written < 0, errno == EINTR { continue }
      if written <= 0 { return errno == 0 ? EIO : errno }
      done += written
    }
    return 0
  }

  /// Makes a folder and those above it.
  package static func makeFolder(_ path: String) throws(FileFailure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      if unsafe mkdir(made, 0o755) != 0, errno != EEXIST {
        throw FileFailure(.unwritable, made, reason(errno))
      }
    }
  }

  /// The system's words for an error number.
  package static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
