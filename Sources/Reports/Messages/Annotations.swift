// The failed tests as workflow commands that GitHub turns into annotations of the code.

package import Model

/// `::error file=…,line=…,title=…::message`, a line each.
package enum Annotations {
  /// GitHub shows ten of a kind for one step.
  private static let most = 10

  /// - Parameters:
  ///   - report: the night.
  ///   - rules: what is masked and bounded.
  /// - Returns: the commands; news as errors, what is known or flaky as warnings; empty where no test failed.
  package static func text(_ report: NightReport, rules: TextRules = TextRules()) -> String {
    var out = ""
    var (errors, warnings) = (0, 0)
    for test in TestSection.ranked(report.tests) {
      let isNews = !test.isQuarantined && (test.status == .new || test.status == .setup)
      if isNews ? errors == most : warnings == most { continue }
      if isNews { errors += 1 } else { warnings += 1 }
      var properties: [String] = []
      if let place = test.place, !place.file.isEmpty {
        properties.append("file=" + property(rules.bounded(place.file.text)))
        if place.line > 0 { properties.append("line=" + String(place.line)) }
      }
      properties.append("title=" + property(rules.bounded(TestWording.line(test.line).plain)))
      let about = (test.standing + ", " + TestWording.since(test)).plain
      out += "::" + (isNews ? "error " : "warning ") + properties.joined(separator: ",") + "::"
      out += message(rules.bounded(about)) + ": " + message(rules.bounded(test.message.text)) + "\n"
    }
    return out
  }

  /// The escapes of workflow commands: what would end the command, and in properties what would end the property.
  private static func message(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": out += "%25"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func property(_ text: String) -> String {
    var out = ""
    for scalar in message(text).unicodeScalars {
      switch scalar {
      case ":": out += "%3A"
      case ",": out += "%2C"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
