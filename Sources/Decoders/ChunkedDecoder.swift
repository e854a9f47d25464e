// How chunks become whole rows and values: what is complete is read in place, the unfinished rest is kept.

internal import Core

/// A decoder that consumes as much of the bytes at hand as is complete.
protocol ChunkedDecoder: FormatDecoder {
  /// The unfinished end of the bytes fed so far.
  var carry: [UInt8] { get set }

  /// Reads from the start of the bytes and returns how many it is done with.
  ///
  /// It must get on once it holds more than its limit of one row or element, by giving that one up.
  mutating func process(_ bytes: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int
}

extension ChunkedDecoder {
  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    var from = 0
    if !carry.isEmpty {
      // Only as much of the new bytes is copied as completes the old end; twice as much at every vain attempt keeps the
      // sum of all attempts linear.
      var held: [UInt8] = []
      swap(&held, &carry)
      while true {
        let old = held.count
        let step = min(max(old, 4096), bytes.count - from)
        held.append(bytes.extracting(from..<from + step))
        from += step
        let used = process(held.span, isFinal: false, into: &batch)
        if used >= old {
          from -= held.count - used
          break
        }
        if used > 0 { held.removeFirst(used) }
        if from == bytes.count {
          swap(&held, &carry)
          return
        }
      }
    }
    if from == bytes.count { return }
    let rest = bytes.extracting(from..<bytes.count)
    let used = process(rest, isFinal: false, into: &batch)
    carry.append(rest.extracting(used..<rest.count))
  }

  /// Reads the unfinished end as the end of the input.
  mutating func finishCarry(into batch: inout RecordBatch) {
    var held: [UInt8] = []
    swap(&held, &carry)
    var from = 0
    while from < held.count {
      let used = process(held.span.extracting(from..<held.count), isFinal: true, into: &batch)
      if used == 0 { break }
      from += used
    }
  }
}

extension Array where Element == UInt8 {
  /// Appends borrowed bytes.
  mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
