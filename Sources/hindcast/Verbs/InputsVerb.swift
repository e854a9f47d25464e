internal import Archives
internal import Model
package import Runs
internal import Support

/// `inputs`: what a run would read, one line each, so that drivers can deal it out.
package enum InputsVerb {
  package static func list(_ options: RunSetup.Options, asJSON: Bool) -> Int32 {
    do {
      var options = options
      options.inputs = try PhaseFiles.named(options.inputs)
      let request = try RunSetup.request(options)
      let listed = InputList.expand(request.inputs)
      var seen: Set<String> = []
      for source in listed.sources.sorted(by: { $0.name < $1.name }) where seen.insert(source.name).inserted {
        let root = RunRequest.root(of: source.name, among: request.inputs)
        let parts = source.parts
        let sizes = (parts.isEmpty ? [source.name] : parts).map { CheckedFile.size($0) }
        let size = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
        if asJSON {
          let line: JSONValue = .object([
            "name": .string(source.name), "root": .string(root.isEmpty ? source.name : root),
            "bytes": size.map { .int($0) },
            "parts": parts.isEmpty ? nil : .array(parts.map(JSONValue.string)),
          ])
          try Console.print(line.canonical + "\n")
        } else {
          try Console.print("\(size.map(String.init) ?? "-")\t\(Console.inert(source.name))\n")
        }
      }
      var isUnread = false
      for diagnostic in listed.diagnostics.sorted {
        Console.tell("\(diagnostic.location.description): \(diagnostic.message.plain)")
        isUnread = isUnread || diagnostic.meansUnread
      }
      for path in request.inputs where path != "-" && CheckedFile.isMissing(path) {
        Console.tell("\(path): no such input")
        return Exit.missingInput
      }
      return isUnread ? Exit.partlyUnread : Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }
}
