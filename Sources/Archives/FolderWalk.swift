internal import CFiles
internal import Glibc
internal import Model
internal import Support

/// The walk over one folder: real files first, then what only links lead to.
struct FolderWalk {
  private(set) var sources: [InputSource] = []
  var diagnostics = DiagnosticLog()
  private var seen: Set<FileIdentity> = []
  /// The folder's own path without links, with a slash at its end.
  private var root = ""

  mutating func run(from path: String) {
    root = Self.resolved(FilePath(path)) ?? path
    if !root.hasSuffix("/") { root += "/" }
    var links: [FilePath] = []
    visit(FilePath(path), links: &links)
    while !links.isEmpty {
      let round = links.sorted()
      links = []
      for link in round { follow(link, links: &links) }
    }
    sources.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private mutating func follow(_ link: FilePath, links: inout [FilePath]) {
    guard let target = link.identity(followingLinks: true), let real = Self.resolved(link) else {
      return note(link, "skippedLink", "a link that leads nowhere")
    }
    guard real.hasPrefix(root) || real + "/" == root else {
      return note(
        link, "skippedLink",
        "a link that leads out of the folder is not followed: name what it leads to, where that is meant")
    }
    guard !seen.contains(target) else {
      return note(link, "skippedLink", "a link to what is read already under another name")
    }
    switch target.kind {
    case .folder: visit(link, links: &links)
    case .file:
      seen.insert(target)
      add(link)
    case .link, .other: note(link, "skippedSpecial", "a link to a device, pipe or socket")
    }
  }

  private mutating func visit(_ start: FilePath, links: inout [FilePath]) {
    var pending = [start]
    while let folder = pending.popLast() {
      guard let identity = folder.identity(followingLinks: true) else {
        unreadable(folder, errno)
        continue
      }
      guard seen.insert(identity).inserted else { continue }
      if KernelFiles.holds(folder) {
        note(folder, "skippedSpecial", "a file system of the kernel is not read")
        continue
      }
      guard let names = folder.names() else {
        unreadable(folder, errno)
        continue
      }
      for name in names {
        let path = folder.appending(name)
        guard let entry = path.identity(followingLinks: false) else {
          let code = errno
          if code == ENOENT {
            note(path, "skippedSpecial", "vanished while the folder was read")
          } else {
            unreadable(path, code)
          }
          continue
        }
        switch entry.kind {
        case .file:
          seen.insert(entry)
          add(path)
        case .folder: pending.append(path)
        case .link: links.append(path)
        case .other: note(path, "skippedSpecial", "a device, pipe or socket in a folder is not read")
        }
      }
    }
  }

  private mutating func add(_ path: FilePath) {
    var source =
      path.isText
      ? InputSource.file(path.shown) : InputSource(name: path.shown, kind: .rawFile(path: path.bytes))
    source.root = root
    sources.append(source)
  }

  private mutating func unreadable(_ path: FilePath, _ code: Int32) {
    diagnostics.add(
      Diagnostic(
        "unreadableInput", .error, at: SourceLocation(input: path.shown),
        "cannot read this folder: \(own: systemMessage(code))"))
  }

  private mutating func note(_ path: FilePath, _ code: String, _ message: MessageText) {
    diagnostics.add(Diagnostic(code, .note, at: SourceLocation(input: path.shown), message))
  }

  /// A path without links in it.
  private static func resolved(_ path: FilePath) -> String? {
    guard let real = unsafe realpath(path.bytes, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}

/// A path as the system has it: any bytes but NUL.
struct FilePath: Hashable, Comparable {
  /// Ended by NUL.
  let bytes: [CChar]

  init(_ text: String) { bytes = text.utf8.map { CChar(bitPattern: $0) } + [0] }

  private init(bytes: [CChar]) { self.bytes = bytes }

  /// - Parameter raw: ended by NUL.
  init(raw: [CChar]) { bytes = raw.last == 0 ? raw : raw + [0] }

  static func < (a: FilePath, b: FilePath) -> Bool {
    a.bytes.lexicographicallyPrecedes(b.bytes) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
  }

  func appending(_ name: [CChar]) -> FilePath {
    var joined = Array(bytes.dropLast())
    if joined.last != 0x2F { joined.append(0x2F) }
    return FilePath(bytes: joined + name)
  }

  private var raw: [UInt8] { bytes.dropLast().map { UInt8(bitPattern: $0) } }

  /// Whether it is UTF-8.
  var isText: Bool { String(validating: raw, as: UTF8.self) != nil }

  /// As text; each byte that belongs to no character as `\xFF`.
  var shown: String {
    let raw = raw
    if let text = String(validating: raw, as: UTF8.self) { return text }
    var out: [UInt8] = []
    var start = 0
    while start < raw.count {
      let length = (1...4).first { count in
        start + count <= raw.count
          && String(validating: raw[start..<start + count], as: UTF8.self)?.unicodeScalars.count == 1
      }
      if let length {
        out += raw[start..<start + length]
        start += length
      } else {
        out += Array("\\x".utf8) + hexText(UInt64(raw[start])).suffix(2).uppercased().utf8
        start += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  func identity(followingLinks: Bool) -> FileIdentity? {
    var status = stat()
    let result = unsafe followingLinks ? stat(bytes, &status) : lstat(bytes, &status)
    return result == 0 ? FileIdentity(status) : nil
  }

  /// The names in a folder, sorted by their bytes; nil where it cannot be read.
  func names() -> [[CChar]]? {
    guard let handle = unsafe opendir(bytes) else { return nil }
    defer { unsafe closedir(handle) }
    var names: [FilePath] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          unsafe Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        }
      }
      if name != [0x2E, 0], name != [0x2E, 0x2E, 0] { names.append(FilePath(bytes: name)) }
    }
    return names.sorted().map(\.bytes)
  }
}

/// File systems that the kernel makes up: their files have no end, or do something when they are read.
enum KernelFiles {
  /// proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, devpts, bpf, efivarfs (linux/magic.h).
  private static let kinds: Set<Int> = [
    0x9FA0, 0x6265_6572, 0x27_E0EB, 0x6367_7270, 0x6462_6720, 0x7472_6163, 0x7363_6673, 0x1CD1, 0xCAFE_4A11,
    0xDE5E_81E4,
  ]

  static func holds(_ folder: FilePath) -> Bool {
    unsafe kinds.contains(Int(file_system_of_path(folder.bytes)))
  }

  static func holds(_ descriptor: Int32) -> Bool {
    kinds.contains(Int(file_system_of(descriptor)))
  }
}
