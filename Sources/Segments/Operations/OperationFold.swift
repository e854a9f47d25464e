internal import Model
internal import Support

/// Operations whose paths hold data (names of files and users, slugs, what a scanner guesses) brought together under one name.
///
/// A place in the paths of a component (a method, and the segments before it) where more than a thousand different segments stand is
/// data. Numbers and hashes within its segments become `{id}` (`app.98231.js` is `app.{id}.js`). Where more than a thousand differ even
/// so, those that alone have a thousandth of its rows, and thirty, stay, as do templates of the producer's; all others become `{any}`.
/// What stands behind segments that are one is one place again. So a route of its own stays beside a scanner's guesses, and one of a
/// hundred thousand files does not become an operation that nothing can be said of.
///
/// Places are decided from the first segment on, each once all that leads to it is: the fold is a function of the census, which is that of
/// all rows together. So it is the same for any number of threads or partitions and any order of inputs, and each analysis meets names that
/// hold for the whole night: none needs to know.
package struct OperationFold: Sendable {
  /// What stands for a segment that is data.
  package static let mark = "{any}"
  /// Different segments of a place from which it is data, and the part of its rows by which one stays.
  package static let limit = 1_000
  /// Rows without which nothing can be said of an operation.
  package static let least = 30
  /// No fewer of a census of a sample, each row of which stands for several.
  private static let leastSampled = 4

  private struct Root: Hashable {
    var component: Symbol
    var head: Symbol
  }

  private struct Step: Hashable {
    var place: Int32
    var name: Symbol
  }

  /// Components, heads and segments.
  private var texts = SymbolTable()
  private var roots: [Root: Int32] = [:]
  private var steps: [Step: Int32] = [:]
  /// By place: where `{any}` leads, `none` for a place without, `closed` for one that is no data.
  private var rest: [Int32] = []
  private static let none: Int32 = -1
  private static let closed: Int32 = -2
  /// The rows of the census by which a segment stays.
  private var least = Self.least
  /// The share of rows that the census has.
  private var sampled = 1.0

  /// Leaves all operations as they are.
  package init() {}

  /// Whether all operations stay as they are.
  package var isEmpty: Bool { roots.isEmpty }

  /// The fold of what was counted.
  package init(_ census: OperationCensus) {
    let level = min(62, Int(census.level))
    least = max(Self.leastSampled, Self.least >> level)
    sampled = 1 / Double(1 << level)
    for (root, paths) in Self.byRoot(census, &texts) {
      var tree = PathTree()
      for path in paths {
        let name = census.texts.bytes.span.extracting(census.texts.range(path.operation))
        let segments = PathName.segments(name, from: path.start)
        tree.add(segments.map { texts.intern(name.extracting($0)) }, rows: path.rows)
      }
      place(tree, root)
    }
    if roots.isEmpty { self = OperationFold() }
  }

  /// Whether names of so many rows are more than a place may have.
  ///
  /// A sample shows some of the names only. How many it lacks is told by how many came once and twice, the lower bound for sampling
  /// without replacement: A. Chao, C.-W. Lin, "Nonparametric lower bounds for species richness and shared species richness under
  /// sampling without replacement", Biometrics 68, 2012. Names that are all alike rare are as many as they are, names that come often
  /// are no more than are seen. Counts of a few names are corrected for their bias as those of A. Chao's first bound (Scandinavian
  /// Journal of Statistics 11, 1984) are: one name that came once tells of none.
  private func areTooMany(_ rows: some Collection<Int>) -> Bool {
    if sampled == 1 || rows.count > Self.limit { return rows.count > Self.limit }
    let once = Double(rows.count { $0 == 1 })
    let twice = Double(rows.count { $0 == 2 })
    let lacking = once * (once - 1) / (2 * (twice + 1) + once * sampled / (1 - sampled))
    return Double(rows.count) + lacking > Double(Self.limit)
  }

  private struct CountedPath {
    var operation: Symbol
    var start: Int
    var rows: Int
  }

  /// The paths of the census by component and head.
  private static func byRoot(_ census: OperationCensus, _ texts: inout SymbolTable) -> [Root: [CountedPath]] {
    var rows: [Step: Int] = [:]
    for (entry, count) in census.counts {
      let step = Step(place: Int32(bitPattern: entry.component.index), name: entry.operation)
      rows[step, default: 0] += count
    }
    var byRoot: [Root: [CountedPath]] = [:]
    for (step, count) in rows {
      let name = census.texts.bytes.span.extracting(census.texts.range(step.name))
      guard let start = PathName.start(name) else { continue }
      let component = census.texts.range(Symbol(UInt32(bitPattern: step.place)))
      let root = Root(
        component: texts.intern(census.texts.bytes.span.extracting(component)),
        head: texts.intern(name.extracting(0..<start)))
      byRoot[root, default: []].append(CountedPath(operation: step.name, start: start, rows: count))
    }
    return byRoot
  }

  /// Decides the places of a tree, from the root on; keeps them where one of them is data.
  private mutating func place(_ tree: PathTree, _ root: Root) {
    let mark = texts.intern(Self.mark)
    let base = Int32(truncatingIfNeeded: rest.count)
    var nodes: [[Int32]] = [[0]]
    var found: [(step: Step, place: Int32)] = []
    var own: [Int32] = []
    while own.count < nodes.count {
      let place = own.count
      var children = tree.children(of: nodes[place])
      nodes[place] = []
      own.append(Self.closed)
      var data: [Int32] = []
      if areTooMany(children.lazy.map(\.rows)) {
        own[place] = Self.none
        children = named(children)
        let stays = staying(children, mark)
        for (child, stays) in zip(children, stays) where !stays { data += child.nodes }
        children = zip(children, stays).compactMap { $1 ? $0 : nil }
      }
      for child in children {
        let step = Step(place: base + Int32(truncatingIfNeeded: place), name: child.name)
        found.append((step, base + Int32(truncatingIfNeeded: nodes.count)))
        nodes.append(child.nodes)
      }
      if data.isEmpty { continue }
      own[place] = base + Int32(truncatingIfNeeded: nodes.count)
      nodes.append(data)
    }
    guard own.contains(where: { $0 != Self.closed }) else { return }
    roots[root] = base
    rest += own
    for (step, place) in found { steps[step] = place }
  }

  /// The segments of a place without numbers and hashes, those that are one then together.
  private mutating func named(_ children: [PathTree.Child]) -> [PathTree.Child] {
    var named: [PathTree.Child] = []
    var places: [Symbol: Int] = [:]
    for child in children {
      let name = OperationName.normalise(texts.bytes.span.extracting(texts.range(child.name)))
      let symbol = texts.intern(name.span)
      if let place = places[symbol] {
        named[place].rows += child.rows
        named[place].nodes += child.nodes
      } else {
        places[symbol] = named.count
        named.append(PathTree.Child(name: symbol, rows: child.rows, nodes: child.nodes))
      }
    }
    // `app.7.js` is one of `app.{id}.js`, where those are; `jquery-3.6.0.js` is a version.
    var joined: Set<Int> = []
    for (index, child) in named.enumerated() {
      let name = PathName.withoutNumbers(texts.bytes.span.extracting(texts.range(child.name)))
      guard let symbol = texts.find(name.span), let place = places[symbol], place != index else { continue }
      named[place].rows += child.rows
      named[place].nodes += child.nodes
      joined.insert(index)
    }
    return joined.isEmpty ? named : named.indices.filter { !joined.contains($0) }.map { named[$0] }
  }

  /// Which segments of a place stay.
  private func staying(_ children: [PathTree.Child], _ mark: Symbol) -> [Bool] {
    guard areTooMany(children.lazy.map(\.rows)) else { return Array(repeating: true, count: children.count) }
    let all = children.reduce(0) { $0 + $1.rows }
    let few = max(least, all / Self.limit)
    let templates = children.map { PathName.isTemplate(texts.bytes.span.extracting(texts.range($0.name))) }
    let areFew = templates.count { $0 } <= Self.limit
    return children.indices.map { index in
      children[index].name != mark && (children[index].rows >= few || templates[index] && areFew)
    }
  }

  /// The name that an operation of a component goes by; nil where it stays as it is.
  package func folded(_ operation: Span<UInt8>, of component: Span<UInt8>) -> [UInt8]? {
    guard let start = PathName.start(operation), let component = texts.find(component),
      let head = texts.find(operation.extracting(0..<start)),
      var place = roots[Root(component: component, head: head)]
    else { return nil }
    var name: [UInt8] = []
    // Up to where the operation is taken over.
    var taken = 0
    for segment in PathName.segments(operation, from: start) {
      if let next = step(operation.extracting(segment), from: place) {
        place = next
        continue
      }
      // A sample does not show what is rare; where a place is no data, that stays.
      guard rest[Int(place)] != Self.closed else { break }
      var masked = OperationName.normalise(operation.extracting(segment))
      var next = step(masked.span, from: place)
      if next == nil {
        let short = PathName.withoutNumbers(masked.span)
        next = step(short.span, from: place)
        if next != nil { masked = short }
      }
      let isData = next == nil && rest[Int(place)] != Self.none
      name.append(copying: operation.extracting(taken..<segment.lowerBound))
      name += isData ? Array(Self.mark.utf8) : masked
      taken = segment.upperBound
      place = next ?? rest[Int(place)]
      if place == Self.none { break }
    }
    if taken == 0 { return nil }
    name.append(copying: operation.extracting(taken..<operation.count))
    return name
  }

  private func step(_ segment: Span<UInt8>, from place: Int32) -> Int32? {
    texts.find(segment).flatMap { steps[Step(place: place, name: $0)] }
  }
}
