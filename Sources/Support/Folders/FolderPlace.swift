// Where an owned folder stands, and how the next night comes to stand there.

internal import Glibc

/// A night that was written and is not in place yet; its folder is locked as long.
struct Staged: ~Copyable {
  let folder: FolderHandle
  let name: EntryName
  let path: String
  let isInside: Bool
}

/// Where a folder stands: the folder above it, and its name there.
struct FolderPlace: ~Copyable {
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
        // Made and registered in one step: a signal meets both or none.
        try Ending.change { () throws(FileFailure) in
          if isInside { try here.makeFolder(name) } else { try above.makeFolder(name) }
          let (folder, staged, inside) = (self.path, name, isInside)
          Ending.register(stagedPath(staged, inside)) { FolderPlace(folder)?.discard(staged, inside: inside) }
        }
        break
      } catch {
        if (isInside ? here.entry(name) : above.entry(name)) != nil { continue }
        guard !isInside else { throw error }
        isInside = true
      }
    }
    let path = stagedPath(name, isInside)
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

  private func stagedPath(_ name: EntryName, _ isInside: Bool) -> String {
    (isInside ? path : above.path) + "/" + name.text
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
      if try above.exchange(name, staged.name) {
        try above.sync()
        finish(staged.name)
        return
      }
    }
    try Ending.change { () throws(FileFailure) in
      try putOneByOne(staged.folder)
      discard(staged.name, inside: staged.isInside)
    }
  }

  /// Gives what is not ours in the old night a name in the new one.
  private func carry(from old: borrowing FolderHandle, to new: borrowing FolderHandle) throws(FileFailure) {
    let ours = try OwnedFolder.list(old)
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
    guard let ours = try? OwnedFolder.list(old).union(OwnedFolder.list(new)) else { return }
    clear(old, into: new, ours: ours)
    above.removeFolder(staging)
  }

  private func clear(_ old: borrowing FolderHandle, into new: borrowing FolderHandle, ours: Set<String>) {
    for entryName in (try? old.names()) ?? [] where entryName != OwnedFolder.listName {
      guard let entry = old.entry(entryName) else { continue }
      let there = new.entry(entryName)
      if entry.kind == .folder, ours.contains(where: { $0.hasPrefix(entryName.text + "/") }) || there?.kind == .folder {
        clear(entryName, of: old, into: new, ours: ours)
      } else if entry.kind != .folder, ours.contains(entryName.text) || entry.isSame(as: there) {
        old.remove(entryName)
      } else if there == nil {
        try? old.rename(entryName, to: new, entryName)
      }
    }
    // The list goes last: a night that is half removed is still known as ours.
    if (try? old.names()) == [OwnedFolder.listName] { old.remove(OwnedFolder.listName) }
  }

  private func clear(
    _ sub: EntryName, of old: borrowing FolderHandle, into new: borrowing FolderHandle, ours: Set<String>
  ) {
    guard let inner = try? old.folder(sub) else { return }
    for name in (try? inner.names()) ?? [] {
      guard let entry = inner.entry(name) else { continue }
      if ours.contains(sub.text + "/" + name.text) {
        inner.remove(name)
        continue
      }
      // Made where something has to go into it only.
      if new.entry(sub) == nil { try? new.makeFolder(sub) }
      guard let target = try? new.folder(sub) else { continue }
      let there = target.entry(name)
      if entry.isSame(as: there), entry.kind != .folder {
        inner.remove(name)
      } else if there == nil {
        try? inner.rename(name, to: target, name)
      }
    }
    old.removeFolder(sub)
  }

  // MARK: Leftovers

  /// Removes a staged night that will not be put in place, or the one that was replaced.
  func discard(_ staging: EntryName, inside: Bool) {
    guard inside else { return finish(staging) }
    guard let folder = try? here(), let staged = try? folder.folder(staging) else { return }
    guard undo(staged, folder) else { return }
    // What was put in place has left its folders here.
    guard let ours = try? OwnedFolder.list(staged).union(OwnedFolder.list(folder)) else { return }
    for name in ours.sorted(by: >)
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
