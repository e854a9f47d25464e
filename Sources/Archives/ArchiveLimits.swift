internal import Synchronization

/// How far an input may go before reading it stops. Every hit is a diagnostic that names the limit.
package struct ArchiveLimits: Hashable, Sendable {
  /// The names under which limits appear in diagnostics, and in a pipeline file.
  package enum Name {
    package static let depth = "depth"
    package static let entries = "entries"
    package static let expandedPerInput = "expandedPerInput"
    package static let expandedPerRun = "expandedPerRun"
    package static let ratio = "ratio"
    package static let decoderMemory = "decoderMemory"
    package static let nestedMemory = "nestedMemory"
    package static let stall = "stall"
    package static let time = "time"
  }

  /// Containers inside containers, and filters (gzip, zstd, …) around one another.
  package var depth = 8
  /// Entries of all containers of an input together, folders and links included.
  package var entries = 100_000
  /// Bytes that decoding an input may produce, all levels together.
  package var expandedPerInput = 20 << 30
  /// The same for all inputs of a run.
  package var expandedPerRun = 200 << 30
  /// Bytes produced per stored byte, of one filter or member once it has produced `ratioFloor` bytes, and of the whole
  /// input once it has produced eight times that.
  package var ratio = 1000
  package var ratioFloor = 64 << 20
  /// Memory of all decoders open at a time, bytes. Also bounds the window of a zstd frame, at most 2^27.
  package var decoderMemory = 256 << 20
  /// Bytes of zip and 7z archives that are held in memory because they do not stand in a file of their own.
  package var nestedMemory = 96 << 20
  /// Seconds without a byte of progress.
  package var stallSeconds = 30
  /// Seconds for one input.
  package var inputSeconds = 600

  package init() {}
}

/// What all inputs of a run have expanded to together; shared by the walkers of a run.
package final class RunBudget: Sendable {
  private let expanded = Atomic<Int>(0)

  package init() {}

  /// Counts bytes and answers the new total.
  func add(_ bytes: Int) -> Int { expanded.wrappingAdd(bytes, ordering: .relaxed).newValue }
}
