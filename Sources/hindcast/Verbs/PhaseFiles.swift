// The files between phases: named one by one, in a list, or as frames on standard input; written to a file or as a frame.

internal import Segments
internal import Support

enum PhaseFiles {
  /// Paths as named, `@LIST` replaced by the lines of the file LIST (`@-`: standard input).
  static func named(_ words: [String]) throws(FileFailure) -> [String] {
    var paths: [String] = []
    for word in words {
      guard word.hasPrefix("@"), word.utf8.count > 1 else {
        paths.append(word)
        continue
      }
      paths += try lines(String(word.dropFirst()))
    }
    return paths
  }

  /// The lines of a list that are not empty.
  static func lines(_ path: String) throws(FileFailure) -> [String] {
    let bytes = try CheckedFile.read(path == "-" ? "/dev/stdin" : path, limit: 1 << 30)
    return bytes.split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Reads intermediates one after another, files in the order of their names; damage is told with the file that has it.
  static func readEach(_ words: [String], _ take: ([UInt8]) throws -> Void) throws {
    let paths = try named(words)
    for path in paths.sorted() where path != "-" {
      let bytes = try CheckedFile.read(path)
      try telling(path) { try take(bytes) }
    }
    if paths.contains("-") {
      var frames = FrameReader()
      try frames.read { bytes in try telling("standard input") { try take(bytes) } }
    }
  }

  /// Writes a partial to a file, or as the only frame of a stream.
  static func write(_ bytes: [UInt8], to output: String) throws(FileFailure) {
    guard output == "-" else { return try CheckedFile.write(bytes, to: output) }
    var frames = FrameWriter()
    try frames.write(0, [bytes])
    try frames.finish()
  }

  /// Does something with what a file holds; where that is damaged, the failure names the file.
  static func telling<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let failure as DecodeFailure {
      throw FileFailure(.damaged, path, "\(failure.message) at byte \(failure.offset)")
    } catch let failure as CoverageFailure {
      throw FileFailure(.damaged, path, failure.message)
    }
  }
}
