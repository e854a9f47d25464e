// Lines of a long benchmark appear as they come, also in a file or a pipe.

internal import Glibc

enum BenchmarkLine {
  static func tell(_ line: String) {
    print(line)
    _ = fflush(nil)
  }
}
