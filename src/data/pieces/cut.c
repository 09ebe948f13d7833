/* Cuts a word into pieces. Of all neighbours that together are a piece, those whose piece was learnt first are joined,
 * until no neighbours are left to join. So a word is cut in the same way as when the pieces were learnt. */
#include "base/utf8.h"
#include "data/pieces/pieces.h"

/* A word that is being cut. Piece i begins at begin[i]; after the last piece comes the word's length. */
typedef struct cutting {
    const ur_vocabulary *pieces;
    const unsigned char *word;
    size_t count;
    size_t begin[UR_TOKEN_MAX_BYTES + 1];
    int32_t together[UR_TOKEN_MAX_BYTES]; /* the piece that pieces i and i + 1 make, or −1 */
} cutting;

static int32_t find_piece(const cutting *c, size_t first, size_t behind)
{
    return ur_vocabulary_find(c->pieces, c->word + c->begin[first], c->begin[behind] - c->begin[first]);
}

/* Begins with the characters, or their bytes if a character is no piece. */
static void begin_word(cutting *c, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code;
        int size = ur_utf8_decode(c->word + at, length - at, &code);
        bool known = size > 0 && ur_vocabulary_find(c->pieces, c->word + at, (size_t)size) >= 0;
        c->begin[c->count++] = at;
        at += known ? (size_t)size : 1;
    }
    c->begin[c->count] = length;
}

static void look_at(cutting *c, size_t i) { c->together[i] = i + 1 < c->count ? find_piece(c, i, i + 2) : -1; }

static void join(cutting *c, size_t i)
{
    c->count--;
    for (size_t k = i + 1; k <= c->count; k++) c->begin[k] = c->begin[k + 1];
    for (size_t k = i + 1; k < c->count; k++) c->together[k] = c->together[k + 1];
    look_at(c, i);
    if (i) look_at(c, i - 1);
}

/* The index of the neighbours to join next; `count` if there are none. */
static size_t find_first(const cutting *c)
{
    size_t best = c->count;
    for (size_t i = 0; i + 1 < c->count; i++)
        if (c->together[i] >= 0 && (best == c->count || c->together[i] < c->together[best])) best = i;
    return best;
}

size_t ur_pieces_cut(const ur_vocabulary *pieces, const unsigned char *word, size_t length, int32_t *ids)
{
    cutting c = {.pieces = pieces, .word = word};
    begin_word(&c, length);
    for (size_t i = 0; i < c.count; i++) look_at(&c, i);
    for (size_t i; (i = find_first(&c)) < c.count;) join(&c, i);
    for (size_t i = 0; i < c.count; i++) ids[i] = find_piece(&c, i, i + 1);
    return c.count;
}
