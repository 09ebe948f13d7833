/* The hash that seals a file, over its bytes, eight at a time. Each step can be inverted, so a change of one word
 * always shows. */
#ifndef UR_FORMAT_SEAL_H
#define UR_FORMAT_SEAL_H

#include <stddef.h>
#include <stdint.h>

enum { UR_SEAL_BYTES = 8 };

typedef struct ur_seal {
    uint64_t hash;
    unsigned char held[UR_SEAL_BYTES]; /* bytes of an incomplete word */
    size_t count;
} ur_seal;

ur_seal ur_seal_begin(void);
void ur_seal_add(ur_seal *seal, const void *bytes, size_t size);
/* The hash as a text of 16 digits and an ending 0. */
void ur_seal_end(ur_seal *seal, char text[17]);

#endif
