// The same targets under libFuzzer, in a build with `--sanitize=fuzzer -Xswiftc -DFUZZER`: HINDCAST_FUZZ names the target.

#if FUZZER
  internal import Glibc

  private let target: FuzzTarget = {
    let name = unsafe getenv("HINDCAST_FUZZ").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else { fatalError("HINDCAST_FUZZ names no target: '\(name)'") }
    return target
  }()

  /// What libFuzzer calls with every input.
  ///
  /// - Parameters:
  ///   - start: the first byte of the input.
  ///   - count: how many bytes there are.
  /// - Returns: always 0; a broken promise ends the program.
  @c(LLVMFuzzerTestOneInput)
  public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    if let broken = target.brokenPromise(bytes) { fatalError("\(target): \(broken)") }
    return 0
  }
#endif
