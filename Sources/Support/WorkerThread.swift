internal import Glibc

/// A thread of the system's with one piece of work.
///
/// Not one of Dispatch's queues: their monitor looks each second at `/proc/TID/stat` of each thread and ends the program with a
/// trap where that cannot be opened, for want of a descriptor or because of a fault of the disk. Here a refusal is an answer.
@safe package struct WorkerThread: Sendable {
  private let thread: pthread_t

  /// Work on its way to the thread that does it.
  private final class Parcel: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  /// Starts a thread.
  ///
  /// - Returns: nil where the system gives none; the work is not done then.
  package static func start(_ work: @escaping @Sendable () -> Void) -> WorkerThread? {
    var thread = pthread_t()
    let parcel = unsafe Unmanaged.passRetained(Parcel(work))
    let refused = unsafe pthread_create(
      &thread, nil,
      { parcel in
        guard let parcel = unsafe parcel else { return nil }
        unsafe Unmanaged<Parcel>.fromOpaque(parcel).takeRetainedValue().work()
        return nil
      }, parcel.toOpaque())
    guard refused == 0 else {
      unsafe parcel.release()
      return nil
    }
    return WorkerThread(thread: thread)
  }

  /// Waits until the work is done; once for each thread.
  package func join() { pthread_join(thread, nil) }
}
