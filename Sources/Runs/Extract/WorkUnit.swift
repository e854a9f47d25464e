internal import Support
internal import Archives
internal import Dispatch
internal import Synchronization

/// Expanded bytes on their way from the thread that expands an input to one that scans it: small members share a parcel,
/// large ones take several.
struct ByteBuffer: Sendable {
  enum Mark: Sendable {
    case begin(MemberHeader)
    case bytes(Range<Int>)
    case kept(RetainedBytes)
    /// The member is cut here, and goes on at an offset and a line.
    case cut
    case resume(MemberHeader, offset: Int, line: Int)
    case end(complete: Bool)
  }

  var marks: [Mark] = []
  /// Bytes that were copied.
  var bytes: [UInt8] = []
  /// Memory that is held for bytes that were not.
  private var kept = 0

  /// Bytes from which a parcel is sent off; smaller ones cost 10 to 20 % in hand-overs.
  static let size = 1 << 20

  /// Marks from which a parcel is sent off, whatever it weighs.
  static let markLimit = 4_096

  /// Whether bytes fit without a larger room; an empty parcel takes any number of them, and what stays where it is needs none.
  func hasRoom(for lent: BorrowedBytes) -> Bool {
    bytes.isEmpty || bytes.count + lent.count <= Self.size || Self.keeps(lent)
  }

  var isFull: Bool { bytes.count + kept >= Self.size || marks.count >= Self.markLimit }

  /// Takes bytes: those that fill half of the memory they lie in or more stay there; fewer are copied, for they would hold
  /// more than they are, and a parcel of its own each.
  mutating func take(_ lent: BorrowedBytes) {
    if Self.keeps(lent), let bytes = lent.kept() {
      marks.append(.kept(bytes))
      kept += bytes.memory
    } else {
      bytes.reserveCapacity(Self.size)
      let start = bytes.count
      lent.withSpan { bytes.append(copying: $0) }
      marks.append(.bytes(start..<bytes.count))
    }
  }

  private static func keeps(_ lent: BorrowedBytes) -> Bool { 2 * lent.count >= lent.memory }

  /// Forgets the content and keeps the room.
  mutating func empty() {
    marks.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    kept = 0
  }
}

/// Members of an input, or pieces of large ones, one after another, that one thread scans: its parcels, in order.
final class WorkUnit: Sendable {
  /// The stretch's number within its input.
  let ordinal: Int
  private let parcels = Mutex<[ByteBuffer?]>([])
  private let filled = DispatchSemaphore(value: 0)

  init(_ ordinal: Int) { self.ordinal = ordinal }

  /// Queues a parcel; nil ends the stretch.
  func put(_ parcel: ByteBuffer?) {
    parcels.withLock { $0.append(parcel) }
    filled.signal()
  }

  /// The next parcel, waiting while there is none; nil at the end.
  func take() -> ByteBuffer? {
    filled.wait()
    return parcels.withLock { $0.removeFirst() }
  }
}

/// The stretches of one input, and the parcels that circulate: whoever expands waits for an empty one, so memory stays
/// bounded whichever side is slower.
final class BoundedQueue: Sendable {
  private struct State {
    var stretches: [WorkUnit?] = []
    var empty: [ByteBuffer] = []
  }

  private let state = Mutex(State())
  private let waiting = DispatchSemaphore(value: 0)
  private let free: DispatchSemaphore

  /// - Parameter parcels: how many may be in flight.
  init(parcels: Int) { free = DispatchSemaphore(value: parcels) }

  /// An empty parcel; waits while none is free.
  func emptyParcel() -> ByteBuffer {
    free.wait()
    return state.withLock { $0.empty.popLast() } ?? ByteBuffer()
  }

  /// Gives a scanned parcel back; its caller lets go of it, so that its room is kept and not copied.
  func giveBack(_ parcel: consuming ByteBuffer) {
    parcel.empty()
    let emptied = parcel
    state.withLock { $0.empty.append(emptied) }
    free.signal()
  }

  /// Opens a stretch for the next scanning thread that asks; nil sends one such thread home.
  func open(_ stretch: WorkUnit?) {
    state.withLock { $0.stretches.append(stretch) }
    waiting.signal()
  }

  /// The next stretch in order; nil at the input's end.
  func next() -> WorkUnit? {
    waiting.wait()
    return state.withLock { $0.stretches.removeFirst() }
  }
}
