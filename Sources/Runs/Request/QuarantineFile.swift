// The file of tests in quarantine: `quarantine.json` as a night writes it, or a list of names.

internal import Support
internal import TestAnalysis

enum QuarantineFile {
  /// The entries of a file.
  ///
  /// - Throws: `RunSetup.Failure` where it is no quarantine.
  static func entries(_ text: String, path: String) throws(RunSetup.Failure) -> [Quarantine.Entry] {
    if text.isEmpty { return [] }
    let value: JSONValue
    do throws(JSONFailure) {
      value = try JSONParser.parse(text)
    } catch {
      throw RunSetup.Failure("\(path) is no JSON: \(error.message)")
    }
    guard let list = value.elements ?? value["quarantine"]?.elements else {
      throw RunSetup.Failure("\(path) has no list 'quarantine'")
    }
    var entries: [Quarantine.Entry] = []
    for (number, element) in list.enumerated() {
      guard let test = element.text ?? element["test"]?.text, !test.isEmpty else {
        throw RunSetup.Failure("\(path): entry \(number + 1) names no test")
      }
      entries.append(
        Quarantine.Entry(
          test: test, configuration: element["configuration"]?.text ?? "", branch: element["branch"]?.text ?? "",
          since: element["since"]?.text ?? "", expires: element["expires"]?.text ?? ""))
    }
    return entries
  }
}
