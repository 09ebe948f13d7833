/* Counts the insertions, deletions and replacements between two texts, by characters or by words. */
#include "task/speech/speech.h"

#include "base/utf8.h"
#include "data/cursor.h"

#include <stdlib.h>

/* Gives one number for each character, or for each word between blanks. */
static size_t cut_characters(const ur_speech_text *t, uint64_t *to)
{
    size_t count = 0;
    for (size_t at = 0; at < t->length;) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)t->text + at, t->length - at, &code);
        to[count++] = size > 0 ? code : 0xFFFD;
        at += size > 0 ? (size_t)size : 1;
    }
    return count;
}

static size_t cut_words(const ur_speech_text *t, uint64_t *to)
{
    size_t count = 0;
    for (size_t at = 0, end; at < t->length; at = end + 1) {
        for (end = at; end < t->length && t->text[end] != ' ';) end++;
        if (end > at) to[count++] = ur_hash_bytes(UR_HASH_START, (const unsigned char *)t->text + at, end - at);
    }
    return count;
}

/* `row` has b_count + 1 numbers. row[j] is the distance between a[0 … i) and b[0 … j). */
static size_t find_distance(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count, uint64_t *row)
{
    for (size_t j = 0; j <= b_count; j++) row[j] = j;
    for (size_t i = 1; i <= a_count; i++) {
        uint64_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_count; j++) {
            uint64_t least = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < least) least = row[j] + 1;
            if (row[j - 1] + 1 < least) least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return (size_t)row[b_count];
}

ur_status ur_speech_edits(ur_listener *l, const ur_speech_text *said, const ur_speech_text *truth, bool words,
                          size_t *edits, size_t *count, ur_error *error)
{
    size_t room = said->length + 2 * truth->length + 1;
    uint64_t *grown = room > l->edit_room ? realloc(l->edit, 2 * room * sizeof *grown) : l->edit;
    if (!grown) return ur_fail_memory(error, "an evaluation");
    if (room > l->edit_room) l->edit_room = 2 * room;
    l->edit = grown;
    uint64_t *a = grown, *b = a + said->length, *row = b + truth->length;
    size_t (*cut)(const ur_speech_text *, uint64_t *) = words ? cut_words : cut_characters;
    size_t a_count = cut(said, a);
    *count = cut(truth, b);
    *edits = find_distance(a, a_count, b, *count, row);
    return UR_OK;
}
