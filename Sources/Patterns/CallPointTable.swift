// Which call point a span belongs to, in one probe: names are normalised and hashed once per symbol.

internal import Model
internal import Support

/// The call points of one partition, numbered.
struct CallPointTable {
  /// The stable hash of each call point.
  private(set) var hashes: [UInt64] = []
  /// A span that the names of each call point can be made from.
  private var names: [(component: Symbol, operation: Symbol, peer: Symbol)] = []
  private var bySymbols = IndexTable()
  private var pointOfSymbols: [Int32] = []
  private var byHash = IndexTable()

  init() {}

  /// The number of a span's call point.
  mutating func point(of node: borrowing CallNode, _ context: borrowing AggregateContext) -> Int {
    var key = UInt64(node.component.index) << 32 | UInt64(node.operation.index)
    if !node.peer.isNone { key = StableHash.combine(key, UInt64(node.peer.index)) }
    let entry = bySymbols.index(of: key)
    if entry < pointOfSymbols.count { return Int(pointOfSymbols[entry]) }
    let operation = Self.operation(node.operation, peer: node.peer, context)
    let hash = CallPoint.hash(
      component: context.symbols.hash(node.component), operation: StableHash.hash(operation.span))
    let point = byHash.index(of: hash)
    if point == hashes.count {
      hashes.append(hash)
      names.append((node.component, node.operation, node.peer))
    }
    pointOfSymbols.append(Int32(truncatingIfNeeded: point))
    return point
  }

  /// The texts of a call point.
  func text(_ point: Int, _ context: borrowing AggregateContext) -> CallPoint {
    let name = names[point]
    return CallPoint(
      component: context.text(name.component),
      operation: String(decoding: Self.operation(name.operation, peer: name.peer, context), as: UTF8.self))
  }

  /// The normalised operation; a call to a component without spans of its own names that too.
  private static func operation(_ operation: Symbol, peer: Symbol, _ context: borrowing AggregateContext) -> [UInt8] {
    var text = normalised(operation, context)
    if !peer.isNone {
      text += CallPoint.peerMark
      text += normalised(peer, context)
    }
    return text
  }

  private static func normalised(_ symbol: Symbol, _ context: borrowing AggregateContext) -> [UInt8] {
    let bytes = context.symbols.bytes
    return OperationName.normalise(bytes.span.extracting(context.symbols.range(symbol)))
  }
}

extension CallPoint {
  static let peerMark = Array(" → ".utf8)

  /// The component called, where the call point is a call to one without spans of its own.
  package var peer: String? {
    let text = Array(operation.utf8)
    let mark = Self.peerMark
    guard text.count > mark.count else { return nil }
    for i in stride(from: text.count - mark.count, through: 0, by: -1) where text[i] == mark[0] {
      if text[i..<i + mark.count].elementsEqual(mark) {
        return String(decoding: text[(i + mark.count)...], as: UTF8.self)
      }
    }
    return nil
  }
}
