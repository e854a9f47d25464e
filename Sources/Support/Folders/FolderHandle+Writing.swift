// The one writer of files: a file is under its name whole and on the disk, or not at all.

internal import Glibc

extension FolderHandle {
  /// `O_TMPFILE`, which the C library declares for GNU sources only.
  private static let unnamed = Int32(0o20_000_000) | O_DIRECTORY

  /// Writes a new file whole and syncs it, for a folder that nobody looks into yet; a name that is taken is refused.
  package func write(_ bytes: [UInt8], to name: EntryName) throws(FileFailure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = Ending.change { unsafe openat(descriptor, name.bytes, flags, 0o644) }
    guard file >= 0 else { throw failure(name) }
    var code = Self.fill(file, [bytes])
    if close(file) != 0, code == 0 { code = errno }
    guard code == 0 else { throw failure(name, code) }
  }

  /// Puts pieces under a name as one file, in place of what is there: written without a name, synced, renamed, the folder synced.
  ///
  /// A kill leaves nothing but in the moment in which the file has a name of its own; such names are swept by the next writer.
  package func replace(_ name: EntryName, with pieces: [[UInt8]]) throws(FileFailure) {
    let mark = "." + name.text.prefix(80) + "." + Self.machine + ".hindcast-"
    sweep(mark)
    var file = unsafe openat(descriptor, ".", Self.unnamed | O_WRONLY | O_CLOEXEC, 0o644)
    var temporary: EntryName?
    defer { if let temporary { Ending.done(path + "/" + temporary.text) } }
    if file < 0 { (file, temporary) = try makeNamed(mark) }
    var code = Self.fill(file, pieces)
    if code == 0 {
      code = Ending.change {
        if temporary == nil { temporary = link(file, mark) }
        guard let temporary else { return errno }
        return unsafe renameat(descriptor, temporary.bytes, descriptor, name.bytes) == 0 ? 0 : errno
      }
    }
    if code != 0, let temporary { remove(temporary) }
    if close(file) != 0, code == 0 { code = errno }
    if code == 0, fsync(descriptor) != 0, errno != EINVAL { code = errno }
    guard code == 0 else { throw failure(name, code) }
  }

  /// The machine that writes, as temporary names have it: where several share a folder and locks do not reach from one to the
  /// other, none takes or sweeps what another one writes.
  package static let machine: String = {
    var host = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&host, host.count - 1) == 0 else { return "host" }
    let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(name.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
  }()

  /// Writes to an open file and syncs it; 0, or the error's number.
  private static func fill(_ file: Int32, _ pieces: [[UInt8]]) -> Int32 {
    for piece in pieces {
      let code = CheckedFile.writeAll(piece, to: file)
      if code != 0 { return code }
    }
    return fsync(file) != 0 && errno != EINVAL ? errno : 0
  }

  /// Writers of one name that may be at work at once.
  private static let mostWriters = 8

  private static func temporary(_ mark: String, _ number: Int) -> EntryName { EntryName("\(mark)\(number)") }

  /// Where no file can be without a name: one that is locked as long as its writer lives.
  private func makeNamed(_ mark: String) throws(FileFailure) -> (Int32, EntryName) {
    var code = EEXIST
    for number in 0..<Self.mostWriters {
      let name = Self.temporary(mark, number)
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let file = Ending.change {
        let file = unsafe openat(descriptor, name.bytes, flags, 0o644)
        if file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 {
          let folder = path
          Ending.register(folder + "/" + name.text) { _ = try? FolderHandle(named: folder).remove(name) }
        }
        return file
      }
      var status = stat()
      // Who sweeps may have taken it for left in the moment before it was locked.
      if file >= 0, unsafe fstat(file, &status) == 0, status.st_nlink > 0 { return (file, name) }
      code = errno
      guard file >= 0 || code == EEXIST else { break }
      if file >= 0 { close(file) }
    }
    throw failure(EntryName("."), code)
  }

  /// Gives an open file without a name one that is free; nil where that cannot be, `errno` says why.
  private func link(_ file: Int32, _ mark: String) -> EntryName? {
    _ = flock(file, LOCK_EX | LOCK_NB)
    for number in 0..<Self.mostWriters {
      let name = Self.temporary(mark, number)
      let path = "/proc/self/fd/\(file)"
      if unsafe linkat(AT_FDCWD, path, descriptor, name.bytes, AT_SYMLINK_FOLLOW) == 0 { return name }
      guard errno == EEXIST else { return nil }
    }
    return nil
  }

  /// Removes what writers of a name left that are gone: nobody holds its lock.
  private func sweep(_ mark: String) {
    for number in 0..<Self.mostWriters {
      let name = Self.temporary(mark, number)
      let left = unsafe openat(descriptor, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard left >= 0 else { continue }
      if flock(left, LOCK_EX | LOCK_NB) == 0 { remove(name) }
      close(left)
    }
  }
}
