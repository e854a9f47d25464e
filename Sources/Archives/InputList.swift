internal import Glibc
package import Model
internal import Support

/// The inputs behind the paths of a command line.
package enum InputList {
  /// Expands paths to inputs: `-` is standard input, a folder stands for the files below it in byte order of their names.
  ///
  /// Links met in a folder are followed when they lead to a file or folder inside it that was not seen yet, which ends every
  /// loop; the others, and what is no file at all (sockets, devices, the kernel's own file systems), are noted. A path named
  /// directly is taken as it is, and what is wrong with it is said when it is read.
  package static func expand(_ paths: [String]) -> (sources: [InputSource], diagnostics: DiagnosticLog) {
    var sources: [InputSource] = []
    var diagnostics = DiagnosticLog()
    for path in paths {
      if path == "-" {
        sources.append(.standardInput)
      } else if FileIdentity.of(path, followingLinks: true)?.kind == .folder {
        var walk = FolderWalk()
        walk.run(from: path)
        sources += walk.sources
        diagnostics.merge(walk.diagnostics)
        if walk.sources.isEmpty {
          diagnostics.add(Diagnostic("emptyFolder", .note, at: SourceLocation(input: path), "no files in this folder"))
        }
      } else {
        sources.append(.file(path))
      }
    }
    let joined = SplitParts.join(sources, diagnostics: &diagnostics)
    return (joined, diagnostics)
  }
}

extension FileIdentity {
  static func of(_ path: String, followingLinks: Bool) -> FileIdentity? {
    FilePath(path).identity(followingLinks: followingLinks)
  }
}
