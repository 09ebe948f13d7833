/*
 * Learning pieces. Every place in every different word holds a piece. The places of a couple form a list. Joining a
 * couple changes only its places and their neighbours, and the counts of all other couples stay. So the work is one
 * pass over the words and a little for each place that is joined.
 */
#include "base/error.h"
#include "base/utf8.h"
#include "data/pieces/couples.h"
#include "data/pieces/pieces.h"

#include <stdlib.h>
#include <string.h>

typedef struct place {
    int32_t piece;
    uint32_t word;
    uint32_t before, behind; /* places of the same word, or UR_NOWHERE */
    uint32_t couple;         /* the couple of this place and the next, or UR_NOWHERE */
    uint32_t previous, next; /* in the list of that couple */
} place;

typedef struct learning {
    const ur_vocabulary *words;
    ur_vocabulary *pieces;
    place *places;
    size_t count, room;
    ur_couples couples;
    uint32_t *work; /* the places of the couple that is being joined */
    size_t work_room;
} learning;

/* ---- The first pieces -------------------------------------------------------------------------------------------- */

static ur_status add_bytes(ur_vocabulary *pieces, ur_error *error)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned char byte = (unsigned char)i;
        UR_TRY(ur_vocabulary_add_times(pieces, &byte, 1, 0, NULL, error));
    }
    return UR_OK;
}

/* Counts the characters of more than one byte. */
static ur_status count_characters(const ur_vocabulary *words, ur_vocabulary *characters, ur_error *error)
{
    for (size_t i = 0; i < ur_vocabulary_size(words); i++) {
        size_t length;
        const unsigned char *text = (const unsigned char *)ur_vocabulary_text(words, (int32_t)i, &length);
        for (size_t at = 0, size; at < length; at += size) {
            uint32_t code;
            int decoded = ur_utf8_decode(text + at, length - at, &code);
            size = decoded > 0 ? (size_t)decoded : 1;
            if (size == 1) continue;
            uint64_t times = ur_vocabulary_times(words, (int32_t)i);
            UR_TRY(ur_vocabulary_add_times(characters, text + at, size, times, NULL, error));
        }
    }
    return UR_OK;
}

/* Adds the characters that occur more than once, for at most half of the pieces that the limit leaves. */
static ur_status add_characters(ur_vocabulary *pieces, ur_vocabulary *characters, size_t limit, ur_error *error)
{
    size_t most = (limit - ur_vocabulary_size(pieces) + 1) / 2, length;
    if (!ur_vocabulary_size(characters) || ur_vocabulary_settle(characters, 2, most, false, NULL) != UR_OK)
        return UR_OK; /* there are none */
    for (size_t i = 0; i < ur_vocabulary_size(characters); i++) {
        const char *text = ur_vocabulary_text(characters, (int32_t)i, &length);
        UR_TRY(ur_vocabulary_add_times(pieces, text, length, 0, NULL, error));
    }
    return UR_OK;
}

static ur_status make_first(learning *l, size_t limit, ur_error *error)
{
    ur_vocabulary *characters;
    UR_TRY(add_bytes(l->pieces, error));
    UR_TRY(ur_vocabulary_create(&characters, UR_TOKEN_CHAR, error));
    ur_status status = count_characters(l->words, characters, error);
    if (status == UR_OK) status = add_characters(l->pieces, characters, limit, error);
    ur_vocabulary_free(characters);
    return status;
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

/* Bytes that are parts of a character are never joined. */
static bool is_part(int32_t piece) { return piece >= 0x80 && piece < 256; }

static uint64_t times_of(const learning *l, uint32_t at)
{
    return ur_vocabulary_times(l->words, (int32_t)l->places[at].word);
}

/* Enters the couple that begins at a place into its list. */
static ur_status enter(learning *l, uint32_t at, ur_error *error)
{
    place *p = &l->places[at];
    p->couple = UR_NOWHERE;
    if (p->behind == UR_NOWHERE || is_part(p->piece) || is_part(l->places[p->behind].piece)) return UR_OK;
    UR_TRY(ur_couples_find(&l->couples, p->piece, l->places[p->behind].piece, &p->couple, error));
    ur_couple *c = &l->couples.list[p->couple];
    p->previous = UR_NOWHERE;
    p->next = c->first;
    if (c->first != UR_NOWHERE) l->places[c->first].previous = at;
    c->first = at;
    c->times += times_of(l, at);
    return UR_OK;
}

static void leave(learning *l, uint32_t at)
{
    place *p = &l->places[at];
    if (p->couple == UR_NOWHERE) return;
    ur_couple *c = &l->couples.list[p->couple];
    if (p->next != UR_NOWHERE) l->places[p->next].previous = p->previous;
    if (p->previous != UR_NOWHERE) l->places[p->previous].next = p->next;
    if (c->first == at) c->first = p->next;
    c->times -= times_of(l, at);
    p->couple = UR_NOWHERE;
}

static ur_status make_room(learning *l, size_t more, ur_error *error)
{
    if (l->count + more <= l->room) return UR_OK;
    if (l->count + more > UINT32_MAX / 4)
        return ur_fail(error, UR_ERR_DATA, "too many different words to learn pieces from");
    size_t room = 2 * (l->count + more);
    place *grown = realloc(l->places, room * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "the pieces of words");
    l->places = grown;
    l->room = room;
    return UR_OK;
}

static ur_status place_word(learning *l, uint32_t word, ur_error *error)
{
    int32_t ids[UR_TOKEN_MAX_BYTES];
    size_t length, first = l->count;
    const char *text = ur_vocabulary_text(l->words, (int32_t)word, &length);
    UR_TRY(make_room(l, length, error));
    size_t count = ur_pieces_cut(l->pieces, (const unsigned char *)text, length, ids);
    for (size_t i = 0; i < count; i++)
        l->places[l->count++] = (place){.piece = ids[i],
                                        .word = word,
                                        .before = i ? (uint32_t)(first + i - 1) : UR_NOWHERE,
                                        .behind = i + 1 < count ? (uint32_t)(first + i + 1) : UR_NOWHERE};
    for (size_t i = 0; i < count; i++) UR_TRY(enter(l, (uint32_t)(first + i), error));
    return UR_OK;
}

static ur_status place_words(learning *l, ur_error *error)
{
    for (size_t i = 0; i < ur_vocabulary_size(l->words); i++) UR_TRY(place_word(l, (uint32_t)i, error));
    for (size_t i = 0; i < l->couples.count; i++) UR_TRY(ur_couples_queue(&l->couples, (uint32_t)i, error));
    return UR_OK;
}

/* ---- Joining ----------------------------------------------------------------------------------------------------- */

/* Lists the places of a couple in order, so that of "aaa" the first two are joined, as in cutting. */
static int by_place(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static ur_status list_places(learning *l, uint32_t couple, size_t *count, ur_error *error)
{
    *count = 0;
    for (uint32_t at = l->couples.list[couple].first; at != UR_NOWHERE; at = l->places[at].next) ++*count;
    if (*count > l->work_room) {
        uint32_t *grown = realloc(l->work, 2 * *count * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "the pieces of words");
        l->work = grown;
        l->work_room = 2 * *count;
    }
    *count = 0;
    for (uint32_t at = l->couples.list[couple].first; at != UR_NOWHERE; at = l->places[at].next)
        l->work[(*count)++] = at;
    qsort(l->work, *count, sizeof *l->work, by_place);
    return UR_OK;
}

/* Enters a couple that is new at this place, and queues it because its count has grown. */
static ur_status enter_again(learning *l, uint32_t at, ur_error *error)
{
    if (at == UR_NOWHERE) return UR_OK;
    UR_TRY(enter(l, at, error));
    return l->places[at].couple == UR_NOWHERE ? UR_OK : ur_couples_queue(&l->couples, l->places[at].couple, error);
}

/* Joins this place and the next into one. */
static ur_status join_at(learning *l, uint32_t at, int32_t piece, ur_error *error)
{
    place *p = &l->places[at], *gone = &l->places[p->behind];
    if (p->before != UR_NOWHERE) leave(l, p->before);
    leave(l, at);
    leave(l, p->behind);
    p->piece = piece;
    p->behind = gone->behind;
    if (p->behind != UR_NOWHERE) l->places[p->behind].before = at;
    UR_TRY(enter_again(l, p->before, error));
    return enter_again(l, at, error);
}

/* The piece that the couple makes. It may exist already, made from two others. */
static ur_status make_piece(learning *l, uint32_t couple, int32_t *piece, ur_error *error)
{
    unsigned char text[2 * UR_TOKEN_MAX_BYTES];
    size_t left, right;
    const char *first = ur_vocabulary_text(l->pieces, l->couples.list[couple].left, &left);
    const char *second = ur_vocabulary_text(l->pieces, l->couples.list[couple].right, &right);
    memcpy(text, first, left);
    memcpy(text + left, second, right);
    return ur_vocabulary_add_times(l->pieces, text, left + right, l->couples.list[couple].times, piece, error);
}

static ur_status join_couple(learning *l, uint32_t couple, ur_error *error)
{
    size_t count;
    int32_t piece;
    UR_TRY(make_piece(l, couple, &piece, error));
    UR_TRY(list_places(l, couple, &count, error));
    for (size_t i = 0; i < count; i++)
        if (l->places[l->work[i]].couple == couple) UR_TRY(join_at(l, l->work[i], piece, error));
    return UR_OK;
}

static ur_status learn(learning *l, size_t limit, uint64_t least, ur_error *error)
{
    uint32_t couple;
    UR_TRY(make_first(l, limit, error));
    UR_TRY(place_words(l, error));
    while (ur_vocabulary_size(l->pieces) < limit && ur_couples_take(&l->couples, &couple)) {
        if (l->couples.list[couple].times < least) break;
        UR_TRY(join_couple(l, couple, error));
    }
    ur_vocabulary_seal(l->pieces, false);
    return UR_OK;
}

ur_status ur_pieces_learn(ur_vocabulary **pieces, const ur_vocabulary *words, size_t limit, uint64_t least,
                          ur_error *error)
{
    learning l = {.words = words};
    *pieces = NULL;
    if (limit < UR_PIECES_LEAST)
        return ur_fail(error, UR_ERR_USAGE,
                       "a vocabulary of pieces has the 256 bytes first; a limit of %zu is too small", limit);
    UR_TRY(ur_vocabulary_create(&l.pieces, UR_TOKEN_PIECE, error));
    ur_status status = learn(&l, limit, least, error);
    ur_couples_free(&l.couples);
    free(l.places);
    free(l.work);
    if (status == UR_OK) *pieces = l.pieces;
    if (status != UR_OK) ur_vocabulary_free(l.pieces);
    return status;
}
