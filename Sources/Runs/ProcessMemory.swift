internal import CMalloc

/// How the process holds memory: what a phase has let go of goes back to the system, so that the peak is that of one
/// phase and not of all together.
package enum ProcessMemory {
  /// Large blocks are mapped on their own and vanish when they are freed; few arenas keep the rest together.
  package static func configure() {
    _ = mallopt(M_MMAP_THRESHOLD, 4 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 32 << 20)
    _ = mallopt(M_ARENA_MAX, 2)
  }

  /// Gives freed memory back; called between phases.
  package static func trim() { _ = malloc_trim(0) }
}
