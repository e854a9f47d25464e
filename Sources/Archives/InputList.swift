internal import Glibc
package import Model

/// The inputs behind the paths of a command line.
package enum InputList {
  /// Expands paths to inputs: `-` is standard input, a folder stands for the files below it in byte order of their names.
  ///
  /// Links met in a folder are followed when they lead to a file or folder not seen yet, which ends every loop; the
  /// others, and what is no file at all (sockets, devices), are noted. A path named directly is taken as it is, and what
  /// is wrong with it is said when it is read.
  package static func expand(_ paths: [String]) -> (sources: [InputSource], diagnostics: DiagnosticLog) {
    var sources: [InputSource] = []
    var diagnostics = DiagnosticLog()
    for path in paths {
      if path == "-" {
        sources.append(.standardInput)
      } else if FileIdentity.of(path, followingLinks: true)?.kind == .folder {
        var walk = FolderWalk()
        walk.run(from: path)
        sources += walk.files.map { .file($0) }
        diagnostics.merge(walk.diagnostics)
        if walk.files.isEmpty {
          diagnostics.add(Diagnostic("emptyFolder", .note, at: SourceLocation(input: path), "no files in this folder"))
        }
      } else {
        sources.append(.file(path))
      }
    }
    let joined = SplitParts.join(sources, diagnostics: &diagnostics)
    return (joined, diagnostics)
  }
}

/// What a path leads to: the file's number and its kind.
struct FileIdentity: Hashable {
  enum Kind { case file, folder, link, other }
  var device: UInt64
  var number: UInt64
  var kind: Kind

  static func of(_ path: String, followingLinks: Bool) -> FileIdentity? {
    var status = stat()
    let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else { return nil }
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    return FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino), kind: kind)
  }
}

/// The walk over one folder: real files first, then what only links lead to.
private struct FolderWalk {
  var files: [String] = []
  var diagnostics = DiagnosticLog()
  private var seen: Set<FileIdentity> = []

  mutating func run(from root: String) {
    var links: [String] = []
    visit(root, links: &links)
    while !links.isEmpty {
      let round = links.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      links = []
      for link in round { follow(link, links: &links) }
    }
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private mutating func follow(_ link: String, links: inout [String]) {
    guard let target = FileIdentity.of(link, followingLinks: true) else {
      return note(link, "skippedLink", "a link that leads nowhere")
    }
    guard !seen.contains(target) else {
      return note(link, "skippedLink", "a link to what is read already under another name")
    }
    switch target.kind {
    case .folder: visit(link, links: &links)
    case .file:
      seen.insert(target)
      files.append(link)
    case .link, .other: note(link, "skippedSpecial", "a link to a device, pipe or socket")
    }
  }

  private mutating func visit(_ root: String, links: inout [String]) {
    var pending = [root]
    while let folder = pending.popLast() {
      guard let identity = FileIdentity.of(folder, followingLinks: true), seen.insert(identity).inserted else {
        continue
      }
      guard let names = Self.names(in: folder) else {
        let reason = unsafe String(cString: strerror(errno))
        diagnostics.add(
          Diagnostic("unreadableInput", .error, at: SourceLocation(input: folder), "cannot read this folder: " + reason)
        )
        continue
      }
      for name in names {
        let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
        guard let entry = FileIdentity.of(path, followingLinks: false) else {
          note(path, "skippedSpecial", "vanished while the folder was read")
          continue
        }
        switch entry.kind {
        case .file:
          seen.insert(entry)
          files.append(path)
        case .folder: pending.append(path)
        case .link: links.append(path)
        case .other: note(path, "skippedSpecial", "a device, pipe or socket in a folder is not read")
        }
      }
    }
  }

  private mutating func note(_ path: String, _ code: String, _ message: String) {
    diagnostics.add(Diagnostic(code, .note, at: SourceLocation(input: path), message))
  }

  private static func names(in folder: String) -> [String]? {
    guard let handle = unsafe opendir(folder) else { return nil }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
