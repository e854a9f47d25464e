internal import Dispatch
internal import Glibc
package import Runs
internal import Segments
internal import Support
internal import Synchronization

/// The verbs `extract`, `aggregate` and `conclude`: the phases of a run, each between files, for schedulers.
///
/// They split exit code 2: 65 for a damaged or unfitting intermediate, which no retry mends; 66 for a missing one; 73 and
/// 74 for output and I/O, which a retry may mend.
package enum PhaseVerbs {
  /// Inputs to one segment file per partition, or to frames on standard output.
  package static func extract(_ options: RunSetup.Options, partitions: Int, output: String) -> Int32 {
    guard (1...65_536).contains(partitions) else {
      Console.tell("--partitions takes a number from 1 to 65536")
      return Exit.usage
    }
    do {
      let request = try RunSetup.request(options)
      let night = try Extraction.run(request, partitions: partitions)
      ProcessMemory.trim()
      let keys = night.outcomes.map(\.key)
      let name = SHA256.hex(Array(keys.joined(separator: "\n").utf8)).prefix(12)
      if output != "-" { try CheckedFile.makeFolder(output) }
      if output == "-" {
        try stream(night, partitions: partitions)
      } else {
        try write(night, partitions: partitions, jobs: request.jobs) { partition in
          "\(output)/\(padded(partition))-\(name).segment"
        }
        try CheckedFile.write(Array((keys.joined(separator: "\n") + "\n").utf8), to: "\(output)/\(name).done")
      }
      return night.outcomes.contains { $0.isPartlyUnread } ? Exit.partlyUnread : Exit.done
    } catch {
      return report(error)
    }
  }

  /// One partition of a night as the pieces of a frame; its rows are let go. The encoder is used for one after another.
  private static func frame(
    _ partition: Int, of night: Extraction, partitions: Int, _ encoder: inout SegmentEncoder
  ) throws(StoreFailure) -> [[UInt8]] {
    let coverage = Coverage(
      pipeline: night.pipelineChecksum, partitions: partitions,
      inputs: Dictionary(night.outcomes.map { ($0.key, [partition]) }, uniquingKeysWith: { $0.union($1) }))
    var frame = Frame(kind: .segments, coverage: coverage)
    var outcomes = ByteWriter()
    outcomes.array(partition == 0 ? night.outcomes : [])
    frame.sections = [outcomes.bytes]
    encoder.encode(try night.store.parts([partition]))
    night.store.drop(partition)
    return frame.pieces(with: encoder)
  }

  /// Frames on standard output, in order, and a trailer.
  private static func stream(_ night: Extraction, partitions: Int) throws {
    var trailer = StableHash.mix(0)
    var encoder = SegmentEncoder()
    for partition in 0..<partitions {
      let pieces = try frame(partition, of: night, partitions: partitions, &encoder)
      let count = pieces.reduce(0) { $0 + $1.count }
      guard count <= Int(UInt32.max) else {
        throw RunSetup.Failure("a frame is too long: use more partitions", code: Exit.cannotCreate)
      }
      var hash = StableHash.Running(count: count)
      try Console.write(littleEndian(UInt32(partition)) + littleEndian(UInt32(count)))
      for piece in pieces {
        hash.add(piece.span)
        try Console.write(piece)
      }
      trailer = StableHash.combine(trailer, hash.finish())
    }
    var end = ByteWriter()
    end.fixed32(.max)
    end.fixed32(12)
    end.fixed32(UInt32(partitions))
    end.fixed64(trailer)
    try Console.write(end.bytes)
  }

  /// A file per partition, several at a time: as some are on their way to the disk, others are encoded.
  private static func write(
    _ night: Extraction, partitions: Int, jobs: Int, to path: @escaping @Sendable (Int) -> String
  ) throws {
    let failure = Mutex<(any Error)?>(nil)
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
          let encoded = Result { try frame(partition, of: night, partitions: partitions, &encoder) }
          computing.signal()
          try CheckedFile.write(pieces: try encoded.get(), to: path(partition))
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// Segments to one partial.
  package static func aggregate(_ options: RunSetup.Options, segments: [String], output: String) -> Int32 {
    do {
      let pipeline = try RunSetup.pipeline(options)
      let settings = try RunSetup.settings(pipeline)
      let expected = PipelineChecksum.of(pipeline)
      var coverage: Coverage?
      var outcomes: [InputOutcome] = []
      var merger = SegmentMerger()
      try readEach(segments) { bytes in
        let frame = try Frame(encoded: bytes, expecting: .segments)
        try frame.coverage.expect(expected)
        if coverage == nil { coverage = frame.coverage } else { try coverage?.join(frame.coverage) }
        guard let first = frame.sections.first else { throw DecodeFailure("no section", at: 0) }
        var reader = ByteReader(first)
        outcomes += try reader.array(of: InputOutcome.self)
        for section in frame.sections.dropFirst() { merger.append(try Segment(encoded: section)) }
      }
      guard let coverage else { throw RunSetup.Failure("name at least one segment") }
      outcomes.sort { $0.key < $1.key }
      let partial = try AggregatePhase(settings: settings).aggregate(
        merger.segment, coverage: coverage, outcomes: outcomes)
      let bytes = partial.encoded()
      if output == "-" { try Console.write(bytes) } else { try CheckedFile.write(bytes, to: output) }
      return Exit.done
    } catch {
      return report(error)
    }
  }

  /// Partials to the night's report.
  package static func conclude(_ options: RunSetup.Options, partials: [String]) -> Int32 {
    do {
      let request = try RunSetup.request(options, needsInputs: false)
      let expected = PipelineChecksum.of(request.pipeline)
      var night: NightPartial?
      try readEach(partials) { bytes in
        let partial = try NightPartial(encoded: bytes)
        try partial.coverage.expect(expected)
        if night == nil { night = partial } else { try night?.join(partial) }
      }
      guard let night else { throw RunSetup.Failure("name at least one partial") }
      if let missing = night.coverage.missing.first {
        throw FileFailure(.damaged, partials.sorted().joined(separator: " "), "incomplete: \(missing) missing")
      }
      return RunVerb.conclude(night, request)
    } catch {
      return report(error)
    }
  }

  /// Reads intermediate files in the order of their names; damage is told with the file that has it.
  private static func readEach(_ paths: [String], _ take: ([UInt8]) throws -> Void) throws {
    for path in paths.sorted() {
      let bytes = try CheckedFile.read(path)
      do {
        try take(bytes)
      } catch let failure as DecodeFailure {
        throw FileFailure(.damaged, path, "\(failure.message) at byte \(failure.offset)")
      } catch let failure as CoverageFailure {
        throw FileFailure(.damaged, path, failure.message)
      }
    }
  }

  /// Tells a failure and gives its exit code.
  static func report(_ error: any Error) -> Int32 {
    switch error {
    case let failure as RunSetup.Failure:
      Console.tell(failure.message)
      return failure.code
    case let failure as FileFailure:
      let verb = failure.kind == .unwritable ? "cannot write " : failure.kind == .damaged ? "" : "cannot read "
      Console.tell("\(verb)\(failure.path): \(failure.message)")
      switch failure.kind {
      case .missing: return Exit.missingInput
      case .unreadable: return Exit.ioFailure
      case .unwritable: return Exit.cannotCreate
      case .damaged: return Exit.damagedIntermediate
      }
    case let failure as StoreFailure:
      Console.tell(failure.message + (failure.code == 0 ? "" : ": " + CheckedFile.reason(failure.code)))
      return Exit.ioFailure
    default:
      Console.tell("\(error)")
      return Exit.noReport
    }
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    var writer = ByteWriter()
    writer.fixed32(value)
    return writer.bytes
  }

  private static func padded(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
  }
}
