internal import Model

/// The kind of an entry of an archive.
enum EntryKind {
  case file
  case folder
  case link(to: String?)
  case special
}

/// An entry as its container describes it.
struct ArchiveEntry {
  var name: String
  var size: Int?
  var kind: EntryKind
  var isEncrypted: Bool
  /// When it was written, microseconds since the epoch.
  var modified: Int64?
}

/// What a container hands on of its entries: files; the rest is named and left alone.
struct EntryFilter {
  private let trail: MemberPath
  private var seen: [String: Int] = [:]
  /// Entries met, of every kind.
  private(set) var entries = 0

  init(_ trail: MemberPath) { self.trail = trail }

  private func path(_ name: String) -> String { trail.member.isEmpty ? name : trail.member + "!" + name }

  /// Decides about an entry; nil when it is not read, and says why.
  mutating func admit(_ entry: ArchiveEntry) -> EntryHeader? {
    entries += 1
    let context = trail.context
    guard context.addEntry(container: trail.member) else { return nil }
    var name = entry.name
    switch entry.kind {
    case .folder:
      if let size = entry.size, size > 0 {
        context.report("skippedSpecial", .note, member: path(name), "a folder with \(size) bytes of data: not read")
      }
      return nil
    case .link(let target):
      context.report(
        "skippedLink", .note, member: path(name),
        "a link is not followed" + (target.map { "; it leads to \($0)" as MessageText } ?? ""))
      return nil
    case .special:
      context.report("skippedSpecial", .note, member: path(name), "a device, pipe or socket is not read")
      return nil
    case .file: break
    }
    if entry.isEncrypted {
      context.report("encryptedMember", .warning, member: path(name), "the member is encrypted and cannot be read")
      return nil
    }
    let number = seen[name, default: 0] + 1
    seen[name] = number
    if let oddity = MemberName.oddity(name) {
      context.report("unusualName", .note, member: path(name), "the member's name \(oddity): it is taken as data only")
    }
    if number > 1 {
      context.report(
        "duplicateName", .note, member: path(name), "the name stands \(number) times in the archive: each is read")
      name += " (\(number))"
    }
    return EntryHeader(name: name, size: entry.size, modified: entry.modified)
  }
}

/// What a member's name would do if it were more than data.
enum MemberName {
  /// In what a name is out of the ordinary; nil for an ordinary one.
  static func oddity(_ name: String) -> String? {
    if name.utf8.first == UInt8(ascii: "/") { return "begins at the root" }
    if name.split(separator: "/").contains("..") { return "leads out of the archive's folder" }
    if name.utf8.first == UInt8(ascii: "-") { return "looks like an option" }
    if name.utf8.count > 255 { return "is longer than 255 bytes" }
    for scalar in name.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0: return "holds control characters"
      case 0xFFFD: return "is not UTF-8"
      case 0x200B...0x200F, 0x202A...0x202E, 0x2028...0x2029, 0x2060...0x206F, 0xFEFF, 0x061C:
        return "holds invisible characters that change how it reads"
      default: break
      }
      if "\\<>|*?\"'`$&;!{}[]:".unicodeScalars.contains(scalar) { return "holds characters that other programs act on" }
    }
    return nil
  }
}
