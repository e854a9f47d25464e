#include <isa-l/igzip_lib.h>
#include <isa-l/crc.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* To be called after ISA-L's functions. They leave the upper halves of the vector registers in use, and every SSE
   instruction that follows on the same thread then waits for more than it needs: up to a quarter of the time of a scan. */
static inline void isal_leave_vector_registers(void) {
  /* Code that is compiled for AVX may have values of its own in those halves, and clears them itself. */
#if defined(__x86_64__) && !defined(__AVX__)
  static int has_avx; /* 0 not known, 1 no, 2 yes */
  int known = __atomic_load_n(&has_avx, __ATOMIC_RELAXED);
  if (!known) {
    unsigned a, b, c = 0, d;
    known = 1;
    /* The processor has AVX, and the system keeps its registers (OSXSAVE, then XMM and YMM in XCR0). */
    if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_AVX) && (c & bit_OSXSAVE)) {
      __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
      if ((a & 6) == 6) known = 2;
    }
    __atomic_store_n(&has_avx, known, __ATOMIC_RELAXED);
  }
  if (known == 2) __asm__ volatile("vzeroupper");
#endif
}
