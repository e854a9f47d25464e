internal import Archives
internal import Core
internal import Dispatch
internal import Synchronization

/// A bounded queue between the thread that expands an input and the one that scans it.
///
/// A fixed number of buffers circulates: whoever expands waits for an empty one, whoever scans for a full one, so memory
/// stays bounded whichever side is slower.
final class ChunkRing: Sendable {
  enum Item: Sendable {
    case begin(MemberHeader)
    case chunk([UInt8])
    case end(complete: Bool)
    case finished
  }

  private struct State {
    var items: [Item] = []
    var head = 0
    var empty: [[UInt8]] = []
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  private let free: DispatchSemaphore

  /// - Parameter buffers: how many chunks may be in flight.
  init(buffers: Int = 4) { free = DispatchSemaphore(value: buffers) }

  /// Copies lent bytes into a free buffer and queues it; waits while none is free.
  func put(_ bytes: Span<UInt8>) {
    free.wait()
    var buffer = state.withLock { $0.empty.popLast() } ?? []
    buffer.removeAll(keepingCapacity: true)
    buffer.append(copying: bytes)
    queue(.chunk(buffer))
  }

  /// Queues a mark between chunks.
  func put(_ item: Item) { queue(item) }

  private func queue(_ item: Item) {
    state.withLock { $0.items.append(item) }
    filled.signal()
  }

  /// The next item; waits while there is none.
  func take() -> Item {
    filled.wait()
    return state.withLock { state in
      let item = state.items[state.head]
      state.items[state.head] = .finished
      state.head += 1
      if state.head > 64 {
        state.items.removeFirst(state.head)
        state.head = 0
      }
      return item
    }
  }

  /// Gives a scanned buffer back.
  func giveBack(_ buffer: [UInt8]) {
    state.withLock { $0.empty.append(buffer) }
    free.signal()
  }
}

/// The sink on the expanding thread: everything goes into the ring.
final class RingSink: MemberSink {
  private let ring: ChunkRing

  init(_ ring: ChunkRing) { self.ring = ring }

  func beginMember(_ member: MemberHeader) { ring.put(.begin(member)) }
  func memberBytes(_ bytes: Span<UInt8>) { ring.put(bytes) }
  func endMember(complete: Bool) { ring.put(.end(complete: complete)) }
}
