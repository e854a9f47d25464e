// The room Verbs: what the program's verbs do, what they print, and how they end.
// It never analyses: it asks Runs, and shows what comes back.

internal import Glibc
package import Reports
package import Support

/// What a verb prints: results on standard output, messages on standard error, every write checked.
package enum Console {
  /// Writes a result to standard output.
  ///
  /// - Throws: `FileFailure` where the device is full; a closed pipe ends quietly, as `head` wants it.
  package static func print(_ text: String) throws(FileFailure) {
    let code = CheckedFile.writeAll(Array(text.utf8), to: STDOUT_FILENO)
    guard code == 0 || code == EPIPE else {
      throw FileFailure(.unwritable, "standard output", CheckedFile.reason(code))
    }
  }

  /// Writes result bytes to standard output.
  package static func write(_ bytes: [UInt8]) throws(FileFailure) {
    let code = CheckedFile.writeAll(bytes, to: STDOUT_FILENO)
    guard code == 0 || code == EPIPE else {
      throw FileFailure(.unwritable, "standard output", CheckedFile.reason(code))
    }
  }

  /// How pages are shown on standard output: in colour on a terminal unless `NO_COLOR` is set, as wide as it is.
  package static func renderer(_ rules: TextRules = TextRules()) -> TerminalRenderer {
    let isPlain = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
    return TerminalRenderer(rules: rules, isColored: !isPlain && isatty(STDOUT_FILENO) == 1, width: width())
  }

  /// The terminal's width within what reads well; 100 where there is none.
  private static func width() -> Int {
    var size = winsize()
    if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return min(max(Int(size.ws_col), 40), 200)
    }
    return 100
  }

  /// Writes a message to standard error; control characters of foreign text are made visible.
  package static func tell(_ text: String) {
    _ = CheckedFile.writeAll(Array((inert(text) + "\n").utf8), to: STDERR_FILENO)
  }

  /// A text for the terminal: newlines stay, every other control or bidirectional character is shown as `\u{…}`.
  package static func inert(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A: out.append(scalar)
      case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0x061C:
        out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}

/// Signals that a closed pipe or a full device would otherwise kill the program with.
package enum SignalSetup {
  package static func ignoreWriteSignals() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// Whether a few threads with their stacks have room: where they have not, the pool waits for them without end.
  package static func hasRoomForThreads() -> Bool {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return true }
    return limit.rlim_cur == .max || limit.rlim_cur >= 384 << 20
  }

  /// Ends cleanly on SIGINT, SIGTERM and SIGHUP; called before any other thread is made.
  package static func endCleanly() { Ending.watch() }
}
