#include "CDigests.h"

#include <string.h>

// One MD5 waits for itself at each of its steps; several at once fill a vector and those waits. Without vectors of this
// size the compiler makes do with smaller ones.
typedef uint32_t lanes __attribute__((vector_size(4 * TRAIN_MD5_LANES)));

// RFC 1321, section 3.4: floor(2^32 * |sin(i)|), i = 1...64.
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

#define ROTATED(x, by) ((x) << (by) | (x) >> (32 - (by)))
#define STEP(f, a, b, c, d, word, i, by) \
  a += (f) + words[word] + sines[i];     \
  a = ROTATED(a, by) + b
#define FOUR(F, i, w0, w1, w2, w3, s0, s1, s2, s3) \
  STEP(F(b, c, d), a, b, c, d, w0, i, s0);         \
  STEP(F(a, b, c), d, a, b, c, w1, i + 1, s1);     \
  STEP(F(d, a, b), c, d, a, b, w2, i + 2, s2);     \
  STEP(F(c, d, a), b, c, d, a, w3, i + 3, s3)
#define SIXTEEN(F, i, first, by, s0, s1, s2, s3)                                                                     \
  FOUR(F, i, (first) % 16, (first + by) % 16, (first + 2 * by) % 16, (first + 3 * by) % 16, s0, s1, s2, s3);          \
  FOUR(F, i + 4, (first + 4 * by) % 16, (first + 5 * by) % 16, (first + 6 * by) % 16, (first + 7 * by) % 16, s0, s1,  \
       s2, s3);                                                                                                      \
  FOUR(F, i + 8, (first + 8 * by) % 16, (first + 9 * by) % 16, (first + 10 * by) % 16, (first + 11 * by) % 16, s0,    \
       s1, s2, s3);                                                                                                  \
  FOUR(F, i + 12, (first + 12 * by) % 16, (first + 13 * by) % 16, (first + 14 * by) % 16, (first + 15 * by) % 16, s0, \
       s1, s2, s3)

#define F1(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define F2(x, y, z) ((y) ^ ((z) & ((x) ^ (y))))
#define F3(x, y, z) ((x) ^ (y) ^ (z))
#define F4(x, y, z) ((y) ^ ((x) | ~(z)))

#define EVEN(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define ODD(x, y) __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(x, y) __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(x, y) __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALVES(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(x, y) __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15)

// Eight words of each lane, as eight vectors of one word each.
__attribute__((always_inline)) static inline void transpose(
    lanes words[8], const uint8_t *const bytes[TRAIN_MD5_LANES], size_t offset) {
  lanes row[8], pair[8], four[8];
  for (int lane = 0; lane < TRAIN_MD5_LANES; lane++) {
    memcpy(&row[lane], bytes[lane] + offset, sizeof row[lane]);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (int word = 0; word < 8; word++) row[lane][word] = __builtin_bswap32(row[lane][word]);
#endif
  }
  for (int lane = 0; lane < 8; lane += 2) {
    pair[lane] = EVEN(row[lane], row[lane + 1]);
    pair[lane + 1] = ODD(row[lane], row[lane + 1]);
  }
  for (int half = 0; half < 8; half += 4) {
    four[half] = LOW_PAIRS(pair[half], pair[half + 2]);
    four[half + 1] = HIGH_PAIRS(pair[half], pair[half + 2]);
    four[half + 2] = LOW_PAIRS(pair[half + 1], pair[half + 3]);
    four[half + 3] = HIGH_PAIRS(pair[half + 1], pair[half + 3]);
  }
  for (int word = 0; word < 4; word++) {
    words[word] = LOW_HALVES(four[word], four[word + 4]);
    words[word + 4] = HIGH_HALVES(four[word], four[word + 4]);
  }
}

__attribute__((always_inline)) static inline void update(
    struct train_md5_lanes *state, const uint8_t *const bytes[TRAIN_MD5_LANES], size_t blocks) {
  lanes a, b, c, d, words[16];
  memcpy(&a, state->words[0], sizeof a);
  memcpy(&b, state->words[1], sizeof b);
  memcpy(&c, state->words[2], sizeof c);
  memcpy(&d, state->words[3], sizeof d);
  for (size_t block = 0; block < blocks; block++) {
    transpose(words, bytes, 64 * block);
    transpose(words + 8, bytes, 64 * block + 32);
    const lanes a0 = a, b0 = b, c0 = c, d0 = d;
    SIXTEEN(F1, 0, 0, 1, 7, 12, 17, 22);
    SIXTEEN(F2, 16, 1, 5, 5, 9, 14, 20);
    SIXTEEN(F3, 32, 5, 3, 4, 11, 16, 23);
    SIXTEEN(F4, 48, 0, 7, 6, 10, 15, 21);
    a += a0, b += b0, c += c0, d += d0;
  }
  memcpy(state->words[0], &a, sizeof a);
  memcpy(state->words[1], &b, sizeof b);
  memcpy(state->words[2], &c, sizeof c);
  memcpy(state->words[3], &d, sizeof d);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void update_wide(
    struct train_md5_lanes *state, const uint8_t *const bytes[TRAIN_MD5_LANES], size_t blocks) {
  update(state, bytes, blocks);
}
#endif

void train_md5_update(struct train_md5_lanes *state, const uint8_t *const bytes[TRAIN_MD5_LANES], size_t blocks) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    update_wide(state, bytes, blocks);
    return;
  }
#endif
  update(state, bytes, blocks);
}
