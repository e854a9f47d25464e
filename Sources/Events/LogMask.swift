internal import Core

/// Placeholder shape until the real mask lands.
package struct LogMask: Sendable {
  package init() {}
  package mutating func mask(_ line: Span<UInt8>, into out: inout [UInt8]) {
    for i in line.indices { out.append(line[i]) }
  }
}
