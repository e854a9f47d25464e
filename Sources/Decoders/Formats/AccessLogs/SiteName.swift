// The site whose access log a file is, where the file is called by it.

/// Tells the host in names like `www.shop.example-access.log` and `ssl_access.shop.example.log.1.gz`: a server of many sites writes a file for
/// each, and up to the first dot they are all `www`.
enum SiteName {
  /// The host's name, in small letters; nil where a file's name holds none.
  static func of(_ file: String) -> String? {
    var rest = file.lowercased()[...]
    while let cut = trimmed(rest) { rest = cut }
    let labels = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = labels.last, labels.count > 2 || domains.contains(last),
      last.count >= 2, last.allSatisfy({ $0.isASCII && $0.isLetter }), labels.allSatisfy(isLabel)
    else { return nil }
    return String(rest)
  }

  /// A name without the word at one of its ends, where that is a file's and no host's.
  private static func trimmed(_ name: Substring) -> Substring? {
    if let mark = name.lastIndex(where: isMark), isFiles(name[name.index(after: mark)...]) { return name[..<mark] }
    if let mark = name.firstIndex(where: isMark), isFiles(name[..<mark]) { return name[name.index(after: mark)...] }
    return nil
  }

  private static func isMark(_ character: Character) -> Bool {
    character == "." || character == "-" || character == "_"
  }

  private static func isFiles(_ word: Substring) -> Bool {
    word.isEmpty || word.allSatisfy(\.isNumber) || AccessNames.common.contains(String(word)) || more.contains(word)
      || AccessNames.isStamp(String(word))
  }

  private static let more: Set<Substring> = ["xz", "bz2", "error", "nginx", "apache", "apache2", "httpd"]

  private static func isLabel(_ label: Substring) -> Bool {
    !label.isEmpty && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }

  /// Last labels by which two are a host: elsewhere the second is as often a file's (`shop.prod.log`).
  private static let domains: Set<Substring> = [
    "com", "org", "net", "edu", "gov", "info", "biz", "io", "dev", "app", "co", "ai", "cloud", "shop", "example",
    "test",
    "local", "internal", "lan", "eu", "de", "at", "ch", "uk", "fr", "nl", "be", "es", "it", "pt", "pl", "cz", "se",
    "no",
    "fi", "dk", "us", "ca", "br", "jp", "cn", "in", "au",
  ]
}
