#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Lets two names of a folder change places in one step: renameat2 with RENAME_EXCHANGE, which the C library declares for GNU
   sources only. 0, or -1 with errno set. */
static inline int exchange_names(int folder, const char *_Nonnull first, const char *_Nonnull second) {
  return (int)syscall(SYS_renameat2, folder, first, folder, second, 2U);
}

/* The magic number of the file system that holds a path, or an open file; -1 where it cannot be told. */
static inline long file_system_of_path(const char *_Nonnull path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : -1;
}

static inline long file_system_of(int file) {
  struct statfs status;
  return fstatfs(file, &status) == 0 ? (long)status.f_type : -1;
}
