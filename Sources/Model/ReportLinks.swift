// Addresses of other systems that a report points to, as the pipeline's `links:` gives them.

/// Templates of addresses: `https://traces.example/{trace}`.
package struct ReportLinks: Hashable, Sendable {
  package var trace: String?
  package var commit: String?
  package var log: String?

  package init(trace: String? = nil, commit: String? = nil, log: String? = nil) {
    self.trace = trace
    self.commit = commit
    self.log = log
  }

  package static let none = ReportLinks()

  /// The placeholders that each template may hold.
  package static let placeholders: [String: [String]] = [
    "trace": ["trace"], "commit": ["revision"], "log": ["component", "start", "end"],
  ]

  /// Whether a template can become a link: http or https, and nothing that HTML or Markdown would read.
  package static func isAddress(_ template: String) -> Bool {
    (template.hasPrefix("https://") || template.hasPrefix("http://"))
      && template.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"'`()[]\\|".utf8.contains($0) }
  }

  package func trace(_ id: String) -> String? { trace.map { Self.fill($0, ["trace": id]) } }
  package func commit(_ revision: String) -> String? { commit.map { Self.fill($0, ["revision": revision]) } }
  package func log(component: String, start: String, end: String) -> String? {
    log.map { Self.fill($0, ["component": component, "start": start, "end": end]) }
  }

  private static func fill(_ template: String, _ values: [String: String]) -> String {
    var out = template
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      out = out.replacing("{\(name)}", with: encoded(value))
    }
    return out
  }

  /// Percent-encoded but for the unreserved characters of RFC 3986.
  private static func encoded(_ value: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var out = ""
    for byte in value.utf8.prefix(512) {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
      if isPlain {
        out.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        out += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
      }
    }
    return out
  }
}
