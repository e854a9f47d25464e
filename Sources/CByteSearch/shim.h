#include <stdint.h>

/* Sixteen bytes of a text at once: a bit, the first byte's lowest, for each byte that is one of three, a control character,
   or beyond ASCII. Swift's own vectors cannot say where in them a comparison held. */
#if defined(__SSE2__)
#include <emmintrin.h>

static inline unsigned text_marks16(const uint8_t *_Nonnull bytes, uint8_t a, uint8_t b, uint8_t c) {
  __m128i text = _mm_loadu_si128((const __m128i *)bytes);
  __m128i marks = _mm_cmpeq_epi8(text, _mm_set1_epi8((char)a));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(text, _mm_set1_epi8((char)b)));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(text, _mm_set1_epi8((char)c)));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text));
  /* The bit that is taken of each byte is its highest: set beyond ASCII. */
  return (unsigned)_mm_movemask_epi8(_mm_or_si128(marks, text));
}

/* Sixteen bytes at once: a bit for each byte that is one of four. */
static inline unsigned text_any16(const uint8_t *_Nonnull bytes, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  __m128i text = _mm_loadu_si128((const __m128i *)bytes);
  __m128i marks = _mm_cmpeq_epi8(text, _mm_set1_epi8((char)a));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(text, _mm_set1_epi8((char)b)));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(text, _mm_set1_epi8((char)c)));
  return (unsigned)_mm_movemask_epi8(_mm_or_si128(marks, _mm_cmpeq_epi8(text, _mm_set1_epi8((char)d))));
}
#else
static inline unsigned text_any16(const uint8_t *_Nonnull bytes, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  unsigned marks = 0;
  for (unsigned i = 0; i < 16; i++) {
    uint8_t byte = bytes[i];
    marks |= (unsigned)(byte == a || byte == b || byte == c || byte == d) << i;
  }
  return marks;
}

static inline unsigned text_marks16(const uint8_t *_Nonnull bytes, uint8_t a, uint8_t b, uint8_t c) {
  unsigned marks = 0;
  for (unsigned i = 0; i < 16; i++) {
    uint8_t byte = bytes[i];
    marks |= (unsigned)(byte == a || byte == b || byte == c || byte < 0x20 || byte >= 0x80) << i;
  }
  return marks;
}
#endif
