import Archives
import Glibc
import Model
import Testing

/// Keeps what a walk hands over.
final class CollectingSink: SpanSink {
  struct Member: Equatable {
    var path: String
    var text: String
    var complete: Bool
  }

  private(set) var members: [Member] = []
  private(set) var total = 0
  private var header: MemberHeader?
  private var bytes: [UInt8] = []

  func beginMember(_ member: MemberHeader) {
    #expect(header == nil, "a member begins before the last one ended")
    header = member
    bytes = []
  }

  func memberBytes(_ piece: Span<UInt8>) {
    #expect(header != nil && !piece.isEmpty)
    total += piece.count
    for index in piece.indices where bytes.count < 1 << 16 { bytes.append(piece[index]) }
  }

  func endMember(complete: Bool) {
    members.append(
      Member(path: header?.path ?? "?", text: String(decoding: bytes, as: UTF8.self), complete: complete))
    header = nil
  }
}

/// What came of a walk over some bytes.
struct Walked {
  var summary: WalkSummary
  var members: [CollectingSink.Member]
  var total: Int

  var diagnostics: [Diagnostic] { summary.diagnostics.sorted }
  var codes: [String] { diagnostics.map { $0.code } }
  var problems: [String] { diagnostics.filter { $0.severity > .note }.map { $0.code } }
  var limits: [String] { diagnostics.compactMap { $0.limit } }
  var texts: [String: String] { Dictionary(members.map { ($0.path, $0.text) }) { first, _ in first } }

  func diagnostic(_ code: String) -> Diagnostic? { diagnostics.first { $0.code == code } }
}

/// Walks over bytes in memory.
func walk(
  _ bytes: [UInt8], name: String = "input", limits: ArchiveLimits = ArchiveLimits(), budget: RunBudget = RunBudget()
) -> Walked {
  let sink = CollectingSink()
  let summary = ArchiveWalker(limits: limits, budget: budget).walk(
    InputSource(name: name, kind: .memory(bytes)), into: sink)
  return Walked(summary: summary, members: sink.members, total: sink.total)
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  struct Failure: Error {}

  init() throws {
    var template = Array("/tmp/archives-test-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    guard made else { throw Failure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Failure() }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        guard let base = raw.baseAddress else { return -1 }
        return unsafe Glibc.write(descriptor, base + done, bytes.count - done)
      }
      guard count > 0 else { throw Failure() }
      done += count
    }
    return file
  }

  func makeFolder(_ name: String) { unsafe mkdir(path + "/" + name, 0o700) }

  func link(_ name: String, to target: String) { unsafe symlink(target, path + "/" + name) }

  deinit {
    var pending = [path]
    var folders: [String] = []
    while let folder = pending.popLast() {
      folders.append(folder)
      guard let handle = unsafe opendir(folder) else { continue }
      while let entry = unsafe readdir(handle) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        let full = folder + "/" + name
        if unsafe unlink(full) != 0 { pending.append(full) }
      }
      unsafe closedir(handle)
    }
    for folder in folders.reversed() { unsafe rmdir(folder) }
  }
}
