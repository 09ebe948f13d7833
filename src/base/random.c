/*
 * Philox4x32-10. One round, on counter words c and key words k, where hi and lo are the halves of a 64-bit product:
 *     c0' = hi(M1 c2) ^ c1 ^ k0    c1' = lo(M1 c2)    c2' = hi(M0 c0) ^ c3 ^ k1    c3' = lo(M0 c0)
 * and between rounds the key words grow by constants (the golden ratio, sqrt 3 - 1).
 */
#include "base/random.h"

#define MULTIPLIER_0 UINT64_C(0xD2511F53)
#define MULTIPLIER_1 UINT64_C(0xCD9E8D57)
#define WEYL_0       UINT32_C(0x9E3779B9)
#define WEYL_1       UINT32_C(0xBB67AE85)
enum { ROUNDS = 10 };

static uint32_t low(uint64_t x) { return (uint32_t)(x & UINT32_MAX); }
static uint32_t high(uint64_t x) { return (uint32_t)(x >> 32); }

void ur_random_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = MULTIPLIER_0 * c0, p1 = MULTIPLIER_1 * c2;
        c0 = high(p1) ^ c1 ^ k0;
        c1 = low(p1);
        c2 = high(p0) ^ c3 ^ k1;
        c3 = low(p0);
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

void ur_random_words(uint64_t seed, uint32_t use, uint64_t position, uint32_t words[4])
{
    const uint32_t counter[4] = {low(position), high(position), use, 0};
    const uint32_t key[2] = {low(seed), high(seed)};
    ur_random_philox(counter, key, words);
}

double ur_random_uniform(uint64_t seed, uint32_t use, uint64_t position)
{
    uint32_t words[4];
    ur_random_words(seed, use, position, words);
    uint64_t bits = ((uint64_t)words[1] << 32 | words[0]) >> 11;
    return (double)bits * 0x1p-53;
}
