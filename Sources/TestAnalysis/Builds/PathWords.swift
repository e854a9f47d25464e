// What words in paths mean that mean different things to different producers: the night's reports tell together.
//
// `node-1` is a shard of CircleCI's and `node-18` a version of Node.js; `junit-1a2b3c4d.xml` may name a commit or what Cypress
// draws for each of its files. Where names that differ in nothing but such a word hold the same tests, they are alternatives
// (versions, commits); where they hold different tests, they are parts of one run (shards, files).

internal import Model
internal import Segments

struct PathWords {
  /// Of the words for shards: those that stand for versions here.
  var versions: Set<String> = []
  /// Whether what looks like a commit in the name of a file may be one.
  var filesNameRevisions = true

  init() {}

  /// - Parameter parts: the night's reports.
  init(_ parts: [TestFilePart]) {
    var shards: [String: Siblings] = [:]
    var files = Siblings()
    var known: [Substring: Words] = [:]
    for part in parts {
      let components = PathReader.split(part.path)
      var path = ""
      for (offset, component) in zip(components.indices, components) {
        let words = known[component] ?? Words(component)
        known[component] = words
        for shard in words.shards {
          let behind = components.suffix(from: offset + 1).joined(separator: "/")
          let key = path + "\u{0}" + shard.rest + "\u{0}" + behind
          shards[shard.word, default: Siblings()].add(String(component), under: key, part.sample)
        }
        if offset == components.endIndex - 1, let revision = words.revision {
          files.add(revision.word, under: path + "\u{0}" + revision.rest, part.sample)
        }
        path += component + "/"
      }
    }
    for (word, siblings) in shards where siblings.areAlternatives == true { versions.insert(word) }
    filesNameRevisions = files.areAlternatives ?? true
  }

  /// The words of a name that may mean one thing or another, each with what is left of the name without it.
  private struct Words {
    var shards: [(word: String, rest: String)] = []
    var revision: (word: String, rest: String)?

    init(_ name: Substring) {
      let tokens = PathComponent.tokens(PathComponent.withoutEnding(name))
      func without(_ range: Range<Int>) -> String {
        (tokens[..<range.lowerBound] + tokens[range.upperBound...]).joined(separator: " ")
      }
      for (i, token) in tokens.enumerated() {
        let letters = token.lowercased().prefix { !$0.isNumber }
        guard PathComponent.shardWords.contains(String(letters)) else { continue }
        let isGlued = letters.count < token.count
        guard isGlued || i + 1 < tokens.count,
          Int64(isGlued ? token.dropFirst(letters.count) : tokens[i + 1][...]) != nil
        else { continue }
        shards.append((String(letters), without(i..<i + (isGlued ? 1 : 2))))
      }
      if let i = tokens.firstIndex(where: PathComponent.isRevision) { revision = (tokens[i], without(i..<i + 1)) }
    }
  }

  /// Names that differ in one word, by what they have in common.
  private struct Siblings {
    private var samples: [String: [String: TestSample]] = [:]

    mutating func add(_ name: String, under key: String, _ sample: TestSample) {
      samples[key, default: [:]][name, default: TestSample()].join(sample)
    }

    /// Whether siblings hold mostly the same tests; nil where there are none.
    var areAlternatives: Bool? {
      var overlap = TestSample.Overlap()
      for names in samples.values where names.count > 1 {
        let ordered = names.sorted { $0.key < $1.key }.map(\.value)
        for (a, b) in zip(ordered, ordered.dropFirst()) { overlap.add(a.overlap(b)) }
      }
      return overlap.smaller == 0 ? nil : overlap.isMost
    }
  }
}
