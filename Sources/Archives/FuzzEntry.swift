internal import Core

/// The entry of the fuzz target for archives and filters: walks over any bytes, with limits that keep a run short.
package func fuzzArchive(_ bytes: Span<UInt8>) {
  var limits = ArchiveLimits()
  limits.expandedPerInput = 16 << 20
  limits.nestedMemory = 4 << 20
  limits.decoderMemory = 32 << 20
  limits.entries = 2000
  limits.inputSeconds = 5
  var copy: [UInt8] = []
  copy.reserveCapacity(bytes.count)
  for index in bytes.indices { copy.append(bytes[index]) }
  _ = ArchiveWalker(limits: limits).walk(InputSource(name: "fuzz", kind: .memory(copy)), into: OrderChecker())
}

/// Takes members and holds the walker to its promises: calls in order, no empty pieces.
private final class OrderChecker: MemberSink {
  private var isOpen = false

  func beginMember(_ member: MemberHeader) {
    precondition(!isOpen)
    isOpen = true
  }

  func memberBytes(_ bytes: Span<UInt8>) { precondition(isOpen && !bytes.isEmpty) }

  func endMember(complete: Bool) {
    precondition(isOpen)
    isOpen = false
  }
}
