internal import Glibc

/// Why a file between phases, or an output, could not be read or written.
package struct FileFailure: Error, Hashable, Sendable {
  package enum Kind: Sendable { case missing, unreadable, unwritable, damaged }
  package var kind: Kind
  package var path: String
  package var message: String

  package init(_ kind: Kind, _ path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }
}

/// Whole files, read and written with every step checked.
package enum CheckedFile {
  /// Reads a file of at most `limit` bytes.
  package static func read(_ path: String, limit: Int = 8 << 30) throws(FileFailure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileFailure(errno == ENOENT ? .missing : .unreadable, path, reason(errno))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileFailure(.unreadable, path, reason(errno)) }
      if got == 0 { return bytes }
      guard bytes.count + got <= limit else { throw FileFailure(.unreadable, path, "larger than \(limit) bytes") }
      bytes += buffer[0..<got]
    }
  }

  /// The size of a regular file, nil for anything else.
  package static func size(_ path: String) -> Int? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
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

  /// Writes pieces as one file, in the same way.
  ///
  /// A device or a pipe is written to as it stands: a rename would put a file in its place.
  package static func write(pieces: [[UInt8]], to path: String) throws(FileFailure) {
    var status = stat()
    if unsafe stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      return try append(pieces.flatMap(\.self), to: path)
    }
    let temporary = path + ".tmp-\(getpid())"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(.unwritable, path, reason(errno)) }
    var failure: Int32 = 0
    for piece in pieces where failure == 0 { failure = writeAll(piece, to: descriptor) }
    if failure == 0, fsync(descriptor) != 0, errno != EINVAL { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, unsafe rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      _ = unsafe unlink(temporary)
      throw FileFailure(.unwritable, path, reason(failure))
    }
    syncFolder(of: path)
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

  private static func syncFolder(of path: String) {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let descriptor = unsafe open(folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  /// The system's words for an error number.
  package static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
