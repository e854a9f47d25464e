// What Python's multiprocessing calls the processes of one program.

internal import Model

/// Names that stand in `process.name` of Python's ECS formatter and say nothing of the program: `MainProcess`, `SpawnProcess-1`,
/// `ForkPoolWorker-3`, `Process-1:2` (CPython, Lib/multiprocessing/process.py, `_MainProcess` and `BaseProcess.__init__`;
/// context.py and pool.py for the words in front).
enum WorkerName {
  static func isWorker(_ b: Span<UInt8>, _ text: JSONStringSlice) -> Bool {
    guard text.count >= 9, "MFSP".utf8.contains(b[text.start]) else { return false }
    if JSONScanner.equals(b, text, "MainProcess") { return true }
    var end = text.end
    var digits = 0
    while end > text.start, b[end - 1] &- 0x30 <= 9 || b[end - 1] == 0x3A {
      end -= 1
      digits += 1
    }
    guard digits > 0, end > text.start, b[end - 1] == 0x2D else { return false }
    let word = b.extracting(text.start..<end - 1)
    for name: StaticString in [
      "Process", "ForkProcess", "SpawnProcess", "ForkServerProcess", "PoolWorker", "ForkPoolWorker", "SpawnPoolWorker",
      "ForkServerPoolWorker",
    ]
    where word.count == name.utf8CodeUnitCount && JSONScanner.matches(word, 0, name) {
      return true
    }
    return false
  }
}
