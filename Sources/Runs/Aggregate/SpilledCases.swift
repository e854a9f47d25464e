internal import Support
internal import Segments
internal import Synchronization
internal import TestAnalysis

/// Test cases on disk: beyond a budget they wait in an unlinked file for the end of the run.
package final class SpilledCases: CaseSpillStore {
  private struct State {
    var held = 0
    var file: SpillFile?
    var failure: FileFailure?
  }

  private let budget: Int
  private let folder: String
  private let state = Mutex(State())

  /// - Parameters:
  ///   - budget: bytes that stay in memory.
  ///   - folder: where the file lives; it is unlinked as soon as it is open.
  init(budget: Int, folder: String) {
    self.budget = budget
    self.folder = folder
  }

  /// Where the disk takes no more, chunks stay in memory: a run that needs more than it should is better than none.
  func put(_ bytes: [UInt8]) -> Int? {
    state.withLock { state in
      if state.held + bytes.count <= budget || state.failure != nil {
        state.held += bytes.count
        return nil
      }
      do throws(FileFailure) {
        let file: SpillFile
        if let open = state.file { file = open } else { file = try SpillFile(folder: folder) }
        state.file = file
        return try file.append([bytes])
      } catch {
        state.failure = error
        return nil
      }
    }
  }

  /// Why chunks that belong on disk stay in memory, if they do.
  var failure: FileFailure? { state.withLock { $0.failure } }

  func get(at offset: Int, count: Int) throws(FileFailure) -> [UInt8] {
    guard let file = state.withLock({ $0.file }) else { throw FileFailure(scratch: "no test cases were put away") }
    return try file.read(at: offset, count: count)
  }
}
