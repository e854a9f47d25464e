import Model
import Support
import Archives
import Testing

/// Keeps all bytes of all members where they lie, and copies only what cannot be kept.
private final class KeepingSink: MemberSink {
  private var kept: [[RetainedBytes]] = []
  private var copied: [[UInt8]] = []
  private(set) var keptPieces = 0

  func beginMember(_ member: MemberHeader) {
    kept.append([])
    copied.append([])
  }

  func memberBytes(_ bytes: BorrowedBytes) {
    let last = kept.count - 1
    // Halves of a piece are kept one by one.
    for part in [0..<bytes.count / 2, bytes.count / 2..<bytes.count] where !part.isEmpty {
      let half = bytes.extracting(part)
      if let stay = half.kept() {
        kept[last].append(stay)
        keptPieces += 1
      } else {
        half.withSpan { copied[last].append(copying: $0) }
      }
    }
  }

  func endMember(complete: Bool) {}

  /// The members' bytes, as they are found now.
  var members: [[UInt8]] {
    zip(kept, copied).map { kept, copied in
      var bytes: [UInt8] = []
      for piece in kept { piece.withSpan { bytes.append(copying: $0) } }
      return bytes + copied
    }
  }
}

@Suite("Kept bytes")
struct KeptBytesTests {
  @Test("what was kept of a member stays as it was while the walk goes on", arguments: [false, true])
  func keptBytesStay(isCompressed: Bool) {
    var members: [(String, [UInt8])] = []
    for number in 0..<5 {
      var bytes: [UInt8] = []
      for i in 0..<3_000_000 + number { bytes.append(UInt8(truncatingIfNeeded: i * 31 + i >> 12 + number)) }
      members.append(("m\(number)", bytes))
    }
    let tar = TestArchives.tar(members)
    let sink = KeepingSink()
    let summary = ArchiveWalker().walk(
      InputSource(name: "in", kind: .memory(isCompressed ? TestArchives.gzip(tar) : tar)), into: sink)
    #expect(summary.diagnostics.sorted.isEmpty)
    #expect(sink.keptPieces > 20)
    #expect(sink.members == members.map(\.1))
  }
}
