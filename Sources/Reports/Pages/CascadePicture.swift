internal import Model

/// The way trouble took through the components, in Mermaid's language: a flowchart of at most twelve nodes, under the
/// limit of two thousand characters at which some forges hide a picture. The table under it holds the same facts whole.
enum CascadePicture {
  static let nodeLimit = 12
  static let characterLimit = 1900

  /// nil where there is nothing to draw.
  static func flowchart(_ incident: Incident, rules: TextRules) -> String? {
    var order: [ForeignName] = []
    func add(_ name: ForeignName) { if !order.contains(name) { order.append(name) } }
    if let first = incident.rootCauses.first { add(first.component) }
    for link in incident.causalChain {
      add(link.from)
      add(link.to)
    }
    for state in incident.components.sorted(by: { ($0.onset, $0.id) < ($1.onset, $1.id) }) { add(state.id) }
    guard order.count > 1 || !incident.causalChain.isEmpty else { return nil }
    let shown = Array(order.prefix(nodeLimit))
    let number = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
    let states = Dictionary(incident.components.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    var lines = ["flowchart LR"]
    for (i, name) in shown.enumerated() {
      var text = label(name, rules)
      if i == 0, incident.rootCauses.first?.component == name { text = "cause: " + text }
      if let state = states[name] {
        text += "<br/>" + (state.onsetBetween == nil ? "" : "about ") + TimeFormat.clock(state.onset).prefix(8)
        if state.failures > 0 { text += "<br/>" + NumberFormat.percent(state.errorRate) + " failed" }
      }
      lines.append("  n\(i)[\"\(text)\"]")
    }
    var drawn: Set<[Int]> = []
    for link in incident.causalChain {
      guard let from = number[link.from], let to = number[link.to], drawn.insert([from, to]).inserted else { continue }
      lines.append("  n\(from) -->|\"\(NumberFormat.delay(incident.hop(link)))\"| n\(to)")
    }
    var text = ""
    for line in lines {
      guard text.utf8.count + line.utf8.count < characterLimit else { break }
      text += line + "\n"
    }
    return text
  }

  /// A name in a quoted label: letters, digits and the signs of names; anything else is a middle dot.
  static func label(_ name: ForeignName, _ rules: TextRules) -> String {
    var out = ""
    for scalar in rules.bounded(name.text).unicodeScalars.prefix(40) {
      let isPlain =
        (scalar.properties.isAlphabetic && !VisibleText.isHidden(scalar)) || ("0"..."9").contains(scalar)
        || " -_./".unicodeScalars.contains(scalar)
      out.unicodeScalars.append(isPlain ? scalar : "·")
    }
    return out.isEmpty ? "·" : out
  }
}
