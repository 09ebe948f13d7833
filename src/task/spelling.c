/* See spelling.h. */
#include "task/spelling.h"

#include "base/room.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- Characters ---------------------------------------------------------------------------------------------------- */

/* A Hangul syllable has the code point U+AC00 + 588·onset + 28·vowel + coda (the Unicode standard, 3.12). Coda 0 means
 * none. */
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

/* Of a longer word, the first half of the buffer keeps the beginning. The second half is a ring buffer for the end. */
static void put_code(uint32_t *code, size_t at, uint32_t value)
{
    enum { HALF = UR_SPELLED_MOST / 2 };
    code[at < HALF ? at : HALF + (at - HALF) % HALF] = value;
}

static void turn_end(uint32_t *code, size_t count)
{
    enum { HALF = UR_SPELLED_MOST / 2 };
    uint32_t end[HALF];
    for (size_t i = 0; i < HALF; i++) end[i] = code[HALF + (count - HALF + i) % HALF];
    memcpy(code + HALF, end, sizeof end);
}

size_t ur_spell(ur_field word, bool jamo, uint32_t code[UR_SPELLED_MOST])
{
    size_t count = 0;
    for (size_t at = 0; at < word.length;) {
        uint32_t value, part[3];
        int size = ur_utf8_decode((const unsigned char *)word.text + at, word.length - at, &value);
        if (size <= 0) break; /* the text was checked before */
        size_t parts = take_apart(value, jamo, part);
        for (size_t i = 0; i < parts; i++) put_code(code, count++, part[i]);
        at += (size_t)size;
    }
    if (count <= UR_SPELLED_MOST) return count;
    turn_end(code, count);
    return UR_SPELLED_MOST;
}

ur_status ur_spell_count(ur_vocabulary *characters, ur_field word, bool jamo, ur_error *error)
{
    uint32_t code[UR_SPELLED_MOST];
    size_t count = ur_spell(word, jamo, code);
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[UR_UTF8_MAX];
        int size = ur_utf8_encode(code[i], bytes);
        if (size > 0) UR_TRY(ur_vocabulary_add(characters, bytes, (size_t)size, NULL, error));
    }
    return UR_OK;
}

bool ur_reads_characters(const ur_model *m, size_t line) { return strcmp(m->spec.lines[line].name, "chars") == 0; }

size_t ur_line_of_words(const ur_model *m)
{
    size_t line = 0;
    while (line + 1 < m->line_count && (!m->lines[line].symbols || ur_reads_characters(m, line))) line++;
    return line;
}

/* ---- A network ----------------------------------------------------------------------------------------------------- */

/* A line that reads ids reads words, unless it is called `chars`. A line `chars` reads characters and must leave one
 * step. */
ur_status ur_spelling_check(const ur_model *m, bool spelled, ur_error *error)
{
    bool words = false, spells = !spelled;
    for (size_t i = 0; i < m->line_count; i++) {
        const ur_line *line = &m->lines[i];
        words = words || (line->symbols && !ur_reads_characters(m, i));
        spells = spells || (line->symbols && ur_reads_characters(m, i) && line->last);
    }
    if (words && spells) return UR_OK;
    if (!words) return ur_fail(error, UR_ERR_USAGE, "network line \"%s\": no line begins with embed or onehot", m->net);
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line \"%s\": characters are read by a line \"chars: embed 32 > lstm 64 bi > last\"; add one, "
        "or set `characters` to none",
        m->net);
}

void ur_spelling_put(ur_net_writing *w, const char *cell)
{
    ur_net_put_line(w, "chars");
    ur_net_put(w, "embed 32 > %s 64 bi > last", cell);
}

ur_status ur_spelling_sizes(const ur_vocabulary *words, const ur_vocabulary *characters, ur_net_request *request,
                            ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_net_parse(request->line, &spec, error));
    for (size_t i = 0; i < spec.line_count; i++) {
        bool spells = characters && strcmp(spec.lines[i].name, "chars") == 0;
        const ur_layer_kind *first = spec.layers[spec.lines[i].first].kind;
        if (!first->reads_ids && !first->joins)
            return ur_fail(error, UR_ERR_USAGE,
                           "network line \"%s\": line %zu takes numbers; those that read words begin with embed, "
                           "onehot or join",
                           request->line, i + 1);
        request->lines[i] = (ur_sizes){.symbols = 0};
        if (first->reads_ids) request->lines[i].symbols = ur_vocabulary_size(spells ? characters : words);
    }
    request->sizes.lines = request->lines;
    return UR_OK;
}

void ur_spelling_give(ur_model *m, ur_vocabulary *words, ur_vocabulary *characters)
{
    bool read = false, spelled = false;
    for (size_t i = 0; i < m->line_count; i++) {
        ur_vocabulary **place = i + 1 == m->line_count ? &m->vocabulary : &m->lines[i].vocabulary;
        bool spells = ur_reads_characters(m, i), *kept = spells ? &spelled : &read;
        if (!m->lines[i].symbols || *kept) continue;
        *kept = true;
        *place = spells ? characters : words;
    }
}

void ur_spelling_take(const ur_model *m, ur_vocabulary **words, ur_vocabulary **characters)
{
    *words = *characters = NULL;
    for (size_t i = 0; i < m->line_count; i++) {
        ur_vocabulary *there = i + 1 == m->line_count ? m->vocabulary : m->lines[i].vocabulary;
        if (there) *(ur_reads_characters(m, i) ? characters : words) = there;
    }
}

/* ---- A batch ------------------------------------------------------------------------------------------------------- */

void ur_spelling_free(ur_spelling *s)
{
    free(s->text);
    free(s->begin);
    free(s->slot);
    free(s->ids);
    free(s->lengths);
    *s = (ur_spelling){0};
}

static ur_status reserve(ur_spelling *s, size_t words, ur_error *error)
{
    size_t slots = 64;
    while (slots < 2 * words) slots *= 2;
    UR_TRY(ur_room_grow(&s->text, words * UR_SPELLED_MOST, sizeof *s->text, error));
    UR_TRY(ur_room_grow(&s->begin, words + 1, sizeof *s->begin, error));
    UR_TRY(ur_room_grow(&s->slot, slots, sizeof *s->slot, error));
    s->room = words;
    s->slots = slots;
    return UR_OK;
}

ur_status ur_spelling_begin(ur_spelling *s, size_t words, ur_error *error)
{
    if (words > s->room) UR_TRY(reserve(s, words, error));
    s->used = s->count = 0;
    s->begin[0] = 0;
    for (size_t i = 0; i < s->slots; i++) s->slot[i] = -1;
    return UR_OK;
}

/* FNV-1a over the ids. */
static size_t hash_ids(const int32_t *ids, size_t count)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < count; i++) hash = (hash ^ (uint32_t)ids[i]) * 0x100000001B3u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of the word that was just put at the end of `text`, or of an equal word. */
static size_t find_slot(const ur_spelling *s, size_t length)
{
    const int32_t *ids = s->text + s->used;
    size_t mask = s->slots - 1, at = hash_ids(ids, length) & mask;
    for (; s->slot[at] >= 0; at = (at + 1) & mask) {
        const uint32_t *begin = s->begin + s->slot[at];
        if (begin[1] - begin[0] == length && memcmp(s->text + begin[0], ids, length * sizeof *ids) == 0) break;
    }
    return at;
}

static int32_t find_character(const ur_spelling *s, uint32_t code)
{
    unsigned char bytes[UR_UTF8_MAX];
    int size = ur_utf8_encode(code, bytes);
    int32_t id = size > 0 ? ur_vocabulary_find(s->characters, bytes, (size_t)size) : -1;
    return id >= 0 ? id : ur_vocabulary_unknown(s->characters);
}

ur_status ur_spelling_add(ur_spelling *s, ur_field word, int32_t *lane, ur_error *error)
{
    uint32_t code[UR_SPELLED_MOST];
    size_t length = ur_spell(word, s->jamo, code);
    if (s->count == s->room) return ur_fail(error, UR_ERR_USAGE, "more words than the batch has");
    for (size_t i = 0; i < length; i++) s->text[s->used + i] = find_character(s, code[i]);
    size_t slot = find_slot(s, length);
    if (s->slot[slot] < 0) {
        s->slot[slot] = (int32_t)s->count++;
        s->used += length;
        s->begin[s->count] = (uint32_t)s->used;
    }
    *lane = s->slot[slot];
    return UR_OK;
}

static ur_status make_room(ur_spelling *s, size_t places, ur_error *error)
{
    if (places > s->places) UR_TRY(ur_room_grow(&s->ids, places, sizeof *s->ids, error));
    if (s->count > s->lanes) UR_TRY(ur_room_grow(&s->lengths, s->count, sizeof *s->lengths, error));
    if (places > s->places) s->places = places;
    if (s->count > s->lanes) s->lanes = s->count;
    return UR_OK;
}

/* Numbers the words anew, longest first. From now on `slot` holds the new number of each word. */
static void sort_words(ur_spelling *s, size_t longest)
{
    size_t next = 0;
    for (size_t length = longest + 1; length-- > 0;)
        for (size_t n = 0; n < s->count; n++)
            if (s->begin[n + 1] - s->begin[n] == length) s->slot[n] = (int32_t)next++;
}

static void put_word(ur_spelling *s, size_t n)
{
    size_t lane = (size_t)s->slot[n], length = s->begin[n + 1] - s->begin[n];
    s->lengths[lane] = (int32_t)length;
    for (size_t i = 0; i < length; i++) s->ids[i * s->count + lane] = s->text[s->begin[n] + i];
}

ur_status ur_spelling_settle(ur_spelling *s, int32_t *lane_of, size_t places, ur_sequences *in, ur_error *error)
{
    size_t longest = 0, steps;
    for (size_t n = 0; n < s->count; n++)
        if (s->begin[n + 1] - s->begin[n] > longest) longest = s->begin[n + 1] - s->begin[n];
    steps = longest ? longest : 1;
    UR_TRY(make_room(s, steps * s->count, error));
    memset(s->ids, 0, steps * s->count * sizeof *s->ids);
    sort_words(s, longest);
    for (size_t n = 0; n < s->count; n++) put_word(s, n);
    for (size_t i = 0; i < places && s->count; i++) lane_of[i] = s->slot[lane_of[i]];
    *in = (ur_sequences){.steps = steps, .lanes = s->count, .ids = s->ids, .lengths = s->lengths};
    return UR_OK;
}
