internal import Dispatch
internal import Glibc
package import Runs
internal import Segments
internal import Support
internal import Synchronization

/// The verb `extract`, and what the verbs of the phases have in common.
///
/// They split exit code 2: 65 for a damaged or unfitting intermediate, which no retry mends; 66 for a missing file; 73 and
/// 74 for output and I/O, which a retry may mend.
package enum PhaseVerbs {
  /// What extract writes, and how.
  package struct ExtractOutput: Sendable {
    package var partitions: Int
    /// A folder, or `-` for frames on standard output.
    package var path: String
    /// Whether an input that was read in part is no failure: the report will name it.
    package var tolerates = false

    package init(partitions: Int, path: String, tolerates: Bool = false) {
      self.partitions = partitions
      self.path = path
      self.tolerates = tolerates
    }
  }

  /// Inputs to one segment file per partition, or to frames on standard output.
  package static func extract(_ options: RunSetup.Options, to output: ExtractOutput) -> Int32 {
    let partitions = output.partitions
    guard (1...65_536).contains(partitions) else {
      Console.tell("--partitions takes a number from 1 to 65536")
      return Exit.usage
    }
    do {
      var options = options
      options.inputs = try PhaseFiles.named(options.inputs)
      var request = try RunSetup.request(options)
      request.tell = Console.tell
      try refuseMissing(request)
      let night = try Extraction.run(request, partitions: partitions)
      ProcessMemory.trim()
      var counters = PhaseCounters("extract", night.outcomes)
      if output.path == "-" {
        try stream(night, partitions: partitions, &counters)
      } else {
        try CheckedFile.makeFolder(output.path)
        let name = night.batch.text
        let written = Atomic(0)
        try write(night, partitions: partitions, jobs: request.jobs) { partition, bytes in
          written.add(bytes, ordering: .relaxed)
          return "\(output.path)/\(padded(partition))-\(name).segment"
        }
        counters.written = written.load(ordering: .relaxed)
        let names = night.outcomes.map { $0.name + " " + $0.sha256 + "\n" }
        try CheckedFile.write(Array(names.joined().utf8), to: "\(output.path)/\(name).done")
      }
      if !options.quiet { counters.tell() }
      let isPartlyUnread = NightRun.isPartlyUnread(night.outcomes, isWhole: request.inputRoot == nil)
      return isPartlyUnread && !output.tolerates ? Exit.partlyUnread : Exit.done
    } catch {
      return report(error)
    }
  }

  /// An input that is not there would leave a hole that nobody sees: nothing is written then.
  private static func refuseMissing(_ request: RunRequest) throws(RunSetup.Failure) {
    for path in request.inputs where path != "-" && CheckedFile.isMissing(path) {
      throw RunSetup.Failure("\(path): no such input; nothing was written", code: Exit.missingInput)
    }
    if request.inputName != nil, request.inputs.count != 1 || CheckedFile.isFolder(request.inputs[0]) {
      throw RunSetup.Failure("--name names one input that is a file or -: read others by a call each")
    }
  }

  private static func encodedCensus(of night: Extraction) -> ByteWriter {
    var writer = ByteWriter()
    night.census.encode(to: &writer)
    return writer
  }

  /// One partition of a night as the pieces of a frame; its rows are let go. The encoder is used for one after another.
  private static func frame(
    _ partition: Int, of night: Extraction, _ census: ByteWriter, _ encoder: inout SegmentEncoder
  ) throws(FileFailure) -> [[UInt8]] {
    var coverage = night.coverage
    coverage.batches = [night.batch: PartitionSet(partition)]
    var frame = Frame(kind: .segments, coverage: coverage)
    var outcomes = ByteWriter()
    outcomes.array(partition == 0 ? night.outcomes : [])
    // What operations are called is decided by those of all partitions.
    outcomes.raw(census.bytes.span)
    frame.sections = [outcomes.bytes]
    encoder.encode(try night.store.parts([partition]))
    night.store.drop(partition)
    return frame.pieces(with: encoder)
  }

  /// Frames on standard output, in order, and a trailer.
  private static func stream(_ night: Extraction, partitions: Int, _ counters: inout PhaseCounters) throws {
    var frames = FrameWriter()
    var encoder = SegmentEncoder()
    let census = encodedCensus(of: night)
    for partition in 0..<partitions {
      try frames.write(partition, try frame(partition, of: night, census, &encoder))
    }
    try frames.finish()
    counters.written = frames.written
  }

  /// A file per partition, several at a time: as some are on their way to the disk, others are encoded.
  private static func write(
    _ night: Extraction, partitions: Int, jobs: Int, to path: @escaping @Sendable (Int, _ bytes: Int) -> String
  ) throws {
    let failure = Mutex<(any Error)?>(nil)
    let census = encodedCensus(of: night)
    let next = Atomic(0)
    let computing = DispatchSemaphore(value: jobs)
    // One thread more than may compute: while it waits for the disk, the others go on.
    WorkerPool.onThreads(min(jobs > 1 ? jobs + 1 : 1, partitions)) {
      var encoder = SegmentEncoder()
      while true {
        let partition = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard partition < partitions, failure.withLock({ $0 == nil }) else { return }
        do {
          computing.wait()
          let encoded = Result { try frame(partition, of: night, census, &encoder) }
          computing.signal()
          let pieces = try encoded.get()
          try CheckedFile.write(pieces: pieces, to: path(partition, pieces.reduce(0) { $0 + $1.count }))
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// Tells a failure and gives its exit code.
  static func report(_ error: any Error) -> Int32 {
    switch error {
    case let failure as RunSetup.Failure:
      Console.tell(failure.message)
      return failure.code
    case let failure as FileFailure:
      Console.tell(failure.line)
      return exitCode(of: failure)
    case let failure as CoverageFailure:
      Console.tell(failure.message)
      return Exit.damagedIntermediate
    default:
      Console.tell("\(error)")
      return Exit.noReport
    }
  }

  private static func exitCode(of failure: FileFailure) -> Int32 {
    switch failure.kind {
    case .missing: Exit.missingInput
    case .unwritable: Exit.cannotCreate
    case .damaged: Exit.damagedIntermediate
    case .unreadable, .full, .device, .scratch, .scratchDamaged: Exit.ioFailure
    // A history that cannot be used, and why: other inputs would not mend it.
    case .foreign, .newerSchema, .busy, .denied: Exit.noReport
    }
  }

  private static func padded(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
  }
}
