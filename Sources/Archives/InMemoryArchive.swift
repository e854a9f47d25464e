internal import Support

/// An archive held in memory because it does not stand in a file of its own.
@safe final class InMemoryArchive: RandomAccess {
  private var bytes: [UInt8] = []
  private let context: WalkContext

  init(context: WalkContext) { self.context = context }

  deinit { context.returnNestedMemory(bytes.count) }

  var size: Int { bytes.count }

  /// Takes all bytes of a stream; false when they are more than may be held.
  func fill(from stream: any ByteStream) -> Bool {
    while true {
      let chunk = stream.next()
      if chunk.isEmpty { return true }
      if chunk.count > context.nestedMemoryLeft { return false }
      context.takeNestedMemory(chunk.count)
      chunk.withSpan { bytes.append(copying: $0) }
    }
  }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    guard offset >= 0, offset < bytes.count, !context.isStopped else { return 0 }
    let taken = min(count, bytes.count - offset)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe target.update(from: base + offset, count: taken)
    }
    return taken
  }
}
