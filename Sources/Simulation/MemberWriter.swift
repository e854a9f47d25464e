internal import Glibc

/// Takes the members of a generated world, one after another.
package protocol MemberWriter: ~Copyable {
  mutating func member(_ path: String, _ bytes: [UInt8]) throws(WorldFailure)
}

/// Why a world could not be written.
package struct WorldFailure: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// Keeps members in memory, for tests.
package struct MemoryWriter: MemberWriter {
  package var members: [(path: String, bytes: [UInt8])] = []
  package init() {}
  package mutating func member(_ path: String, _ bytes: [UInt8]) throws(WorldFailure) { members.append((path, bytes)) }
}

/// Writes members as files of a folder.
package struct FolderWriter: MemberWriter {
  private let folder: String

  package init(folder: String) { self.folder = folder }

  package mutating func member(_ path: String, _ bytes: [UInt8]) throws(WorldFailure) {
    let full = folder + "/" + path
    try Folder.make(full.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
    var file = try OutputFile(full)
    try file.write(bytes.span)
    try file.close()
  }
}

/// Folders, made with all that lead to them.
enum Folder {
  static func make(_ path: String) throws(WorldFailure) {
    var prefix = ""
    for (i, part) in path.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
      prefix += i == 0 ? String(part) : "/" + part
      if prefix.isEmpty { continue }
      if unsafe mkdir(prefix, 0o777) != 0, errno != EEXIST { throw .system("cannot make the folder \(prefix)") }
    }
  }
}

/// A file being written, every write checked.
struct OutputFile: ~Copyable {
  private let path: String
  private var descriptor: Int32

  init(_ path: String) throws(WorldFailure) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("cannot write \(path)") }
  }

  deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

  mutating func write(_ bytes: Span<UInt8>) throws(WorldFailure) {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else { throw .system("cannot write \(path)") }
      done += wrote
    }
  }

  mutating func close() throws(WorldFailure) {
    let result = Glibc.close(descriptor)
    descriptor = -1
    guard result == 0 else { throw .system("cannot write \(path)") }
  }
}

extension WorldFailure {
  /// The failure of the last system call.
  static func system(_ what: String) -> WorldFailure {
    WorldFailure(what + ": " + (unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"))
  }
}
