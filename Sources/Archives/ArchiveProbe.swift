internal import Model
internal import Support

/// The entry of the fuzz target for archives and filters: any bytes as one input, with the promises that must hold.
package enum ArchiveProbe {
  /// Walks over the bytes twice and returns the promise that was broken, nil where all hold.
  ///
  /// The promises: no trap; members come whole and in order, without empty pieces; what is incomplete or not there at all
  /// is said; no more is produced than the limit allows; the same bytes give the same members and diagnostics.
  package static func brokenPromise(_ bytes: [UInt8]) -> String? {
    let sink = PromiseSink()
    let summary = walk(bytes, into: sink)
    let diagnostics = summary.diagnostics.sorted
    if let broken = sink.broken { return broken }
    if sink.isOpen { return "a member without an end" }
    if summary.members != sink.members { return "other members counted than handed over" }
    if summary.bytes > bytes.count { return "more bytes counted than there are" }
    if sink.members == 0, diagnostics.isEmpty { return "nothing read and nothing said" }
    if sink.incomplete > 0, !diagnostics.contains(where: { $0.severity == .error }) {
      return "an incomplete member and no error"
    }
    if sink.bytes > limits.expandedPerInput + bytes.count + ByteBuffer.usual {
      return "\(sink.bytes) bytes produced, more than the limit"
    }
    let again = PromiseSink()
    let second = walk(bytes, into: again)
    if again.hash != sink.hash || second.diagnostics.sorted != diagnostics { return "another result the second time" }
    return nil
  }

  /// Small enough that a run is short, whatever the bytes claim.
  private static var limits: ArchiveLimits {
    var limits = ArchiveLimits()
    limits.expandedPerInput = 16 << 20
    limits.nestedMemory = 4 << 20
    limits.decoderMemory = 32 << 20
    limits.entries = 2000
    return limits
  }

  private static func walk(_ bytes: [UInt8], into sink: PromiseSink) -> WalkSummary {
    ArchiveWalker(limits: limits).walk(InputSource(name: "probe", kind: .memory(bytes)), into: sink)
  }
}

/// Takes members and holds the walker to the order of its calls.
private final class PromiseSink: SpanSink {
  private(set) var isOpen = false
  private(set) var members = 0
  private(set) var incomplete = 0
  private(set) var bytes = 0
  private(set) var hash: UInt64 = 0
  private(set) var broken: String?

  func beginMember(_ member: MemberHeader) {
    if isOpen { broken = "a member begins inside another" }
    isOpen = true
    members += 1
    let path = Array(member.path.utf8)
    hash = StableHash.combine(hash, StableHash.hash(path.span))
  }

  func memberBytes(_ bytes: Span<UInt8>) {
    if !isOpen { broken = "bytes of no member" }
    if bytes.isEmpty { broken = "an empty piece" }
    self.bytes += bytes.count
    hash = StableHash.combine(hash, StableHash.hash(bytes))
  }

  func endMember(complete: Bool) {
    if !isOpen { broken = "an end of no member" }
    isOpen = false
    incomplete += complete ? 0 : 1
    hash = StableHash.combine(hash, complete ? 1 : 2)
  }
}
