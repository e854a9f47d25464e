// A child process with what it cost: a phase measured alone has a peak of memory of its own.

internal import Glibc

struct ChildCost {
  /// Wall clock, and processor time of all threads.
  var seconds: Double
  var processorSeconds: Double
  /// Peak resident memory, bytes.
  var peakMemory: Int
  var exitCode: Int32
}

enum ChildProcess {
  /// Runs a program to its end with its output thrown away; nil where it cannot be started.
  static func run(_ arguments: [String]) -> ChildCost? {
    guard let program = arguments.first else { return nil }
    let clock = ContinuousClock()
    let start = clock.now
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { for i in unsafe words.indices { unsafe free(words[i]) } }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    _ = unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var pid: pid_t = 0
    guard unsafe posix_spawnp(&pid, program, &actions, nil, &words, environ) == 0 else { return nil }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
    let elapsed = clock.now - start
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    func time(_ value: timeval) -> Double { Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
    return ChildCost(
      seconds: seconds, processorSeconds: time(usage.ru_utime) + time(usage.ru_stime),
      peakMemory: Int(usage.ru_maxrss) * 1024, exitCode: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F))
  }
}
