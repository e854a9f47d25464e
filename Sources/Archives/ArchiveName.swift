/// What the ending of a name promises. It decides nothing; a promise that is not kept is said.
enum ArchiveName {
  private static let known: Set<String> = [
    "gz", "tgz", "zst", "tzst", "xz", "txz", "lzma", "tlz", "bz2", "tbz", "tbz2", "tar", "zip", "7z",
  ]

  /// The last ending of a name if it is one of the formats that are read, in lower case.
  static func archiveExtension(of name: String) -> String? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let ending = name[name.index(after: dot)...].lowercased()
    return known.contains(ending) ? ending : nil
  }
}
