// The manual as the tests read it: the pages of the DocC catalog, their tables, and their code blocks.

import Foundation

/// A page of `Sources/hindcast/Hindcast.docc`.
struct ManualPage {
  let name: String
  let lines: [String]

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let catalog = root.appendingPathComponent("Sources/hindcast/Hindcast.docc")

  init(_ name: String) throws { try self.init(name, at: Self.catalog.appendingPathComponent(name + ".md")) }

  /// A page that stands outside of the catalog, by its path in the repository.
  init(file: String) throws { try self.init(file, at: Self.root.appendingPathComponent(file)) }

  private init(_ name: String, at url: URL) throws {
    self.name = name
    lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  static func all() throws -> [ManualPage] {
    try FileManager.default.contentsOfDirectory(atPath: catalog.path).filter { $0.hasSuffix(".md") }.sorted()
      .map { try ManualPage(String($0.dropLast(3))) }
  }

  /// The fenced blocks of a language, whole.
  func blocks(_ language: String) -> [String] {
    var blocks: [String] = []
    var open: [String]?
    for line in lines {
      if line == "```" + language {
        open = []
      } else if line.hasPrefix("```"), let block = open {
        blocks.append(block.joined(separator: "\n") + "\n")
        open = nil
      } else {
        open?.append(line)
      }
    }
    return blocks
  }

  /// The rows of every table whose header begins with a column of this name, with the heading that they stand under.
  func rows(of column: String) -> [(heading: String, cells: [String])] {
    var rows: [(String, [String])] = []
    var heading = ""
    var isInside = false
    for line in lines {
      if line.hasPrefix("#") { heading = String(line.drop { $0 == "#" || $0 == " " }) }
      guard line.hasPrefix("| ") || line.hasPrefix("|-") else {
        isInside = false
        continue
      }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      if cells.first == column {
        isInside = true
      } else if isInside, cells.first?.hasPrefix("--") == false {
        rows.append((heading, cells))
      }
    }
    return rows
  }

  /// The texts between single backticks.
  static func codes(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }
}

/// A key as the manual has it.
struct DocumentedKey: Sendable {
  /// From the file's root, `[]` for each element of a list.
  var path: [String]
  var type: String
  var isRequired: Bool
  /// As written, nil for none.
  var fallback: String?
  /// A key beside it that it needs.
  var companion: String?
  var example: String

  var name: String { path.joined(separator: ".").replacing(".[]", with: "[]") }
  var parent: [String] { Array(path.dropLast()) }
  /// The path of the section whose keys it takes too.
  var twin: [String]? {
    type.hasPrefix("as ") ? ManualPage.codes(type).first.map(Self.split) : nil
  }

  /// `a.b[].c` as `a`, `b`, `[]`, `c`.
  static func split(_ name: String) -> [String] {
    name.replacing("[]", with: ".[]").split(separator: ".").map(String.init)
  }

  /// The keys of a page's tables; the code in a heading is what their paths begin with.
  static func keys(of page: ManualPage) -> [DocumentedKey] {
    page.rows(of: "key").compactMap { heading, cells in
      guard cells.count == 5, let key = ManualPage.codes(cells[0]).first,
        let example = ManualPage.codes(cells[3]).first
      else { return nil }
      let prefix = ManualPage.codes(heading).first.map(split) ?? []
      let codes = ManualPage.codes(cells[2])
      let hasValue = cells[2].hasPrefix("`")
      return DocumentedKey(
        path: prefix + split(key), type: cells[1], isRequired: cells[2] == "required",
        fallback: hasValue ? codes.first : nil,
        companion: cells[2].contains("with ") ? codes.last : nil, example: example)
    }
  }
}
