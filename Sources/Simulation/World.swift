// The room Simulation: nights with known truth, and the validation of the analyses on them.
// It never shares code with the analysis that it validates beyond the rules of policies, and never reads a real night.

internal import Support

/// Writes generated worlds where people and tests find them: an archive or a folder, and the truth beside it.
package enum World {
  /// Writes a service night as `night.tar.gz` (or its like) and `night.truth.json` into a folder.
  ///
  /// The folder is made where it does not exist; without a filter the members become plain files under `folder/name`.
  /// The result is the path to analyse, and what truly happened.
  package static func writeServiceNight(
    _ spec: WorldSpec, to folder: String, filter: WorldFilter? = .gzip, name: String = "night"
  ) throws(WorldFailure) -> (input: String, truth: WorldTruth) {
    let night = ServiceNight(spec)
    let (input, truth) = try write(to: folder, name: name, filter: filter, time: spec.start / 1_000_000) {
      writer throws(WorldFailure) in
      try night.write(to: &writer)
    } files: { writer throws(WorldFailure) in
      try night.write(to: &writer)
    }
    try writeTruth(truth.json, to: folder, name: name)
    return (input, truth)
  }

  /// Writes a night of tasks as `tasks.tar.gz` and `tasks.truth.json` into a folder; the result is the path to analyse.
  package static func writeTasks(_ spec: TaskSpec, to folder: String) throws(WorldFailure) -> String {
    let world = TaskWorld(spec)
    let (input, truth) = try write(to: folder, name: "tasks", filter: .gzip, time: spec.start / 1_000_000) {
      writer throws(WorldFailure) in
      try world.write(to: &writer)
    } files: { writer throws(WorldFailure) in
      try world.write(to: &writer)
    }
    try writeTruth(truth, to: folder, name: "tasks")
    return input
  }

  /// Names of the cells of a matrix, as pipelines have them.
  package static func configurations(_ count: Int) -> [String] {
    let systems = ["linux", "windows", "macos", "freebsd"]
    return (0..<count).map {
      systems[$0 % systems.count] + ($0 < systems.count ? "-jdk21" : "-jdk\(17 - $0 / systems.count)")
    }
  }

  /// Writes CI nights: one archive `ci-DATE.tar.gz` per night, or one folder per night without a filter, and
  /// `ci.truth.json`. The result is the paths in the nights' order, and what is true of all of them.
  package static func writeCINights(
    _ spec: CISpec, to folder: String, filter: WorldFilter? = .gzip
  ) throws(WorldFailure) -> (inputs: [String], truth: CITruth) {
    try Folder.make(folder)
    var world = CIWorld(spec)
    var inputs: [String] = []
    for night in 0..<spec.nights {
      let time = spec.start / 1_000_000 + Int64(night) * 86_400
      if let filter {
        let path = folder + "/ci-" + world.date(night) + filter.suffix
        var writer = try TarWriter(path: path, filter: filter, time: time)
        try world.write(night: night, to: &writer)
        try writer.finish()
        inputs.append(path)
      } else {
        var writer = FolderWriter(folder: folder + "/ci")
        try world.write(night: night, to: &writer)
        inputs.append(folder + "/ci/" + world.date(night))
      }
    }
    let truth = world.conclude()
    try writeTruth(truth.json, to: folder, name: "ci")
    return (inputs, truth)
  }

  static func write<Truth>(
    to folder: String, name: String, filter: WorldFilter?, time: Int64,
    archive: (inout TarWriter) throws(WorldFailure) -> Truth,
    files: (inout FolderWriter) throws(WorldFailure) -> Truth
  ) throws(WorldFailure) -> (String, Truth) {
    try Folder.make(folder)
    guard let filter else {
      var writer = FolderWriter(folder: folder + "/" + name)
      return (folder + "/" + name, try files(&writer))
    }
    let path = folder + "/" + name + filter.suffix
    var writer = try TarWriter(path: path, filter: filter, time: time)
    let truth = try archive(&writer)
    try writer.finish()
    return (path, truth)
  }

  static func writeTruth(_ truth: JSONValue, to folder: String, name: String) throws(WorldFailure) {
    var file = try OutputFile(folder + "/" + name + ".truth.json")
    let bytes = Array(truth.pretty.utf8)
    try file.write(bytes.span)
    try file.close()
  }
}
