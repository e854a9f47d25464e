internal import Runs
internal import Support

/// `check`: is a pipeline or a policy file sound?
package enum CheckVerb {
  /// - Returns: 0 where it is, 64 where it is not.
  package static func check(_ path: String) -> Int32 {
    do throws(RunSetup.Failure) {
      try RunSetup.check(path)
    } catch {
      Console.tell(error.message)
      return error.code
    }
    do throws(FileFailure) {
      try Console.print("\(Console.inert(path)): sound\n")
      return Exit.done
    } catch {
      Console.tell(error.message)
      return Exit.ioFailure
    }
  }
}
