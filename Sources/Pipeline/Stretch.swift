internal import Archives
internal import Core
internal import Dispatch
internal import Synchronization

/// Expanded bytes on their way from the thread that expands an input to one that scans it: small members share a parcel,
/// large ones take several.
struct Parcel: Sendable {
  enum Mark: Sendable {
    case begin(MemberHeader)
    case bytes(Range<Int>)
    case end(complete: Bool)
  }

  var marks: [Mark] = []
  var bytes: [UInt8] = []

  /// Bytes from which a parcel is sent off; smaller ones cost 10 to 20 % in hand-overs.
  static let size = 1 << 20

  /// Marks from which a parcel is sent off, whatever it weighs.
  static let markLimit = 4_096

  var isFull: Bool { bytes.count >= Self.size || marks.count >= Self.markLimit }

  /// Forgets the content and keeps the room.
  mutating func empty() {
    marks.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }
}

/// Whole members of an input, one after another, that one thread scans: its parcels, in order.
final class Stretch: Sendable {
  /// The stretch's number within its input.
  let ordinal: Int
  private let parcels = Mutex<[Parcel?]>([])
  private let filled = DispatchSemaphore(value: 0)

  init(_ ordinal: Int) { self.ordinal = ordinal }

  /// Queues a parcel; nil ends the stretch.
  func put(_ parcel: Parcel?) {
    parcels.withLock { $0.append(parcel) }
    filled.signal()
  }

  /// The next parcel, waiting while there is none; nil at the end.
  func take() -> Parcel? {
    filled.wait()
    return parcels.withLock { $0.removeFirst() }
  }
}

/// The stretches of one input, and the parcels that circulate: whoever expands waits for an empty one, so memory stays
/// bounded whichever side is slower.
final class StretchRing: Sendable {
  private struct State {
    var stretches: [Stretch?] = []
    var empty: [Parcel] = []
  }

  private let state = Mutex(State())
  private let waiting = DispatchSemaphore(value: 0)
  private let free: DispatchSemaphore

  /// - Parameter parcels: how many may be in flight.
  init(parcels: Int) { free = DispatchSemaphore(value: parcels) }

  /// An empty parcel; waits while none is free.
  func emptyParcel() -> Parcel {
    free.wait()
    return state.withLock { $0.empty.popLast() } ?? Parcel()
  }

  /// Gives a scanned parcel back.
  func giveBack(_ parcel: Parcel) {
    var parcel = parcel
    parcel.empty()
    state.withLock { $0.empty.append(parcel) }
    free.signal()
  }

  /// Opens a stretch for the next scanning thread that asks; nil sends one such thread home.
  func open(_ stretch: Stretch?) {
    state.withLock { $0.stretches.append(stretch) }
    waiting.signal()
  }

  /// The next stretch in order; nil at the input's end.
  func next() -> Stretch? {
    waiting.wait()
    return state.withLock { $0.stretches.removeFirst() }
  }
}

/// The sink on the expanding thread: cuts the input into stretches at members' borders, by bytes alone, so that the same
/// input is cut in the same way whatever the threads do.
final class StretchSink: MemberSink {
  private let ring: StretchRing
  private let stretchSize: Int
  private var stretch: Stretch?
  private var ordinal = 0
  private var bytes = 0
  private var parcel: Parcel?

  /// - Parameters:
  ///   - ring: where stretches and parcels go.
  ///   - stretchSize: bytes after which the next member begins a new stretch.
  init(_ ring: StretchRing, stretchSize: Int) {
    self.ring = ring
    self.stretchSize = stretchSize
  }

  func beginMember(_ member: MemberHeader) {
    if bytes >= stretchSize { endStretch() }
    mark(.begin(member))
  }

  func memberBytes(_ bytes: Span<UInt8>) {
    var filling = parcel ?? ring.emptyParcel()
    parcel = nil
    let start = filling.bytes.count
    filling.bytes.append(copying: bytes)
    parcel = filling
    self.bytes += bytes.count
    mark(.bytes(start..<start + bytes.count))
  }

  func endMember(complete: Bool) { mark(.end(complete: complete)) }

  /// Ends the last stretch and sends the scanning threads home.
  func finish(scanners: Int) {
    endStretch()
    for _ in 0..<scanners { ring.open(nil) }
  }

  private func mark(_ mark: Parcel.Mark) {
    var filling = parcel ?? ring.emptyParcel()
    parcel = nil
    filling.marks.append(mark)
    if filling.isFull { send(filling) } else { parcel = filling }
  }

  private func send(_ parcel: Parcel) {
    if stretch == nil {
      let opened = Stretch(ordinal)
      ordinal += 1
      stretch = opened
      ring.open(opened)
    }
    stretch?.put(parcel)
  }

  private func endStretch() {
    if let parcel { send(parcel) }
    parcel = nil
    stretch?.put(nil)
    stretch = nil
    bytes = 0
  }
}
