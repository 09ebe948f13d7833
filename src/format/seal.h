/* The hash that seals a file: of bytes, eight at a time. Each step can be undone, so a change of one word always shows. */
#ifndef UR_FORMAT_SEAL_H
#define UR_FORMAT_SEAL_H

#include <stddef.h>
#include <stdint.h>

enum { UR_SEAL_BYTES = 8 };

typedef struct ur_seal {
    uint64_t hash;
    unsigned char held[UR_SEAL_BYTES]; /* bytes of a word that is not complete */
    size_t count;
} ur_seal;

ur_seal ur_seal_begin(void);
void ur_seal_add(ur_seal *seal, const void *bytes, size_t size);
/* As text of 16 digits, and a zero. */
void ur_seal_end(ur_seal *seal, char text[17]);

#endif
