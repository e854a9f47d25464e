// What the words of a message say of a request: that it has ended, or that somebody else's is meant.

internal import Model
internal import Support

/// The words of a log record's message, as middlewares choose them.
///
/// A message says that a request has ended if it is short and made of nothing but words for a request, for its end, and their
/// little companions, and names the request or its status: `request completed`, `request_finished`,
/// `finished processing request`, `handled: 502`, `response sent`. So a sentence about a request's fate ("retry of the request
/// completed") says nothing. Words for what a program calls mean a call.
struct RequestWords {
  private(set) var saysEnd = false
  private(set) var isOfClient = false
  /// Whether nothing but a request is spoken of (`incoming request`, `http-request`, `request errored`), or its end and one word more
  /// (`Completed #show`).
  private(set) var isOfRequest = false

  private static let ends: Set<String> = [
    "finished", "completed", "handled", "ended", "end", "processed", "served", "sent", "complete", "finish", "answered",
    "responded", "errored", "aborted",
  ]
  private static let requests: Set<String> = [
    "request", "requests", "response", "http", "https", "call", "rpc", "grpc", "unary", "stream",
  ]
  private static let companions: Set<String> = [
    "the", "with", "code", "status", "incoming", "inbound", "server", "processing", "handling", "successfully", "ok",
    "streaming", "of", "in", "to",
  ]
  private static let clients: Set<String> = [
    "client", "outgoing", "outbound", "upstream", "calling", "fetching", "egress",
  ]
  /// Longer texts are sentences.
  private static let longest = 64
  /// So many bytes of a longer one are looked at, and its first words for those of a call: further on they are of anything.
  private static let head = 160
  private static let firstWords = 3

  init(_ b: Span<UInt8>) {
    var word: [UInt8] = []
    var (sawEnd, sawOther, sawRequest, beginsWithEnd, words) = (false, b.count > Self.longest, false, false, 0)
    let text = b.extracting(first: Self.head)
    var isInPath = false
    for i in 0...text.count {
      // The words of a path are the program's.
      if i < text.count, text[i] == 0x2F { isInPath = true }
      if i < text.count, text[i] == 0x20 { isInPath = false }
      let letter = i < text.count && !isInPath ? text[i] | 0x20 : 0
      if letter &- 0x61 < 26 {
        if word.count < 16 { word.append(letter) }
        continue
      }
      guard !word.isEmpty else { continue }
      let name = String(decoding: word, as: UTF8.self)
      word.removeAll(keepingCapacity: true)
      words += 1
      if words <= Self.firstWords, Self.clients.contains(name) {
        isOfClient = true
      } else if Self.ends.contains(name) {
        sawEnd = true
        if words == 1 { beginsWithEnd = true }
      } else if Self.requests.contains(name) {
        sawRequest = true
      } else if !Self.companions.contains(name) {
        sawOther = true
      }
    }
    // `handled: 502`.
    let endsWithStatus = b.count > 3 && AccessShapes.status(b, b.count - 3..<b.count) > 0
    isOfRequest = !isOfClient && (sawRequest && !sawOther && words <= 6 || beginsWithEnd && words <= 2)
    saysEnd = sawEnd && (sawRequest || endsWithStatus) && !sawOther && !isOfClient && words <= 6
  }
}
