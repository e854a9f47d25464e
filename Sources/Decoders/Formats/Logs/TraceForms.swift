// Lines of traces that are told by more than their first word.

internal import Support

extension TraceFollower {
  /// What stands nowhere but at a trace's beginning, right behind what it is of: frames of Ruby and PHP, and the words that announce one.
  static func opensTrace(_ line: Span<UInt8>) -> Bool {
    switch line[0] {
    case 0x23: return begins(line, "#0 ")
    case 0x53: return begins(line, "Stack trace:") || begins(line, "Stack Trace:")
    case 0x5B: return begins(line, "[stacktrace]")
    case 0x73: return begins(line, "stack backtrace:") || begins(line, "stack traceback:")
    case 0x30: return isAddressed(line)
    default: return line[line.count - 1] == 0x27 && isRuby(line)
    }
  }

  /// `app/pay.rb:31:in `charge'`, a frame of Ruby, which indents none (Exception#backtrace; since 3.4 with two apostrophes).
  static func isRuby(_ line: Span<UInt8>) -> Bool {
    let blank = ByteScan.find(0x20, in: line, from: 0)
    guard blank > 6, blank &+ 2 < line.count, line[blank &+ 1] == 0x60 || line[blank &+ 1] == 0x27,
      JSONScanner.matches(line, blank &- 3, ":in"), line[blank &- 4] &- 0x30 <= 9
    else { return false }
    var i = blank &- 4
    while i > 0, line[i] &- 0x30 <= 9 { i &-= 1 }
    return i > 0 && line[i] == 0x3A
  }

  /// An exception by its class in full.
  static func isQualified(_ line: Span<UInt8>) -> Bool {
    guard isException(line) else { return false }
    let colon = ByteScan.find(0x3A, in: line, from: 0)
    return ByteScan.find(0x2E, in: line.extracting(0..<colon), from: 0) < colon
  }

  /// `3. DB::Context::resolve(DB::StorageID) const @ 0x000000000f8a3f5c`: a frame of ClickHouse (StackTrace.cpp).
  static func isAddressed(_ line: Span<UInt8>) -> Bool {
    var i = 0
    while i < line.count, i < 4, line[i] &- 0x30 <= 9 { i += 1 }
    guard i > 0, JSONScanner.matches(line, i, ". ") else { return false }
    if JSONScanner.matches(line, i, ". inlined from ") { return true }
    var end = line.count
    while end > i, line[end - 1] != 0x40 { end -= 1 }
    return JSONScanner.matches(line, end, " 0x")
  }

  /// What stands in and behind traces that no language prints so: CakePHP's frames and the request that failed (Cake\\Error\\ErrorLogger),
  /// the coroutines of OpenResty.
  static func isBehindTrace(_ line: Span<UInt8>) -> Bool {
    switch line[0] {
    case 0x2D: return begins(line, "- /") || begins(line, "- [internal]") || begins(line, "- ROOT/")
    case 0x52: return begins(line, "Request URL: ") || begins(line, "Referer URL: ")
    // What SqlClient adds behind the frames (SqlException.ToString).
    case 0x43: return begins(line, "Client IP: ") || begins(line, "ClientConnectionId")
    case 0x45: return begins(line, "Error Number:")
    case 0x63: return begins(line, "coroutine ") && line[line.count - 1] == 0x3A
    default: return false
    }
  }

  /// What Elixir's Logger prints of a process behind the trace that it ended with (GenServer's reports).
  static func isProcessState(_ line: Span<UInt8>) -> Bool {
    begins(line, "Last message") || begins(line, "State: ") || begins(line, "Client ")
      || begins(line, "Process Label: ")
      || begins(line, "Initial Call: ") || begins(line, "Ancestors: ") || begins(line, "Message Queue Length: ")
  }

  /// `Trace[1374567]: ---"Writing done" 500ms (02:00:01.500)` and `Trace[1374567]: [600ms] [600ms] END`: the steps of the slow call
  /// that the record above tells of (k8s.io/utils, trace/trace.go).
  static func isStep(_ line: Span<UInt8>) -> Bool {
    guard begins(line, "Trace[") else { return false }
    var i = 6
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    return i > 6 && (JSONScanner.matches(line, i, "]: ---") || JSONScanner.matches(line, i, "]: ["))
  }

  /// `org.shop.BadOrder: no card`: a class of Java by its full name and a message, which behind an error is what was thrown, however it
  /// is called (java.lang.Throwable, `toString()`).
  static func isClass(_ line: Span<UInt8>) -> Bool {
    guard line[0] &- 0x61 < 26 else { return false }
    var i = 0
    var dots = 0
    var part = 0
    while i < line.count, i < 200, line[i] != 0x3A {
      let byte = line[i]
      if byte == 0x2E {
        guard line[part] &- 0x61 < 26 else { return false }
        (dots, part) = (dots + 1, i + 1)
      } else if (byte | 0x20) &- 0x61 > 25, byte &- 0x30 > 9, byte != 0x5F, byte != 0x24 {
        return false
      }
      i += 1
    }
    guard dots >= 2, i > part + 2, i + 1 < line.count, line[i] == 0x3A, line[i + 1] == 0x20 else { return false }
    return line[part] &- 0x41 < 26 && line[part + 1] &- 0x61 < 26
  }

  /// `stock gone (DB::Error)`: what was said and the class, as Crystal prints an exception above its frames (exception.cr,
  /// `inspect_with_backtrace`).
  static func isInspected(_ line: Span<UInt8>) -> Bool {
    let end = line.count - 1
    guard end > 8, line[end] == 0x29 else { return false }
    var i = end
    while i > 0, line[i - 1] != 0x28, line[i - 1] > 0x20 { i -= 1 }
    guard i > 2, line[i - 1] == 0x28, line[i - 2] == 0x20, line[i] &- 0x41 < 26 else { return false }
    for at in i..<end {
      guard (line[at] | 0x20) &- 0x61 < 26 || line[at] &- 0x30 <= 9 || line[at] == 0x3A || line[at] == 0x5F else {
        return false
      }
    }
    return JSONScanner.matches(line, end - 5, "Error)") || JSONScanner.matches(line, end - 9, "Exception)")
  }

  /// `shop.NoStock: no card`, `KeyboardInterrupt`, `app.errors.no_stock`: a class of Python's and what it says; one of a module may have any
  /// name.
  static func isRaised(_ line: Span<UInt8>) -> Bool {
    var i = 0
    var part = 0
    while i < line.count, line[i] != 0x3A {
      let byte = line[i]
      guard (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2E || byte == 0x5F else { return false }
      if byte == 0x2E { part = i + 1 }
      i += 1
    }
    return i > part && (line[part] &- 0x41 < 26 || part > 0) && (i + 1 >= line.count || line[i + 1] == 0x20)
  }

  /// One past the code in brackets behind a class, ` (0x80131904)` and ` (111)` (.NET, ExternalException.ToString); where it began for
  /// anything else.
  private static func codeEnd(_ line: Span<UInt8>, _ start: Int) -> Int {
    guard start + 3 < line.count, line[start + 1] == 0x28 else { return start }
    var i = JSONScanner.matches(line, start + 2, "0x") ? start + 4 : start + 2
    if i < line.count, line[i] == 0x2D { i += 1 }
    let digits = i
    while i < line.count, hexDigit(line[i]) < 16 { i += 1 }
    return i > digits && i < line.count && line[i] == 0x29 ? i + 1 : start
  }

  private static let endings: [StaticString] = [
    "Exception", "Error", "Throwable", "Failure", "Fault", "Interrupt", "Panic", "Exit", "Timeout", "Warning",
  ]

  /// `java.lang.IllegalStateException: no stock`, `TypeError: x is not a function`: the name of a class that is an error's,
  /// then a colon or the end of the line.
  static func isException(_ line: Span<UInt8>) -> Bool {
    var i = 0
    var dots = 0
    while i < line.count, i < 200 {
      let byte = line[i]
      if byte == 0x2E || byte == 0x5C {
        dots += 1
      } else if !((byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x5F || byte == 0x24 || byte == 0x60) {
        break
      }
      i += 1
    }
    let colon = i < line.count && line[i] == 0x20 ? codeEnd(line, i) : i
    guard i > 4, i == line.count ? dots > 0 : colon < line.count && line[colon] == 0x3A,
      colon + 1 >= line.count || line[colon + 1] == 0x20
    else { return false }
    for ending in endings where i >= ending.utf8CodeUnitCount {
      if JSONScanner.matches(line, i - ending.utf8CodeUnitCount, ending) {
        // One word alone is a log level as likely as a class: `Error: …` of Node is told by its case and place.
        return dots > 0 || i > ending.utf8CodeUnitCount
      }
    }
    return false
  }
}
