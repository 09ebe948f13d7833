/* See seal.h. */
#include "format/seal.h"

#include <stdio.h>
#include <string.h>

ur_seal ur_seal_begin(void) { return (ur_seal){.hash = 0xCBF29CE484222325u}; }

/* Multiplies by an odd number and rotates, so that high bits of a word reach low ones. */
static uint64_t mix(uint64_t hash, const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash << 29 | hash >> 35;
}

void ur_seal_add(ur_seal *s, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size > 0) {
        if (s->count == 0 && size >= UR_SEAL_BYTES) {
            s->hash = mix(s->hash, at);
            at += UR_SEAL_BYTES;
            size -= UR_SEAL_BYTES;
            continue;
        }
        s->held[s->count++] = *at++;
        size--;
        if (s->count < UR_SEAL_BYTES) continue;
        s->hash = mix(s->hash, s->held);
        s->count = 0;
    }
}

void ur_seal_end(ur_seal *s, char text[17])
{
    unsigned char rest[UR_SEAL_BYTES] = {0};
    memcpy(rest, s->held, s->count);
    uint64_t hash = mix(mix(s->hash, rest), (unsigned char[UR_SEAL_BYTES]){(unsigned char)s->count});
    snprintf(text, 17, "%016llx", (unsigned long long)hash);
}
