// A program that takes a notification: the pipeline file names it, and what to send is on its standard input.

internal import Glibc
internal import Support

/// One call of such a program, without a shell.
struct NotificationProgram {
  /// The program and its arguments; looked for along PATH where there is no slash in it.
  let command: [String]
  /// How long it may take: a message that nobody takes must not keep the night.
  var seconds = 60

  /// Gives it the message.
  ///
  /// - Throws: `FileFailure` where it cannot be started, fails, or takes too long; then it is ended.
  func take(_ message: [UInt8], scratch: String) throws(FileFailure) {
    // A file, not a pipe: a program that reads nothing cannot block.
    try CheckedFile.write(message, to: scratch)
    defer { _ = unsafe unlink(scratch) }
    let child = try start(input: scratch)
    var status: Int32 = 0
    for _ in 0..<(seconds * 20) {
      let ended = unsafe waitpid(child, &status, WNOHANG)
      if ended == child { return try judge(status) }
      if ended < 0, errno != EINTR { return }
      usleep(50_000)
    }
    _ = kill(child, SIGKILL)
    _ = unsafe waitpid(child, &status, 0)
    throw failure("took longer than \(seconds) s, and was ended")
  }

  private func start(input: String) throws(FileFailure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    // What it prints is a message: results of ours are on standard output.
    unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let code = unsafe posix_spawnp(&child, command[0], &actions, nil, &words, environ)
    guard code == 0 else { throw failure("cannot be started: " + CheckedFile.reason(code)) }
    return child
  }

  private func judge(_ status: Int32) throws(FileFailure) {
    if status == 0 { return }
    let signal = status & 0x7F
    throw failure(signal == 0 ? "ended with exit code \(status >> 8 & 0xFF)" : "was ended by signal \(signal)")
  }

  private func failure(_ message: String) -> FileFailure { FileFailure(.unwritable, "to " + command[0], message) }
}
