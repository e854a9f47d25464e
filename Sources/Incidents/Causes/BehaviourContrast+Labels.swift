// What the names of two events tell of a call between them that broke.

internal import Model
internal import Support

extension BehaviourContrast {
  /// What the names of events say, each read once.
  struct Labels {
    private let grid: ComponentTimeline
    private let start: Int32
    private let end: Int32
    private var known: [Int32: Label] = [:]

    struct Label {
      var isError: Bool
      /// The component called.
      var callee: Int?
      /// The one component that an error record names.
      var named: Int?
    }

    init(_ grid: ComponentTimeline) {
      self.grid = grid
      start = grid.partial.names.find(EventLabel.start) ?? -1
      end = grid.partial.names.find(EventLabel.end) ?? -1
    }

    private mutating func label(_ name: Int32) -> Label {
      if let value = known[name] { return value }
      let text = grid.partial.names[name]
      let callee = EventLabel.callee(text).flatMap { grid.partial.names.find($0) }.flatMap { grid.component($0) }
      let isError = EventLabel.severity(text) ?? .unknown >= .error
      let value = Label(
        isError: isError, callee: callee, named: isError ? grid.mentions.onlyCallee(named: text, grid) : nil)
      known[name] = value
      return value
    }

    /// The operation of the same component that a pair leads to.
    func own(_ key: CubeKey) -> CubeKey? {
      guard let call = EventLabel.call(grid.partial.names[key.d]), call.component == grid.partial.names[key.a],
        let name = grid.partial.names.find(call.operation)
      else { return nil }
      return CubeKey(a: key.a, b: name)
    }

    mutating func brokenCall(_ key: CubeKey, of component: Int) -> Break? {
      let record = key.d == end ? key.c : key.d
      // Only those that the traces show it to call: a name may be a word of the text.
      if let named = label(record).named, grid.callees[component].contains(named) {
        return Break(callee: named, isNamed: true)
      }
      if key.c == start, key.d == end, let callee = grid.usualCallee[CubeKey(a: key.a, b: key.b)] {
        return Break(callee: callee, isNamed: false)
      }
      guard key.d == end || label(key.d).isError, let callee = label(key.c).callee, callee != component else {
        return nil
      }
      return Break(callee: callee, isNamed: false)
    }
  }
}
