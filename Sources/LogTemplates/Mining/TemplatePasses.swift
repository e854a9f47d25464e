// The passes that find variable positions by comparing texts.

internal import Support

extension TemplateRewriter {
  /// Which tokens are set aside when texts are compared column by column.
  enum Columns {
    /// Tokens that differ in digits only: `node12` and `node7`.
    case digits
    /// Names of classes, packages, files, and words with a mark or digits in them.
    case identifiers
    /// What stands behind `=`.
    case values
  }

  /// How many different words a position needs to count as variable where nothing else tells.
  private static let words = 5
  /// The same for compounds, which are names more often than not, and for values behind `=` or in quotes.
  private static let names = 3
  /// The same for capitals, which name states as a rule.
  private static let constants = 8
  /// How many places of tokens are compared at once, for the memory they take: where there are very many texts, the
  /// longest ones are not compared position by position.
  private static let placeLimit = 4_000_000

  /// Texts that are equal but for the tokens set aside: columns in which these differ become variable.
  func columns(_ columns: Columns) -> [(text: Int, bytes: [UInt8])] {
    var buckets = Buckets<[UInt32]>()
    for index in texts.indices { buckets.add(index, key(texts[index].tokens, columns)) }
    var changes: [(text: Int, bytes: [UInt8])] = []
    for (key, members) in buckets.shared where isFresh(members) {
      var replaced: [(position: Int, bytes: [UInt8])] = []
      for position in key.indices {
        let values = distinct(members, position)
        guard values.count > 1, isVariable(values, columns, members, position) else { continue }
        replaced.append((position, columns == .digits ? table.wildcardAtoms(values) : table.wildcard(values)))
      }
      guard !replaced.isEmpty else { continue }
      if columns != .values, anchors(texts[members[0]].tokens, without: replaced.map(\.position)) == 0 { continue }
      for index in members { changes.append((index, text(index, replacing: replaced))) }
    }
    return changes
  }

  private func key(_ tokens: [UInt32], _ columns: Columns) -> [UInt32] {
    switch columns {
    case .digits: return tokens.map { table.shapes[Int($0)] }
    case .identifiers:
      return tokens.map { token in
        switch table.kinds[Int(token)] {
        case .identifier, .mark, .partial, .number: .max
        default: token
        }
      }
    case .values:
      return tokens.indices.map { position in
        let kind = table.kinds[Int(tokens[position])]
        return kind != .delimiter && kind != .other && isValue(tokens, position) ? .max : tokens[position]
      }
    }
  }

  private func isVariable(_ values: [UInt32], _ columns: Columns, _ members: [Int], _ position: Int) -> Bool {
    let kinds = values.map { table.kinds[Int($0)] }
    let isNamed = isFollowedByEquals(texts[members[0]].tokens, position)
    switch columns {
    case .digits:
      return !isNamed && (values.count >= 3 || values.contains { table.hasDigitPair[Int($0)] })
    case .identifiers:
      if isNamed, !kinds.contains(.mark), !kinds.contains(.partial) { return false }
      return kinds.contains { $0 == .identifier || $0 == .mark || $0 == .partial }
    case .values:
      if values.contains(where: { table.isProtected[Int($0)] }) || kinds.allSatisfy({ $0 == .constant }) {
        return false
      }
      return kinds.contains(.mark) || values.count >= Self.names
    }
  }

  /// The different tokens of some texts at a position, ascending.
  private func distinct(_ members: [Int], _ position: Int) -> [UInt32] {
    let first = texts[members[0]].tokens[position]
    if members.allSatisfy({ texts[$0].tokens[position] == first }) { return [first] }
    return Set(members.map { texts[$0].tokens[position] }).sorted()
  }

  private func token(_ tokens: [UInt32], _ position: Int, is byte: UInt8) -> Bool {
    guard position >= 0, position < tokens.count else { return false }
    let bytes = table.bytes(tokens[position])
    return bytes.count == 1 && bytes.first == byte
  }

  private func isFollowedByEquals(_ tokens: [UInt32], _ position: Int) -> Bool {
    token(tokens, position + 1, is: 0x3D)
  }

  /// Whether the token stands behind `=`, a quote or a blank between them allowed.
  private func isValue(_ tokens: [UInt32], _ position: Int) -> Bool {
    var before = position - 1
    if token(tokens, before, is: 0x22) || token(tokens, before, is: 0x27) { before -= 1 }
    if before > 0, token(tokens, before, is: 0x20) { before -= 1 }
    return token(tokens, before, is: 0x3D)
  }

  private func anchors(_ tokens: [UInt32], without positions: [Int]) -> Int {
    var count = 0
    for position in tokens.indices where table.isAnchor(tokens[position]) && !positions.contains(position) {
      count += 1
    }
    return count
  }

  private func text(_ index: Int, replacing replaced: [(position: Int, bytes: [UInt8])]) -> [UInt8] {
    var out: [UInt8] = []
    var next = 0
    for (position, token) in texts[index].tokens.enumerated() {
      if next < replaced.count, replaced[next].position == position {
        out += replaced[next].bytes
        next += 1
      } else {
        out += table.bytes(token)
      }
    }
    return out
  }
}

// MARK: one position

extension TemplateRewriter {
  /// One place in one text, with the hash of all that stands around it.
  private struct Place {
    var hash: UInt64
    var text: Int32
    var position: Int32
    /// The token, or the word's head, at the place.
    var value: UInt32
  }

  /// Texts that are equal but for one token: the position is variable where enough words, none of them a state, stand there.
  func singlePositions() -> [(text: Int, bytes: [UInt8])] {
    var places: [Place] = []
    let longest = max(16, Self.placeLimit / max(texts.count, 1))
    for index in texts.indices where texts[index].tokens.count <= longest {
      let tokens = texts[index].tokens
      let around = surroundings(tokens.map { UInt64($0) })
      for position in tokens.indices {
        let kind = table.kinds[Int(tokens[position])]
        if kind == .delimiter || kind == .other { continue }
        places.append(
          Place(
            hash: around[position], text: Int32(truncatingIfNeeded: index),
            position: Int32(truncatingIfNeeded: position),
            value: tokens[position]))
      }
    }
    var replaced = [[(position: Int, bytes: [UInt8])]](repeating: [], count: texts.count)
    forEachGroup(&places) { group, values in
      let first = texts[Int(group[group.startIndex].text)].tokens
      guard accepts(values, first, Int(group[group.startIndex].position)) else { return }
      let wildcard = table.wildcard(values)
      for place in group { replaced[Int(place.text)].append((Int(place.position), wildcard)) }
    }
    var changes: [(text: Int, bytes: [UInt8])] = []
    for index in texts.indices where !replaced[index].isEmpty {
      let positions = replaced[index].sorted { $0.position < $1.position }
      if anchors(texts[index].tokens, without: positions.map(\.position)) == 0 { continue }
      changes.append((index, text(index, replacing: positions)))
    }
    return changes
  }

  private func accepts(_ values: [UInt32], _ tokens: [UInt32], _ position: Int) -> Bool {
    if values.contains(where: { table.isProtected[Int($0)] }) || isFollowedByEquals(tokens, position) { return false }
    let kinds = values.map { table.kinds[Int($0)] }
    if kinds.contains(.mark) { return anchors(tokens, without: [position]) >= 2 }
    if position == 0 { return false }
    if kinds.allSatisfy({ $0 == .constant }) { return values.count >= Self.constants }
    let isName = !kinds.contains { $0 == .word || $0 == .constant || $0 == .number }
    let isValue =
      token(tokens, position - 1, is: 0x22) || token(tokens, position - 1, is: 0x27) || isValue(tokens, position)
    return values.count >= (isName || isValue ? Self.names : Self.words)
  }

  /// Texts that are equal but for one word with a mark in it: `<*>` and `wpad:<*>`, `com.example.<*>` and `com.x.y-<*>`.
  func singleWords() -> [(text: Int, bytes: [UInt8])] {
    var heads = SymbolTable()
    var places: [Place] = []
    var tails: [Int: [UInt8]] = [:]
    for index in texts.indices {
      let words = texts[index].bytes.split(separator: 0x20, omittingEmptySubsequences: false)
      let around = surroundings(words.map { StableHash.hash(Array($0).span) })
      for (position, word) in words.enumerated() where Self.isPlainWord(word) {
        var end = word.endIndex
        while end > word.startIndex, word[end - 1] == 0x3A || word[end - 1] == 0x2E { end -= 1 }
        let head = heads.intern(Array(word[..<end]).span)
        let tail = Array(word[end...])
        if !tail.isEmpty { tails[index << 16 | position & 0xFFFF] = tail }
        places.append(
          Place(
            hash: StableHash.combine(around[position], StableHash.hash(tail.span)),
            text: Int32(truncatingIfNeeded: index),
            position: Int32(truncatingIfNeeded: position), value: head.index))
      }
    }
    var replaced = [[(position: Int, values: [UInt32])]](repeating: [], count: texts.count)
    forEachGroup(&places) { group, values in
      for place in group { replaced[Int(place.text)].append((Int(place.position), values)) }
    }
    var scratch = table
    var changes: [(text: Int, bytes: [UInt8])] = []
    for index in texts.indices where !replaced[index].isEmpty {
      var words = texts[index].bytes.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
      var rest = 0
      let positions = replaced[index].map(\.position)
      for (position, word) in words.enumerated() where !positions.contains(position) {
        rest += anchors(scratch.tokens(word.span), without: [])
      }
      // A word is taken for a variable on the word of two texts only where much else is the same.
      if rest < 3 { continue }
      var isChanged = false
      for (position, values) in replaced[index] {
        let tokens = values.map { scratch.intern(Array(heads.bytes[heads.range(Symbol($0))]).span) }
        let wildcard = scratch.wildcard(tokens)
        // Two names alone are no variable, unless they share a domain.
        let isDomain = wildcard.count > 3
        guard isDomain || values.count >= Self.names || tokens.contains(where: { scratch.kinds[Int($0)] == .mark })
        else {
          continue
        }
        words[position] = wildcard + (tails[index << 16 | position & 0xFFFF] ?? [])
        isChanged = true
      }
      if isChanged { changes.append((index, Array(words.joined(separator: [0x20])))) }
    }
    return changes
  }

  /// A word with a mark and no delimiter but `:`.
  private static func isPlainWord(_ word: ArraySlice<UInt8>) -> Bool {
    TemplateText.containsMark(word) && !word.contains { TokenTable.isDelimiter($0) && $0 != 0x3A && $0 != 0x21 }
  }

  /// For each position the hash of everything before and behind it, and of the length.
  private func surroundings(_ hashes: [UInt64]) -> [UInt64] {
    var behind = [UInt64](repeating: 0, count: hashes.count + 1)
    for i in hashes.indices.reversed() { behind[i] = StableHash.combine(hashes[i], behind[i + 1]) }
    var before = UInt64(hashes.count)
    var out: [UInt64] = []
    out.reserveCapacity(hashes.count)
    for i in hashes.indices {
      out.append(StableHash.combine(StableHash.combine(before, UInt64(i)), behind[i + 1]))
      before = StableHash.combine(before, hashes[i])
    }
    return out
  }

  /// Visits the groups of places with equal surroundings, two different values and a fresh text among them.
  private func forEachGroup(_ places: inout [Place], _ visit: (ArraySlice<Place>, [UInt32]) -> Void) {
    places.sort { ($0.hash, $0.text, $0.position) < ($1.hash, $1.text, $1.position) }
    var start = 0
    while start < places.count {
      var end = start + 1
      while end < places.count, places[end].hash == places[start].hash { end += 1 }
      if end - start > 1 {
        let group = places[start..<end]
        let values = Set(group.map(\.value)).sorted()
        if values.count > 1, group.contains(where: { texts[Int($0.text)].isFresh }) { visit(group, values) }
      }
      start = end
    }
  }
}
