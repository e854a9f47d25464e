// A folder held by its descriptor: what is done in it happens there, wherever links or renames lead its path meanwhile.

internal import CFiles
internal import Glibc

/// The name of an entry of a folder: any bytes but `/` and NUL.
package struct EntryName: Hashable, Sendable, Comparable {
  /// Ends with NUL.
  let bytes: [CChar]

  package init(_ text: String) { bytes = text.utf8.map { CChar(bitPattern: $0) } + [0] }

  init(_ bytes: [CChar]) { self.bytes = bytes }

  /// As text; bytes that are no UTF-8 appear as U+FFFD.
  package var text: String { String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }

  package static func < (a: EntryName, b: EntryName) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// An open folder. Nothing reached through it follows a link in the last step.
package struct FolderHandle: ~Copyable {
  /// What a folder holds under a name.
  package struct Entry: Hashable, Sendable {
    let identity: FileIdentity
    let mode: UInt32

    package var kind: FileIdentity.Kind { identity.kind }

    init(_ status: stat) {
      identity = FileIdentity(status)
      mode = status.st_mode
    }

    func isSame(as other: Entry?) -> Bool { identity == other?.identity }
  }

  let descriptor: Int32
  /// For messages.
  package let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Opens a folder that the user named: links on the way are followed.
  package init(named path: String) throws(FileFailure) {
    let opened = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw FileFailure(.unwritable, path, CheckedFile.reason(errno)) }
    self.init(descriptor: opened, path: path)
  }

  deinit { close(descriptor) }

  /// Opens a folder in this one; a link is refused.
  package func folder(_ name: EntryName) throws(FileFailure) -> FolderHandle {
    let opened = unsafe openat(descriptor, name.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard opened >= 0 else { throw failure(name) }
    return FolderHandle(descriptor: opened, path: path + "/" + name.text)
  }

  /// What stands under a name, nil where nothing does.
  package func entry(_ name: EntryName) -> Entry? {
    var status = stat()
    guard unsafe fstatat(descriptor, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return Entry(status)
  }

  /// Whether something stands under a name; where that cannot be told, an error.
  func has(_ name: EntryName) throws(FileFailure) -> Bool {
    var status = stat()
    if unsafe fstatat(descriptor, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 { return true }
    guard errno == ENOENT else { throw failure(name) }
    return false
  }

  /// What this folder is itself.
  package var itself: Entry? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Entry(status) : nil
  }

  /// The names in it, sorted by their bytes.
  package func names() throws(FileFailure) -> [EntryName] {
    let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let listing = unsafe fdopendir(copy) else { throw failure(EntryName(".")) }
    defer { unsafe closedir(listing) }
    var names: [EntryName] = []
    while let entry = unsafe readdir(listing) {
      let bytes = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          unsafe Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        }
      }
      let name = EntryName(bytes)
      if name.text != ".", name.text != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package func makeFolder(_ name: EntryName) throws(FileFailure) {
    guard Ending.change({ unsafe mkdirat(descriptor, name.bytes, 0o755) }) == 0 else { throw failure(name) }
  }

  /// The bytes of a regular file of at most `limit` bytes; nil where there is none.
  package func read(_ name: EntryName, limit: Int) throws(FileFailure) -> [UInt8]? {
    let file = unsafe openat(descriptor, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      // A link, or a socket, is no file.
      if [ENOENT, ELOOP, ENXIO].contains(errno) { return nil }
      throw FileFailure(.unreadable, path + "/" + name.text, CheckedFile.reason(errno))
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      throw FileFailure(.unreadable, path + "/" + name.text, CheckedFile.reason(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
    guard let bytes = CheckedFile.readAll(file, limit: limit) else {
      throw FileFailure(.unreadable, path + "/" + name.text, CheckedFile.reason(EIO))
    }
    return bytes
  }

  /// Gives an entry another name, in this folder or in another one of the same device.
  package func rename(_ name: EntryName, to other: borrowing FolderHandle, _ newName: EntryName) throws(FileFailure) {
    guard Ending.change({ unsafe renameat(descriptor, name.bytes, other.descriptor, newName.bytes) }) == 0 else {
      throw failure(name)
    }
  }

  /// Lets two entries of this folder change places in one step; false where the file system cannot.
  func exchange(_ first: EntryName, _ second: EntryName) throws(FileFailure) -> Bool {
    let result = Ending.change { unsafe exchange_names(descriptor, first.bytes, second.bytes) }
    if result == 0 { return true }
    if [EINVAL, ENOSYS, EBUSY, ENOTSUP, EXDEV, EPERM].contains(errno) { return false }
    throw failure(second)
  }

  /// Gives a file a second name in another folder; false where that cannot be.
  func link(_ name: EntryName, to other: borrowing FolderHandle) -> Bool {
    Ending.change { unsafe linkat(descriptor, name.bytes, other.descriptor, name.bytes, 0) } == 0
  }

  @discardableResult func remove(_ name: EntryName) -> Bool { unsafe unlinkat(descriptor, name.bytes, 0) == 0 }

  @discardableResult func removeFolder(_ name: EntryName) -> Bool {
    unsafe unlinkat(descriptor, name.bytes, AT_REMOVEDIR) == 0
  }

  package func sync() throws(FileFailure) {
    if fsync(descriptor) != 0, errno != EINVAL { throw FileFailure(.unwritable, path, CheckedFile.reason(errno)) }
  }

  func setMode(_ mode: UInt32) { _ = fchmod(descriptor, mode & 0o7777) }

  /// Whether somebody may write here.
  package var isWritable: Bool { unsafe faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0 }

  /// Takes the folder for this process until the handle is closed.
  func lock(waiting seconds: Int) -> Bool {
    for _ in 0...max(0, seconds * 20) {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if errno != EWOULDBLOCK && errno != EINTR { return false }
      if seconds > 0 { usleep(50_000) }
    }
    return false
  }

  func unlock() { _ = flock(descriptor, LOCK_UN) }

  func failure(_ name: EntryName, _ errno: Int32 = Glibc.errno) -> FileFailure {
    FileFailure(errno == ENOENT ? .missing : .unwritable, path + "/" + name.text, CheckedFile.reason(errno))
  }
}
