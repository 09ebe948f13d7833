/* See bleu.h. BLEU = min(1, exp(1 − wanted/written)) · (Π precision of n)^(1/4). */
#include "data/scores/bleu.h"

#include "base/error.h"
#include "base/scalar.h"
#include "base/utf8.h"
#include "data/scores/lower.h"

#include <stdlib.h>
#include <string.h>

/* ---- Words --------------------------------------------------------------------------------------------------------- */

/* A word of either text. */
typedef struct word {
    const char *text;
    size_t length, place;
} word;

static ur_status reserve(char **text, size_t *room, size_t bytes, ur_error *error)
{
    if (bytes <= *room) return UR_OK;
    char *grown = realloc(*text, 2 * bytes);
    if (!grown) return ur_fail_memory(error, "a score");
    *text = grown;
    *room = 2 * bytes;
    return UR_OK;
}

/* White space at the end is left out, as there. */
static size_t trim_end(const char *text, size_t length)
{
    for (size_t end = length; end > 0;) {
        uint32_t code;
        size_t at = end - 1;
        while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
        int size = ur_utf8_decode((const unsigned char *)text + at, end - at, &code);
        if (size <= 0 || !ur_is_space(code)) return end;
        end = at;
    }
    return 0;
}

/* Two texts, cut, in room->text[0], one behind the other with blanks between all words. *first: bytes of the first. */
static ur_status cut_texts(ur_score_room *room, bool lower, const char *const text[2], const size_t length[2],
                           size_t *first, size_t *all, ur_error *error)
{
    size_t need = UR_TOKENIZED_GROWS * UR_LOWER_GROWS * (length[0] + length[1]) + 2 * UR_TOKENIZED_MORE, used = 0;
    UR_TRY(reserve(&room->text[0], &room->text_room[0], need, error));
    UR_TRY(reserve(&room->text[1], &room->text_room[1], 2 * need, error));
    for (int side = 0; side < 2; side++) {
        char *lowered = room->text[1] + need;
        size_t size = length[side];
        if (lower) size = ur_lower(text[side], size, lowered);
        const char *plain = lower ? lowered : text[side];
        used += ur_tokenize_13a(plain, trim_end(plain, size), room->text[0] + used, room->text[1]);
        if (side == 0) *first = used;
        room->text[0][used++] = ' ';
    }
    *all = used;
    return UR_OK;
}

static size_t list_words(const char *text, size_t length, word *words)
{
    size_t count = 0;
    for (size_t at = 0; at < length;) {
        const char *blank = memchr(text + at, ' ', length - at);
        size_t size = (size_t)(blank - (text + at));
        if (size) words[count] = (word){text + at, size, count};
        count += size > 0;
        at += size + 1;
    }
    return count;
}

static int by_text(const void *x, const void *y)
{
    const word *a = x, *b = y;
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Equal words get equal numbers. */
static ur_status number_words(ur_score_room *room, size_t first, size_t all, size_t *written, size_t *count,
                              ur_error *error)
{
    size_t most = all / 2 + 1;
    word *words = malloc(most * sizeof *words);
    uint32_t *symbols = most > room->symbol_room ? realloc(room->symbols, most * sizeof *symbols) : room->symbols;
    if (symbols) room->symbols = symbols;
    if (symbols && most > room->symbol_room) room->symbol_room = most;
    if (!words || !symbols) {
        free(words);
        return ur_fail_memory(error, "a score");
    }
    *count = list_words(room->text[0], all, words);
    for (*written = 0; *written < *count && words[*written].text < room->text[0] + first;) ++*written;
    qsort(words, *count, sizeof *words, by_text);
    for (size_t i = 0, number = 0; i < *count; i++) {
        number += i && by_text(&words[i - 1], &words[i]) != 0;
        symbols[words[i].place] = (uint32_t)number;
    }
    free(words);
    return UR_OK;
}

/* ---- Counts -------------------------------------------------------------------------------------------------------- */

ur_status ur_bleu_add(ur_bleu *b, ur_score_room *room, bool lower, const char *written, size_t written_length,
                      const char *wanted, size_t wanted_length, ur_error *error)
{
    const char *const text[2] = {written, wanted};
    const size_t length[2] = {written_length, wanted_length};
    size_t first = 0, all = 0, words = 0, count = 0;
    UR_TRY(cut_texts(room, lower, text, length, &first, &all, error));
    UR_TRY(number_words(room, first, all, &words, &count, error));
    b->words += words;
    b->wanted += count - words;
    for (size_t n = 1; n <= UR_BLEU_MOST && n <= words; n++) b->runs[n - 1] += words - n + 1;
    return ur_grams_share(room, room->symbols, words, room->symbols + words, count - words, UR_BLEU_MOST, b->shared,
                          error);
}

double ur_bleu_score(const ur_bleu *b)
{
    double penalty = b->words < b->wanted ? ur_exp(1 - (double)b->wanted / (double)b->words) : 1, logs = 0, smooth = 1;
    uint64_t any = 0;
    for (size_t n = 0; n < UR_BLEU_MOST; n++) any += b->shared[n];
    if (!any) return 0;
    for (size_t n = 0; n < UR_BLEU_MOST; n++) {
        if (!b->runs[n]) return 0;
        if (!b->shared[n]) smooth *= 2;
        double matches = b->shared[n] ? (double)b->shared[n] : 1 / smooth;
        logs += ur_log(100 * matches / (double)b->runs[n]);
    }
    return penalty * ur_exp(logs / UR_BLEU_MOST);
}
