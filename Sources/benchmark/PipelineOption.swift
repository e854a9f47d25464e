internal import Runs

extension RunSetup.Options {
  /// The options of a benchmark's run: no history, nothing told, and the pipeline file that `--pipeline FILE` names, which is cut
  /// out of the words.
  init(benchmark words: inout [String]) {
    self.init(noHistory: true, quiet: true)
    guard let flag = words.firstIndex(of: "--pipeline"), flag + 1 < words.count else { return }
    pipeline = words[flag + 1]
    words.removeSubrange(flag...flag + 1)
  }
}
