internal import Glibc
internal import Model
internal import Support

/// Finds the parts of split archives, `x.7z.001`, `x.7z.002` and so on, and makes one input of them.
///
/// Parts are told from files that are only numbered, as rotated logs are, by content: the first begins as an archive or
/// a compressed file does, the second does not.
enum SplitParts {
  /// Joins parts that stand in the list, or beside a first part that does.
  static func join(_ sources: [InputSource], diagnostics: inout DiagnosticLog) -> [InputSource] {
    var joined: [InputSource] = []
    var taken: Set<String> = []
    let firsts = sources.compactMap { source -> [String]? in parts(from: source) }
    for parts in firsts { taken.formUnion(parts) }
    let byFirst = Dictionary(firsts.map { ($0[0], $0) }) { first, _ in first }
    for source in sources {
      guard case .file(let path) = source.kind, let number = number(of: path) else {
        joined.append(source)
        continue
      }
      if let parts = byFirst[path] {
        var whole = source
        whole.kind = .parts(parts)
        joined.append(whole)
        diagnostics.add(
          Diagnostic(
            "splitArchive", .note, at: SourceLocation(input: source.name), "read as one with the parts that follow",
            count: parts.count))
        continue
      }
      if taken.contains(path) { continue }
      joined.append(source)
      if number > 1, signature(of: path, in: source.root) == nil, hasArchiveStem(path) {
        diagnostics.add(
          Diagnostic(
            "splitArchive", .warning, at: SourceLocation(input: source.name),
            "a part of a split archive whose parts before it are not there"))
      }
    }
    return joined
  }

  /// All parts of a file that is a first part.
  private static func parts(from source: InputSource) -> [String]? {
    guard case .file(let path) = source.kind, let first = number(of: path), first <= 1 else { return nil }
    var parts = [path]
    while let next = self.path(path, number: first + parts.count),
      FileIdentity.of(next, followingLinks: true)?.kind == .file
    {
      parts.append(next)
    }
    guard parts.count > 1, signature(of: path, in: source.root) != nil,
      signature(of: parts[1], in: source.root) == nil
    else { return nil }
    return parts
  }

  /// The three digits that a path ends with after a dot.
  private static func number(of path: String) -> Int? {
    let ending = path.utf8.suffix(4)
    guard ending.count == 4, ending.first == UInt8(ascii: "."),
      ending.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return ending.dropFirst().reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func hasArchiveStem(_ path: String) -> Bool {
    ArchiveName.archiveExtension(of: String(path.dropLast(4))) != nil
  }

  private static func path(_ path: String, number: Int) -> String? {
    guard number < 1000 else { return nil }
    let digits = String(number)
    return path.dropLast(3) + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Whether a file begins as something that is opened does; nil for anything else.
  private static func signature(of path: String, in root: String?) -> Signature? {
    guard let file = try? OpenFile(path: FilePath(path), root: root), file.size != nil else { return nil }
    let head = unsafe [UInt8](unsafeUninitializedCapacity: PeekedStream.window) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      if case .bytes(let got) = unsafe file.read(at: 0, into: base, count: PeekedStream.window, stall: 0) {
        count = got
      }
    }
    if case .plain = Signature(head, isAll: head.count < PeekedStream.window) { return nil }
    return Signature(head, isAll: head.count < PeekedStream.window)
  }
}
