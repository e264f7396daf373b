#include "CDigests.h"

#if defined(__x86_64__)

#include <immintrin.h>

// "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009: four blocks at a time.
__attribute__((target("pclmul,sse4.1"))) static inline __m128i fold(__m128i block, __m128i keys, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(block, keys, 0x00);
  __m128i high = _mm_clmulepi64_si128(block, keys, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

__attribute__((target("pclmul,sse4.1"))) static size_t fold_all(
    uint32_t crc, const void *bytes, size_t count, const uint64_t keys[4], uint8_t folded[16]) {
  const __m128i *next = bytes;
  const __m128i *end = next + count / 16;
  const __m128i far = _mm_set_epi64x((long long)keys[1], (long long)keys[0]);
  const __m128i near = _mm_set_epi64x((long long)keys[3], (long long)keys[2]);
  __m128i a = _mm_xor_si128(_mm_loadu_si128(next), _mm_cvtsi32_si128((int)crc));
  __m128i b = _mm_loadu_si128(next + 1);
  __m128i c = _mm_loadu_si128(next + 2);
  __m128i d = _mm_loadu_si128(next + 3);
  for (next += 4; end - next >= 4; next += 4) {
    a = fold(a, far, _mm_loadu_si128(next));
    b = fold(b, far, _mm_loadu_si128(next + 1));
    c = fold(c, far, _mm_loadu_si128(next + 2));
    d = fold(d, far, _mm_loadu_si128(next + 3));
  }
  a = fold(fold(fold(a, near, b), near, c), near, d);
  for (; next < end; next++) a = fold(a, near, _mm_loadu_si128(next));
  _mm_storeu_si128((__m128i *)folded, a);
  return count / 16 * 16;
}

size_t train_crc32_fold(uint32_t crc, const void *bytes, size_t count, const uint64_t keys[4], uint8_t folded[16]) {
  if (count < 64 || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("sse4.1")) return 0;
  return fold_all(crc, bytes, count, keys, folded);
}

#else

size_t train_crc32_fold(uint32_t crc, const void *bytes, size_t count, const uint64_t keys[4], uint8_t folded[16]) {
  (void)crc, (void)bytes, (void)count, (void)keys, (void)folded;
  return 0;
}

#endif
