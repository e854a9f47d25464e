/// Finds which of many names stand in a text: the automaton of Aho and Corasick ("Efficient string matching: an aid to
/// bibliographic search", CACM 1975). One walk over the text, however many names there are.
package struct NameFinder: Sendable {
  /// By state: the first edge, the state of the longest suffix that is a beginning too, the next such state that ends a name,
  /// and the name that ends here, -1 where there is none.
  private struct State {
    var edges: [UInt8: Int32] = [:]
    var suffix: Int32 = 0
    var output: Int32 = -1
    var name: Int32 = -1
  }

  private var states: [State] = [State()]

  /// - Parameter names: to be found; an empty one is found nowhere.
  package init(_ names: [String]) {
    for (index, name) in names.enumerated() where !name.isEmpty {
      var state: Int32 = 0
      for byte in name.utf8 {
        if let next = states[Int(state)].edges[byte] {
          state = next
        } else {
          let made = Int32(truncatingIfNeeded: states.count)
          states.append(State())
          states[Int(state)].edges[byte] = made
          state = made
        }
      }
      if states[Int(state)].name < 0 { states[Int(state)].name = Int32(truncatingIfNeeded: index) }
    }
    link()
  }

  private mutating func link() {
    var queue = Array(states[0].edges.values)
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      for (byte, next) in states[Int(state)].edges {
        queue.append(next)
        var back = states[Int(state)].suffix
        while back != 0, states[Int(back)].edges[byte] == nil { back = states[Int(back)].suffix }
        let suffix = states[Int(back)].edges[byte] ?? 0
        states[Int(next)].suffix = suffix == next ? 0 : suffix
      }
      let suffix = Int(states[Int(state)].suffix)
      states[Int(state)].output = states[suffix].name >= 0 ? Int32(suffix) : states[suffix].output
    }
  }

  /// The numbers of the names in a text, each once, in order; of equal names the first.
  package func names(in text: String) -> [Int] {
    var found: Set<Int32> = []
    var state: Int32 = 0
    for byte in text.utf8 {
      while state != 0, states[Int(state)].edges[byte] == nil { state = states[Int(state)].suffix }
      state = states[Int(state)].edges[byte] ?? 0
      var at = states[Int(state)].name >= 0 ? state : states[Int(state)].output
      // What ends a name that was found already ends those within it too.
      while at > 0, found.insert(states[Int(at)].name).inserted { at = states[Int(at)].output }
    }
    return found.map { Int($0) }.sorted()
  }
}
