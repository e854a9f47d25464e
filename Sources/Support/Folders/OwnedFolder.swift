// A folder whose files are ours, replaced as a whole, beside files that are not.

internal import Glibc

/// A folder that is written as a whole: the files of one night, replaced by those of the next in one step.
///
/// The new files are written and synced beside the folder. One exchange of names (`renameat2`) then puts them in its place,
/// so that whoever looks sees the old night or the new one, and a kill at any point leaves one of them whole. What the
/// folder holds beside our files is a person's and stays: files get a second name in the new folder before the exchange,
/// folders move after it. Which files are ours a list among them says; nothing else is ever deleted.
///
/// Where the names cannot be exchanged (the working directory, a mount point, a file system without the call), files are
/// renamed one by one, and back again where one fails.
package struct OwnedFolder: Sendable {
  /// The list of our files, one relative path a line.
  static let listName = EntryName(".hindcast")
  private static let mostListed = 16 << 20

  package let path: String

  package init(_ path: String) { self.path = path }

  /// Sees that the folder can be written, or made where it is missing, and removes what a dead process left.
  ///
  /// - Parameter files: relative paths that will be written, of at most one folder deep.
  /// - Throws: `FileFailure` where the folder cannot be ours: something else stands under one of the names, or it may not be written.
  package func prepare(for files: [String]) throws(FileFailure) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return try checkPlace() }
    let folder = try FolderHandle(named: path)
    try refuseForeign(folder, files)
    guard folder.isWritable else { throw FileFailure(.unwritable, path, "no permission to write in this folder") }
    guard let place = FolderPlace(path) else { return }
    place.sweep()
  }

  /// Replaces the files of the folder by these.
  ///
  /// - Throws: `FileFailure`; what was there before still stands.
  package func replace(with files: [(path: String, bytes: [UInt8])]) throws(FileFailure) {
    try prepare(for: files.map(\.path))
    try CheckedFile.makeFolder(path)
    guard let place = FolderPlace(path) else {
      throw FileFailure(.unwritable, path, "the folder has no place of its own")
    }
    let staged = try place.stage(files)
    defer { Ending.done(staged.path) }
    do throws(FileFailure) {
      try place.put(staged)
    } catch {
      place.discard(staged.name, inside: staged.isInside)
      throw error
    }
  }

  /// Removes the files that the folder's list names, and the folder where nothing else is in it. What has no list is not
  /// ours and stays whole.
  package func removeOwnFiles() throws(FileFailure) {
    let folder = try FolderHandle(named: path)
    guard let list = folder.entry(Self.listName), list.kind == .file else { return }
    var folders: Set<String> = []
    for file in try Self.list(folder).sorted() where file != Self.listName.text {
      let parts = file.split(separator: "/").map(String.init)
      if parts.count == 1 {
        if folder.entry(EntryName(file))?.kind == .file { folder.remove(EntryName(file)) }
      } else if folder.entry(EntryName(parts[0]))?.kind == .folder {
        folders.insert(parts[0])
        let inside = try folder.folder(EntryName(parts[0]))
        if inside.entry(EntryName(parts[1]))?.kind == .file { inside.remove(EntryName(parts[1])) }
      }
    }
    for name in folders.sorted() { folder.removeFolder(EntryName(name)) }
    folder.remove(Self.listName)
    guard try folder.names().isEmpty else { return }
    _ = unsafe rmdir(path)
  }

  /// Where the folder is not there yet: the folder that it would be made in must be one that may be written in.
  private func checkPlace() throws(FileFailure) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true)
    let start = path.hasPrefix("/") ? "/" : ""
    while !parts.isEmpty {
      parts.removeLast()
      let above = parts.isEmpty ? (start.isEmpty ? "." : start) : start + parts.joined(separator: "/")
      var status = stat()
      guard unsafe stat(above, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw FileFailure(.unwritable, above, CheckedFile.reason(ENOTDIR))
      }
      guard try FolderHandle(named: above).isWritable else {
        throw FileFailure(.unwritable, above, "no permission to make a folder here")
      }
      return
    }
  }

  /// A link in place of one of our folders leads out of the output folder; a folder in place of a file is a person's.
  private func refuseForeign(_ folder: borrowing FolderHandle, _ files: [String]) throws(FileFailure) {
    var folders: Set<String> = []
    for file in files {
      let parts = file.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 || file.hasSuffix("/") {
        folders.insert(parts[0])
      } else if let entry = folder.entry(EntryName(file)), entry.kind != .file {
        throw FileFailure(
          .unwritable, path + "/" + file,
          "is \(Self.words(entry.kind)), not a file of ours: it stays as it is; remove it or name another folder")
      }
    }
    for name in folders.sorted() {
      guard let entry = folder.entry(EntryName(name)), entry.kind != .folder else { continue }
      throw FileFailure(
        .unwritable, path + "/" + name,
        "is \(Self.words(entry.kind)), not a folder of ours: it stays as it is; remove it or name another folder")
    }
  }

  private static func words(_ kind: FileIdentity.Kind) -> String {
    switch kind {
    case .file: "a file"
    case .folder: "a folder"
    case .link: "a link"
    case .other: "a device, pipe or socket"
    }
  }

  /// The files that a folder's list names; none where there is no list, or something else in its place.
  ///
  /// - Throws: where there is one and it cannot be read: without it, our own files would be taken for a person's.
  static func list(_ folder: borrowing FolderHandle) throws(FileFailure) -> Set<String> {
    guard let bytes = try folder.read(listName, limit: mostListed) else { return [] }
    let names = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    // Only names directly in it or one folder down: a list that somebody changed leads nowhere else.
    return Set(
      names.filter { name in
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
      }
    ).union([listName.text])
  }
}
