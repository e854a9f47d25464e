// Where two folders cannot change places (the working directory, a mount point, a file system without that call): files are
// renamed one by one, in an order from which the old night or the new one can be made whole whenever a process dies.

extension FolderPlace {
  /// The files of the night in place, while the new ones come.
  private static let formerName = EntryName(".former")
  /// The same files once the new ones are all there: from then on they only go.
  private static let goneName = EntryName(".gone")

  /// Renames the files of a staged night into place, and back again where one cannot be.
  ///
  /// The lists of files move first, so that what stands where tells how far it came: as long as the staged night has its list,
  /// nothing of it is in place.
  func putOneByOne(_ staging: borrowing FolderHandle) throws(FileFailure) {
    let folder = try here()
    let list = OwnedFolder.listName.text
    let new = try OwnedFolder.list(staging)
    let old = try OwnedFolder.list(folder).union(new)
    try staging.makeFolder(Self.formerName)
    let former = try staging.folder(Self.formerName)
    do throws(FileFailure) {
      for name in Self.first(list, old) { try move(name, from: folder, to: former) }
      for name in Self.first(list, new) { try move(name, from: staging, to: folder) }
      try folder.sync()
      try staging.rename(Self.formerName, to: staging, Self.goneName)
    } catch {
      _ = undo(staging, folder)
      throw error
    }
    empty(Self.goneName, in: staging)
  }

  private static func first(_ list: String, _ names: Set<String>) -> [String] {
    [list] + names.subtracting([list]).sorted()
  }

  /// Undoes what `putOneByOne` began, or ends what it had done; false where something is still out of its place.
  func undo(_ staging: borrowing FolderHandle, _ folder: borrowing FolderHandle) -> Bool {
    empty(Self.goneName, in: staging)
    let list = OwnedFolder.listName
    do throws(FileFailure) {
      guard try staging.has(Self.formerName) else { return true }
      let former = try staging.folder(Self.formerName)
      // First the new files go back, all of them: what is in place afterwards is a former one.
      if try !staging.has(list), try folder.has(list) {
        for name in try OwnedFolder.list(folder).sorted() where name != list.text {
          if try !has(name, staging) { try move(name, from: folder, to: staging) }
        }
        try move(list.text, from: folder, to: staging)
      }
      for name in try paths(former) where name != list.text { try move(name, from: former, to: folder) }
      try move(list.text, from: former, to: folder)
    } catch {
      return false
    }
    empty(Self.formerName, in: staging)
    return true
  }

  /// The files in a folder and in the folders in it.
  private func paths(_ folder: borrowing FolderHandle) throws(FileFailure) -> [String] {
    var paths: [String] = []
    for name in try folder.names() {
      guard folder.entry(name)?.kind == .folder else {
        paths.append(name.text)
        continue
      }
      for inner in try folder.folder(name).names() { paths.append(name.text + "/" + inner.text) }
    }
    return paths
  }

  /// Removes a folder of former files.
  private func empty(_ name: EntryName, in staging: borrowing FolderHandle) {
    guard let folder = try? staging.folder(name) else { return }
    for path in (try? paths(folder)) ?? [] { remove(path, in: folder) }
    for sub in (try? folder.names()) ?? [] { folder.removeFolder(sub) }
    staging.removeFolder(name)
  }

  private func parts(_ name: String) -> (folder: EntryName?, name: EntryName) {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (EntryName(parts[0]), EntryName(parts[1])) : (nil, EntryName(name))
  }

  /// Whether a file is there; where that cannot be told, an error.
  private func has(_ name: String, _ folder: borrowing FolderHandle) throws(FileFailure) -> Bool {
    let (sub, last) = parts(name)
    guard let sub else { return try folder.has(last) }
    guard try folder.has(sub) else { return false }
    return try folder.folder(sub).has(last)
  }

  private func move(_ name: String, from: borrowing FolderHandle, to: borrowing FolderHandle) throws(FileFailure) {
    guard try has(name, from) else { return }
    let (sub, last) = parts(name)
    guard let sub else { return try from.rename(last, to: to, last) }
    if try !to.has(sub) { try to.makeFolder(sub) }
    try from.folder(sub).rename(last, to: try to.folder(sub), last)
  }

  func remove(_ name: String, in folder: borrowing FolderHandle) {
    let (sub, last) = parts(name)
    guard let sub else {
      folder.remove(last)
      return
    }
    if let inner = try? folder.folder(sub) { inner.remove(last) }
    folder.removeFolder(sub)
  }
}
