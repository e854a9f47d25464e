// The components of many paths: reports of one night share most of theirs, and each is taken apart once.

internal import Support

/// Reads the folders, archives and files of paths, and remembers them.
struct PathReader {
  /// The components of a path that are looked at, the innermost ones.
  private static let depth = 24

  private struct Key: Hashable {
    var text: Substring
    var isFile: Bool
  }

  private let words: PathWords
  private var known: [Key: PathComponent] = [:]

  /// - Parameter words: what the night's reports say that words in paths mean.
  init(words: PathWords) { self.words = words }

  /// The parts of a path, outermost first.
  static func split(_ path: String) -> ArraySlice<Substring> {
    path.utf8.split { $0 == 0x2F || $0 == 0x21 }.map(Substring.init).suffix(depth)
  }

  /// The components of a path, outermost first; the last one is the report's own.
  mutating func components(of path: String) -> [PathComponent] {
    let parts = Self.split(path)
    return parts.indices.map { i in
      let key = Key(text: parts[i], isFile: i == parts.endIndex - 1)
      if let component = known[key] { return component }
      let component = PathComponent(key.text, isFile: key.isFile, words: words)
      known[key] = component
      return component
    }
  }
}
