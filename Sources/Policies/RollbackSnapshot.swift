// The state to go back to, and whether it may still be trusted.
internal import Support

/// A snapshot with a checksum over everything that a rollback restores.
package struct RollbackSnapshot: Hashable, Sendable {
  package var id: String
  package var state: [UInt8]
  package var policy: [UInt8]
  /// SHA-256 over domain tag, lengths and bytes of state and policy, lower hex.
  package var checksum: String
  /// Microseconds.
  package var createdAt: Int64
  package var source: String?

  package init(id: String, state: [UInt8], policy: [UInt8], source: String? = nil, at time: Int64) {
    self.id = id
    self.state = state
    self.policy = policy
    self.source = source
    createdAt = time
    checksum = Self.checksum(id: id, state: state, policy: policy)
  }

  static func checksum(id: String, state: [UInt8], policy: [UInt8]) -> String {
    var writer = ByteWriter()
    writer.text("hindcast.rollback.v1")
    writer.text(id)
    writer.blob(state)
    writer.blob(policy)
    return SHA256.hex(writer.bytes)
  }

  /// Microseconds since the snapshot, 0 for one from the future.
  package func age(at time: Int64) -> Int64 { max(0, time.subtractingSaturated(createdAt)) }

  /// Whether a rollback to it is sound: the checksum holds, and its age lies in [0, maximum).
  package func isValid(maximumAge: Int64, at time: Int64) -> Bool {
    let age = time.subtractingSaturated(createdAt)
    return age >= 0 && age < maximumAge && checksum == Self.checksum(id: id, state: state, policy: policy)
  }
}
