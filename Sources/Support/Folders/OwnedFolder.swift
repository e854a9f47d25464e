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
    guard let place = Place(path) else { return }
    place.sweep()
  }

  /// Replaces the files of the folder by these.
  ///
  /// - Throws: `FileFailure`; what was there before still stands.
  package func replace(with files: [(path: String, bytes: [UInt8])]) throws(FileFailure) {
    try prepare(for: files.map(\.path))
    try CheckedFile.makeFolder(path)
    guard let place = Place(path) else { throw FileFailure(.unwritable, path, "the folder has no place of its own") }
    let staged = try place.stage(files)
    defer { Ending.done(staged.path) }
    do throws(FileFailure) {
      try place.put(staged)
    } catch {
      place.discard(staged.name, inside: staged.isInside)
      throw error
    }
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

  /// The files that a folder's list names.
  static func list(_ folder: borrowing FolderHandle) -> Set<String> {
    guard let bytes = folder.read(listName, limit: mostListed) else { return [] }
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

/// A night that was written and is not in place yet; its folder is locked as long.
private struct Staged: ~Copyable {
  let folder: FolderHandle
  let name: EntryName
  let path: String
  let isInside: Bool
}

/// Where a folder stands: the folder above it, and its name there.
private struct Place: ~Copyable {
  let above: FolderHandle
  let name: EntryName
  let path: String
  /// How the names of new and old nights beside it begin.
  private let mark: String

  init?(_ path: String) {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    let real = unsafe String(cString: resolved)
    unsafe free(resolved)
    let parts = real.split(separator: "/", omittingEmptySubsequences: true)
    guard let last = parts.last else { return nil }
    let above = "/" + parts.dropLast().joined(separator: "/")
    guard let handle = try? FolderHandle(named: above) else { return nil }
    self.above = handle
    self.name = EntryName(String(last))
    self.path = real
    mark = "." + last.prefix(100) + ".hindcast-"
  }

  func here() throws(FileFailure) -> FolderHandle { try above.folder(name) }

  /// Writes the files into a new folder beside this one, or inside it where there is no room beside.
  func stage(_ files: [(path: String, bytes: [UInt8])]) throws(FileFailure) -> Staged {
    let here = try here()
    var isInside = isWorkingDirectory(here) || !above.isWritable
    var name = EntryName("")
    for attempt in 0..<1_000 {
      name = EntryName((isInside ? ".hindcast-" : mark) + "\(getpid())-\(attempt)")
      do throws(FileFailure) {
        if isInside { try here.makeFolder(name) } else { try above.makeFolder(name) }
        break
      } catch {
        if (isInside ? here.entry(name) : above.entry(name)) != nil { continue }
        guard !isInside else { throw error }
        isInside = true
      }
    }
    let path = (isInside ? self.path + "/" : above.path + "/") + name.text
    let (folder, inside) = (self.path, isInside)
    let staged = name
    Ending.register(path) { Place(folder)?.discard(staged, inside: inside) }
    do throws(FileFailure) {
      let staging = isInside ? try here.folder(name) : try above.folder(name)
      _ = staging.lock(waiting: 0)
      try write(files, to: staging)
      return Staged(folder: staging, name: name, path: path, isInside: isInside)
    } catch {
      discard(name, inside: isInside)
      Ending.done(path)
      throw error
    }
  }

  private func write(
    _ files: [(path: String, bytes: [UInt8])], to staging: borrowing FolderHandle
  ) throws(FileFailure) {
    // The list comes first: whatever a kill leaves is known as ours.
    let list = files.map(\.path).sorted().joined(separator: "\n") + "\n"
    try staging.write(Array(list.utf8), to: OwnedFolder.listName)
    var folders: Set<String> = []
    for file in files {
      let parts = file.path.split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        try staging.write(file.bytes, to: EntryName(file.path))
        continue
      }
      let sub = EntryName(parts[0])
      if folders.insert(parts[0]).inserted { try staging.makeFolder(sub) }
      try staging.folder(sub).write(file.bytes, to: EntryName(parts[1]))
    }
    for sub in folders.sorted() { try staging.folder(EntryName(sub)).sync() }
    try staging.sync()
  }

  private func isWorkingDirectory(_ here: borrowing FolderHandle) -> Bool {
    guard let current = try? FolderHandle(named: "."), let itself = here.itself else { return false }
    return itself.isSame(as: current.itself)
  }

  /// Puts a new night in place.
  func put(_ staged: borrowing Staged) throws(FileFailure) {
    guard above.lock(waiting: 60) || staged.isInside else {
      throw FileFailure(.unwritable, path, "another run has been writing here for a minute")
    }
    defer { above.unlock() }
    if !staged.isInside {
      let old = try here()
      if let mode = old.itself?.mode { staged.folder.setMode(mode) }
      try carry(from: old, to: staged.folder)
      if try exchange(staged.name) {
        try above.sync()
        finish(staged.name)
        return
      }
    }
    Ending.beginChange()
    defer { Ending.endChange() }
    try putOneByOne(staged.folder)
    discard(staged.name, inside: staged.isInside)
  }

  private func exchange(_ staging: EntryName) throws(FileFailure) -> Bool {
    Ending.beginChange()
    defer { Ending.endChange() }
    return try above.exchange(name, staging)
  }

  /// Gives what is not ours in the old night a name in the new one.
  private func carry(from old: borrowing FolderHandle, to new: borrowing FolderHandle) throws(FileFailure) {
    let ours = OwnedFolder.list(old)
    let names = try old.names()
    for entryName in names where !ours.contains(entryName.text) && new.entry(entryName) == nil {
      if old.entry(entryName)?.kind != .folder { _ = old.link(entryName, to: new) }
    }
    for entryName in names where old.entry(entryName)?.kind == .folder && new.entry(entryName)?.kind == .folder {
      let from = try old.folder(entryName)
      let to = try new.folder(entryName)
      for inner in try from.names() where !ours.contains(entryName.text + "/" + inner.text) && to.entry(inner) == nil {
        if from.entry(inner)?.kind != .folder { _ = from.link(inner, to: to) }
      }
    }
  }

  /// Moves what is a person's out of a night that is not in place, and removes the rest of it.
  ///
  /// What goes is named by the list of that night or of the one in place, or has its second name there.
  func finish(_ staging: EntryName) {
    guard let old = try? above.folder(staging), let new = try? here() else { return }
    clear(old, into: new, ours: OwnedFolder.list(old).union(OwnedFolder.list(new)))
    above.removeFolder(staging)
  }

  private func clear(_ old: borrowing FolderHandle, into new: borrowing FolderHandle, ours: Set<String>) {
    for entryName in (try? old.names()) ?? [] {
      guard let entry = old.entry(entryName) else { continue }
      let there = new.entry(entryName)
      guard entry.kind == .folder, let inner = try? old.folder(entryName) else {
        if ours.contains(entryName.text) || entry.isSame(as: there) {
          old.remove(entryName)
        } else if there == nil {
          try? old.rename(entryName, to: new, entryName)
        }
        continue
      }
      guard ours.contains(where: { $0.hasPrefix(entryName.text + "/") }) || there?.kind == .folder else {
        if there == nil { try? old.rename(entryName, to: new, entryName) }
        continue
      }
      if there == nil { try? new.makeFolder(entryName) }
      guard let target = try? new.folder(entryName) else { continue }
      for name in (try? inner.names()) ?? [] {
        if ours.contains(entryName.text + "/" + name.text) || inner.entry(name)?.isSame(as: target.entry(name)) == true
        {
          inner.remove(name)
        } else if target.entry(name) == nil {
          try? inner.rename(name, to: target, name)
        }
      }
      old.removeFolder(entryName)
      if there == nil, (try? target.names())?.isEmpty == true { new.removeFolder(entryName) }
    }
  }

  // MARK: One by one

  private static let formerName = EntryName(".former")

  /// Renames the files of a staged night into place, and back again where one cannot be.
  private func putOneByOne(_ staging: borrowing FolderHandle) throws(FileFailure) {
    let folder = try here()
    let new = OwnedFolder.list(staging)
    let names = OwnedFolder.list(folder).union(new).sorted()
    try staging.makeFolder(Self.formerName)
    let former = try staging.folder(Self.formerName)
    do throws(FileFailure) {
      for name in names { try move(name, from: folder, to: former) }
      for name in new.sorted() { try move(name, from: staging, to: folder) }
    } catch {
      restore(staging, folder)
      throw error
    }
    try folder.sync()
    for name in names { remove(name, in: former) }
    staging.removeFolder(Self.formerName)
  }

  /// Undoes what `putOneByOne` began.
  private func restore(_ staging: borrowing FolderHandle, _ folder: borrowing FolderHandle) {
    guard let former = try? staging.folder(Self.formerName) else { return }
    let list = OwnedFolder.list(staging).union(OwnedFolder.list(folder)).union(OwnedFolder.list(former))
    for name in list.sorted() {
      if entry(name, in: former) != nil {
        try? move(name, from: former, to: folder)
      } else if OwnedFolder.list(staging).contains(name), entry(name, in: staging) == nil {
        remove(name, in: folder)
      }
    }
    staging.removeFolder(Self.formerName)
  }

  private func parts(_ name: String) -> (folder: EntryName?, name: EntryName) {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (EntryName(parts[0]), EntryName(parts[1])) : (nil, EntryName(name))
  }

  private func entry(_ name: String, in folder: borrowing FolderHandle) -> FolderHandle.Entry? {
    let (sub, last) = parts(name)
    guard let sub else { return folder.entry(last) }
    return try? folder.folder(sub).entry(last)
  }

  private func move(_ name: String, from: borrowing FolderHandle, to: borrowing FolderHandle) throws(FileFailure) {
    guard entry(name, in: from) != nil else { return }
    let (sub, last) = parts(name)
    guard let sub else { return try from.rename(last, to: to, last) }
    if to.entry(sub) == nil { try to.makeFolder(sub) }
    try from.folder(sub).rename(last, to: try to.folder(sub), last)
  }

  private func remove(_ name: String, in folder: borrowing FolderHandle) {
    let (sub, last) = parts(name)
    guard let sub else {
      folder.remove(last)
      return
    }
    if let inner = try? folder.folder(sub) { inner.remove(last) }
    folder.removeFolder(sub)
  }

  // MARK: Leftovers

  /// Removes a staged night that will not be put in place, or the one that was replaced.
  func discard(_ staging: EntryName, inside: Bool) {
    guard inside else { return finish(staging) }
    guard let folder = try? here(), let staged = try? folder.folder(staging) else { return }
    restore(staged, folder)
    // What was put in place has left its folders here.
    for name in OwnedFolder.list(staged).union(OwnedFolder.list(folder)).sorted(by: >)
    where name != OwnedFolder.listName.text {
      remove(name, in: staged)
    }
    staged.remove(OwnedFolder.listName)
    folder.removeFolder(staging)
  }

  /// Finishes what processes that are gone have begun.
  func sweep() {
    let isAlone = above.lock(waiting: 0)
    defer { if isAlone { above.unlock() } }
    for name in (try? above.names()) ?? [] where isAlone && name.text.hasPrefix(mark) {
      if isLeft(name, in: above) { finish(name) }
    }
    guard let folder = try? here() else { return }
    for name in (try? folder.names()) ?? [] where name.text.hasPrefix(".hindcast-") {
      if isLeft(name, in: folder) { discard(name, inside: true) }
    }
  }

  /// Whether nobody holds a folder: a process that ends lets go of its locks.
  private func isLeft(_ name: EntryName, in folder: borrowing FolderHandle) -> Bool {
    guard let left = try? folder.folder(name) else { return false }
    return left.lock(waiting: 0)
  }
}
