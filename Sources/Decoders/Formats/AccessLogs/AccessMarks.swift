// Words of an access line that tell of the connection or of the server's own workings: they name nobody.

internal import Support

enum AccessMarks {
  /// A protocol or a cipher of TLS, as httpd's mod_ssl and nginx write them: `TLSv1.3`, `TLS_AES_256_GCM_SHA384`,
  /// `ECDHE-RSA-AES128-GCM-SHA256` (openssl-ciphers(1)).
  static func isTLS(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard word.count >= 5, let first = word.first else { return false }
    func begins(_ text: StaticString) -> Bool { JSONScanner.matches(b, first, text) }
    switch b[first] {
    case 0x54: return begins("TLSv") || begins("TLS_")
    case 0x53: return begins("SSLv")
    case 0x41: return begins("AES") && isCipher(b, word)
    case 0x43: return begins("CHACHA20-") || begins("CAMELLIA")
    case 0x44: return begins("DHE-") || begins("DES-")
    case 0x45: return begins("ECDHE-")
    default: return false
    }
  }

  /// Whether a word of TLS is the protocol's name, and not a cipher's.
  static func isProtocol(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.count > 4 && b[word.lowerBound &+ 3] == 0x76 && isTLS(b, word)
  }

  private static func isCipher(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.contains { JSONScanner.matches(b, $0, "-SHA") || JSONScanner.matches(b, $0, "-GCM") }
  }

  /// The thread that served the request, `http-nio-8080-exec-1` (`%I` of Tomcat's Access Log Valve), `XNIO-1 task-3` (of Undertow),
  /// `qtp1234-56` (Jetty's pool).
  static func isThread(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard word.count >= 6, b[word.upperBound &- 1] &- 0x30 <= 9 else { return false }
    if JSONScanner.matches(b, word.lowerBound, "XNIO-") { return true }
    if JSONScanner.matches(b, word.lowerBound, "qtp") { return b[word.lowerBound &+ 3] &- 0x30 <= 9 }
    return word.contains { b[$0] == 0x2D && JSONScanner.matches(b, $0, "-exec-") }
  }
}
