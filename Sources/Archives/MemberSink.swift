package import Model

/// One member as it comes out of an input: a plain file is its own only member, with an empty path.
package struct MemberHeader: Sendable {
  /// The input as the user named it.
  package var input: String
  /// The path inside the input, `outer.tar!inner.json` where archives nest. Data, never a path to open.
  package var path: String
  /// Expanded size where the container tells.
  package var declaredSize: Int?
  /// When the container says that it was written, microseconds since the epoch. A file that lies by itself has none: its
  /// time is that of the copy.
  package var modified: Int64?

  package init(input: String, path: String, declaredSize: Int? = nil) {
    self.input = input
    self.path = path
    self.declaredSize = declaredSize
  }
}

/// Takes the members of an input one after another, as they are expanded. Calls come from one thread, in order.
package protocol MemberSink: AnyObject {
  func beginMember(_ member: MemberHeader)
  /// The member's next bytes, lent for the call.
  func memberBytes(_ bytes: BorrowedBytes)
  /// - Parameter complete: false where the member is damaged or was cut; the walker's diagnostics say why.
  func endMember(complete: Bool)
}

/// A sink that is done with the bytes when the call ends.
package protocol SpanSink: MemberSink {
  func memberBytes(_ bytes: Span<UInt8>)
}

extension SpanSink {
  package func memberBytes(_ bytes: BorrowedBytes) { bytes.withSpan { memberBytes($0) } }
}

/// What the walk over one input came to.
package struct WalkSummary: Sendable {
  /// SHA-256 of the stored bytes, hex.
  package var sha256: String
  /// Stored bytes read.
  package var bytes: Int
  /// Members handed to the sink.
  package var members: Int
  package var diagnostics: DiagnosticLog

  package init(sha256: String = "", bytes: Int = 0, members: Int = 0, diagnostics: DiagnosticLog = DiagnosticLog()) {
    self.sha256 = sha256
    self.bytes = bytes
    self.members = members
    self.diagnostics = diagnostics
  }
}
