// What a processor can do for digests and Swift cannot ask it for.
#ifndef CDIGESTS_H
#define CDIGESTS_H

#include <stddef.h>
#include <stdint.h>

// Folds the beginning of `bytes` into 16 bytes that have the same reflected CRC-32, with state 0, as what was folded has
// with the state `crc`. Returns how many bytes it took: a multiple of 16, or 0 when there are fewer than 64, or this
// processor has no carry-less multiplication.
// keys: x^(512+32), x^(512-32), x^(128+32), x^(128-32) modulo the polynomial, reflected and shifted left by one.
size_t train_crc32_fold(uint32_t crc, const void *bytes, size_t count, const uint64_t keys[4], uint8_t folded[16]);

enum { TRAIN_MD5_LANES = 8 };

// The states of independent MD5s: word by word, each of all lanes.
struct train_md5_lanes {
  uint32_t words[4][TRAIN_MD5_LANES];
};

// Takes `blocks` blocks of 64 bytes into every lane, as RFC 1321 says. Padding is the caller's.
void train_md5_update(struct train_md5_lanes *state, const uint8_t *const bytes[TRAIN_MD5_LANES], size_t blocks);

#endif
