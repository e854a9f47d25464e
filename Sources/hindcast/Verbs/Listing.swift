internal import Support

/// How a verb that prints a table prints it.
package enum ListingFormat: String, CaseIterable, Sendable { case text, json, csv }

/// Rows under names, as JSON or CSV.
struct Listing {
  enum Cell {
    case text(String)
    case count(Int)
  }

  let columns: [String]
  var rows: [[Cell]] = []

  init(_ columns: [String]) { self.columns = columns }

  /// An object a row.
  var json: String {
    let objects = rows.map { row in
      JSONValue.object(
        Dictionary(
          uniqueKeysWithValues: zip(columns, row).map { name, cell in
            switch cell {
            case .text(let text): (name, JSONValue.string(text))
            case .count(let count): (name, JSONValue.int(count))
            }
          }))
    }
    return JSONValue.array(objects).pretty
  }

  /// RFC 4180, a line of names first. A text that a spreadsheet would take for a formula begins with an apostrophe, and
  /// control characters are made visible.
  var csv: String {
    let head = columns.joined(separator: ",")
    let lines = rows.map { row in
      row.map { cell in
        switch cell {
        case .text(let text): Self.field(text)
        case .count(let count): String(count)
        }
      }.joined(separator: ",")
    }
    return ([head] + lines).map { $0 + "\r\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    var shown = Console.inert(text).replacing("\n", with: " ")
    if let first = shown.first, "=+-@".contains(first) { shown = "'" + shown }
    guard shown.contains(where: { ",\"".contains($0) }) else { return shown }
    return "\"" + shown.replacing("\"", with: "\"\"") + "\""
  }

  /// In the form that was asked for; `text` makes the one for people.
  func show(_ format: ListingFormat, text: () -> String) -> String {
    switch format {
    case .text: text()
    case .json: json
    case .csv: csv
    }
  }
}
