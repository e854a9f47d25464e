// What the folders and the labels of a log file's path tell where its own name is that of every program's log.

internal import Support

enum LogPath {
  /// A path's folders and its file, through archives.
  static func parts(_ path: String) -> [[UInt8]] {
    path.utf8.split(whereSeparator: { $0 == 0x2F || $0 == 0x21 }).map { Array($0) }
  }

  /// Whether a file is called by what it holds, and not by whose it is: `server.log` stands in the folder of each of three brokers.
  static func isCommon(_ base: [UInt8]) -> Bool { common.contains(lowercased(base)) }

  private static let common: Set<String> = [
    "server", "error", "errors", "error_log", "error-log", "access", "access_log", "err", "out", "output", "nohup",
    "app",
    "application", "main", "service", "console", "catalina", "localhost", "messages", "syslog", "system", "daemon",
    "default", "debug", "info", "warn", "warning", "trace", "all", "general", "exception", "exceptions", "gc", "slow",
    "audit", "logfile", "log4j", "logback", "spring", "production", "development", "staging", "stdout", "stderr", "log",
    "logs", "current",
  ]

  /// The nearest folder above a file that says whose it is: `HOST/var/log/nginx/error.log`, `APP/logs/server.log`.
  ///
  /// - Parameters:
  ///   - parts: the path.
  ///   - outside: how many of its first parts the user chose, who calls folders as he likes: there only one beside a folder of
  ///     logs counts.
  /// - Returns: its name without a version; nil where no folder says anything.
  static func owner(_ parts: [[UInt8]], outside: Int) -> [UInt8]? {
    guard parts.count >= 2 else { return nil }
    for i in stride(from: parts.count - 2, through: 0, by: -1) {
      let folder = parts[i]
      if LogOrigin.isPassedOver(folder) || isCommon(folder) || isPlace(folder) { continue }
      // A person's folder, or one that was made for the time being.
      if i > 0, homes.contains(String(decoding: parts[i - 1], as: UTF8.self)) { continue }
      let isBesideLogs = i + 1 < parts.count - 1 && isOfLogs(parts[i + 1]) || i > 0 && isOfLogs(parts[i - 1])
      if i < outside, !isBesideLogs { return nil }
      let name = unversioned(folder)
      return Array(name.prefix { $0 != 0x2E })
    }
    return nil
  }

  private static let homes: Set<String> = ["home", "tmp", "Users"]

  private static func isOfLogs(_ folder: [UInt8]) -> Bool {
    folder.elementsEqual("log".utf8) || folder.elementsEqual("logs".utf8)
  }

  /// Whether a folder's first word is one for where things are kept: `data`, `logs-2026-11-25`, `support-bundle-4711`.
  private static func isPlace(_ folder: [UInt8]) -> Bool {
    places.contains(lowercased(Array(folder.prefix { ($0 | 0x20) &- 0x61 < 26 })))
  }

  private static let places: Set<String> = [
    "", "opt", "srv", "mnt", "usr", "lib", "share", "local", "home", "users", "root", "volumes", "run", "data", "file",
    "files", "input", "inputs", "archive", "archives", "backup", "backups", "download", "downloads", "support",
    "bundle",
    "dump", "dumps", "diagnostic", "diagnostics", "collected", "incident", "incidents", "night", "nights", "case",
    "cases", "sample", "samples", "log", "logs", "var", "tmp", "temp", "private", "host", "hosts", "node", "nodes",
  ]

  private static func lowercased(_ name: [UInt8]) -> String {
    String(decoding: name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// A folder's name without the version that was unpacked into it: `kafka_2.13-3.6.0`, `apache-tomcat-9.0.82`.
  private static func unversioned(_ folder: [UInt8]) -> [UInt8] {
    for i in folder.indices.dropFirst(2) where folder[i] == 0x2D || folder[i] == 0x5F {
      let number = folder[(i + 1)...].prefix { $0 &- 0x30 <= 9 || $0 == 0x2E }
      let dots = number.count { $0 == 0x2E }
      // Three dots are an address.
      if let first = number.first, first != 0x2E, dots == 1 || dots == 2 { return Array(folder[..<i]) }
    }
    return folder
  }

  /// The name in a file's labels, `payments.api.prod.log` or `com.shop.orders.log`; nil where the first one is it, or where nothing
  /// says which are.
  static func labelled(_ file: [UInt8]) -> [UInt8]? {
    var labels = file.split(separator: 0x2E)
    guard labels.count > 2 else { return nil }
    // Extensions, numbers of rotation and dates.
    while labels.count > 1, let last = labels.last,
      isExtension(last) || isNumber(last)
    {
      labels.removeLast()
    }
    let hasEnvironment = labels.last.map { environments.contains(lowercased(Array($0))) } == true
    if hasEnvironment { labels.removeLast() }
    while labels.count > 1, let last = labels.last, isNumber(last) { labels.removeLast() }
    guard let first = labels.first, labels.count > 1 || hasEnvironment else { return nil }
    // Packages begin with the domain, from its end.
    if labels.count > 2, domains.contains(String(decoding: first, as: UTF8.self)) {
      return labels.last.map { Array($0) }
    }
    return hasEnvironment ? Array(labels.joined(separator: [0x2E])) : nil
  }

  /// A number of rotation or a date.
  private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
    label.allSatisfy { $0 &- 0x30 <= 9 || $0 == 0x2D || $0 == 0x5F }
  }

  private static func isExtension(_ label: ArraySlice<UInt8>) -> Bool {
    extensions.contains(lowercased(Array(label)))
  }

  private static let extensions: Set<String> = [
    "log", "logs", "txt", "out", "err", "json", "jsonl", "ndjson", "gz", "zst", "xz", "bz2", "lz4", "old", "stdout",
    "stderr",
  ]

  private static let environments: Set<String> = [
    "prod", "production", "prd", "preprod", "stage", "staging", "stg", "dev", "development", "test", "testing", "qa",
    "uat",
    "sandbox", "canary", "live",
  ]

  private static let domains: Set<String> = ["com", "org", "net", "io"]
}
