/* A word as the network reads it: its id, its characters, its label. */
#include "task/tag/tag.h"

#include "base/utf8.h"

#include <string.h>

size_t ur_tag_plain(const ur_tag *c, ur_field word, char *plain)
{
    bool lower = !c->settings.keep_case && c->characters;
    if (word.length > UR_TAG_WORD_BYTES) return 0;
    for (size_t i = 0; i < word.length; i++) {
        char byte = word.text[i];
        plain[i] = lower && byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
    }
    return word.length;
}

int32_t ur_tag_word(const ur_tag *c, ur_field word)
{
    char plain[UR_TAG_WORD_BYTES];
    size_t length = ur_tag_plain(c, word, plain);
    int32_t id = length ? ur_vocabulary_find(c->words, plain, length) : -1;
    return id >= 0 ? id : ur_vocabulary_unknown(c->words);
}

/* ---- Characters ---------------------------------------------------------------------------------------------------- */

/* A syllable of Hangul is 588·onset + 28·vowel + coda behind U+AC00 (the Unicode standard, 3.12); coda 0: none. */
static size_t take_apart(uint32_t code, bool jamo, uint32_t part[3])
{
    uint32_t syllable = code - 0xAC00;
    part[0] = code;
    if (!jamo || code < 0xAC00 || syllable >= 11172) return 1;
    part[0] = 0x1100 + syllable / 588;
    part[1] = 0x1161 + syllable % 588 / 28;
    part[2] = 0x11A7 + syllable % 28;
    return syllable % 28 ? 3 : 2;
}

/* Of a longer word the beginning stays in the first half of the room, the end goes round in the second. */
static void put_code(uint32_t *code, size_t at, uint32_t value)
{
    enum { HALF = UR_TAG_CHARACTERS / 2 };
    code[at < HALF ? at : HALF + (at - HALF) % HALF] = value;
}

static void turn_end(uint32_t *code, size_t count)
{
    enum { HALF = UR_TAG_CHARACTERS / 2 };
    uint32_t end[HALF];
    for (size_t i = 0; i < HALF; i++) end[i] = code[HALF + (count - HALF + i) % HALF];
    memcpy(code + HALF, end, sizeof end);
}

size_t ur_tag_spell(ur_field word, bool jamo, uint32_t code[UR_TAG_CHARACTERS])
{
    size_t count = 0;
    for (size_t at = 0; at < word.length;) {
        uint32_t value, part[3];
        int size = ur_utf8_decode((const unsigned char *)word.text + at, word.length - at, &value);
        if (size <= 0) break; /* checked before */
        size_t parts = take_apart(value, jamo, part);
        for (size_t i = 0; i < parts; i++) put_code(code, count++, part[i]);
        at += (size_t)size;
    }
    if (count <= UR_TAG_CHARACTERS) return count;
    turn_end(code, count);
    return UR_TAG_CHARACTERS;
}

/* ---- Labels -------------------------------------------------------------------------------------------------------- */

int32_t ur_tag_label(const ur_tag_head *head, const ur_conllu_word *word)
{
    ur_field label = word->field[head->field];
    if (label.length == 1 && label.text[0] == '_') return -1;
    int32_t id = ur_vocabulary_find(head->labels, label.text, label.length);
    return id >= 0 ? id : UR_TAG_UNSEEN;
}
