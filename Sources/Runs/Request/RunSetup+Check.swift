// What `check` looks at: a pipeline file with the policy file it names, or a policy file by itself.

internal import Support

extension RunSetup {
  /// Checks a pipeline or a policy file as a run would, before anything is read.
  ///
  /// - Throws: all that is wrong in it, each with file, line and column.
  package static func check(_ path: String) throws(Failure) {
    let text = try read(path)
    let tree: ConfigNode? = try? YAMLTree.read(text)
    if tree?["policies"]?.list != nil {
      _ = try policies(path: path, text: text)
      return
    }
    guard let named = try checked(path: path, text: text).policies else { return }
    let file = beside(path, named)
    let policyText: String
    do throws(Failure) {
      policyText = try read(file)
    } catch {
      guard let node = tree?["policies"] else { throw error }
      throw Failure(describe(ConfigProblem(at: node, error.message), file: path, text: text))
    }
    _ = try policies(path: file, text: policyText)
  }
}
