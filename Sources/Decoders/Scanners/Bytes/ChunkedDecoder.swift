// How chunks become whole rows and values: what is complete is read in place, the unfinished rest is kept.

internal import Support
internal import Model

/// The unfinished end of the bytes fed so far.
struct PendingBytes {
  fileprivate var bytes: [UInt8] = []
  /// How many bytes must be there before reading them is tried again.
  fileprivate var enough = 0

  var isEmpty: Bool { bytes.isEmpty }
}

/// A decoder that consumes as much of the bytes at hand as is complete.
protocol ChunkedDecoder: FormatDecoder {
  var carry: PendingBytes { get set }

  /// Reads from the start of the bytes and returns how many it is done with.
  ///
  /// It must get on once it holds more than its limit of one row or element, by giving that one up.
  mutating func process(_ bytes: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int
}

extension ChunkedDecoder {
  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    var from = 0
    if !carry.isEmpty {
      // Only as much of the new bytes is copied as completes the old end. After a vain attempt there must be twice as
      // many, so that the sum of all attempts stays linear however small the chunks are.
      var held = PendingBytes()
      swap(&held, &carry)
      while true {
        let old = held.bytes.count
        let step = min(max(held.enough - old, 1), bytes.count - from)
        held.bytes.append(copying: bytes.extracting(from..<from + step))
        from += step
        if held.bytes.count < held.enough {
          swap(&held, &carry)
          return
        }
        let used = process(held.bytes.span, isFinal: false, into: &batch)
        if used >= old {
          from -= held.bytes.count - used
          // Its room is kept: the end of these bytes will need about as much.
          held.bytes.removeAll(keepingCapacity: true)
          swap(&held, &carry)
          break
        }
        if used > 0 { held.bytes.removeFirst(used) }
        held.enough = max(2 * held.bytes.count, 4096)
        if from == bytes.count {
          swap(&held, &carry)
          return
        }
      }
    }
    if from == bytes.count { return }
    let rest = bytes.extracting(from..<bytes.count)
    let used = process(rest, isFinal: false, into: &batch)
    carry.bytes.append(copying: rest.extracting(used..<rest.count))
    carry.enough = max(2 * carry.bytes.count, 4096)
  }

  /// Reads the unfinished end as the end of the input.
  mutating func finishCarry(into batch: inout RecordBatch) {
    var held = PendingBytes()
    swap(&held, &carry)
    var from = 0
    while from < held.bytes.count {
      let used = process(held.bytes.span.extracting(from..<held.bytes.count), isFinal: true, into: &batch)
      if used == 0 { break }
      from += used
    }
  }
}
