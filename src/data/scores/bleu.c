/* See bleu.h. BLEU = min(1, exp(1 − reference words / hypothesis words)) · (Π precision of n)^(1/4). */
#include "data/scores/bleu.h"

#include "base/error.h"
#include "base/scalar.h"
#include "base/utf8.h"
#include "data/scores/lower.h"

#include <stdlib.h>
#include <string.h>

/* ---- Words ------------------------------------------------------------------------------------------------------- */

/* A word of any of the texts. */
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

/* White space at the end is left out, as in sacreBLEU. */
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

/* Cuts the texts into words, one text after another in room->text[0], with a space after each text.
 * ends[i] is the end of text i. */
static ur_status cut_texts(ur_score_room *room, bool lower, const ur_field *texts, size_t count, size_t *ends,
                           ur_error *error)
{
    size_t need = 0, used = 0;
    for (size_t i = 0; i < count; i++)
        need += UR_TOKENIZED_GROWS * UR_LOWER_GROWS * texts[i].length + UR_TOKENIZED_MORE;
    UR_TRY(reserve(&room->text[0], &room->text_room[0], need, error));
    UR_TRY(reserve(&room->text[1], &room->text_room[1], 2 * need, error));
    for (size_t i = 0; i < count; i++) {
        char *lowered = room->text[1] + need;
        size_t size = texts[i].length;
        if (lower) size = ur_lower(texts[i].text, size, lowered);
        const char *plain = lower ? lowered : texts[i].text;
        used += ur_tokenize_13a(plain, trim_end(plain, size), room->text[0] + used, room->text[1]);
        ends[i] = used;
        room->text[0][used++] = ' ';
    }
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

/* The number of words in each text. */
static void count_words(const char *begin, const word *words, size_t all, const size_t *ends, size_t *counts,
                        size_t count)
{
    for (size_t i = 0, at = 0; i < count; i++) {
        size_t first = at;
        while (at < all && words[at].text < begin + ends[i]) at++;
        counts[i] = at - first;
    }
}

/* Replaces words by numbers, equal words by equal numbers. */
static ur_status number_words(ur_score_room *room, const size_t *ends, size_t *counts, size_t count, ur_error *error)
{
    size_t most = ends[count - 1] / 2 + 2;
    word *words = malloc(most * sizeof *words);
    uint32_t *symbols = most > room->symbol_room ? realloc(room->symbols, most * sizeof *symbols) : room->symbols;
    if (symbols) room->symbols = symbols;
    if (symbols && most > room->symbol_room) room->symbol_room = most;
    if (!words || !symbols) {
        free(words);
        return ur_fail_memory(error, "a score");
    }
    size_t all = list_words(room->text[0], ends[count - 1] + 1, words); /* a space follows the last text */
    count_words(room->text[0], words, all, ends, counts, count);
    qsort(words, all, sizeof *words, by_text);
    for (size_t i = 0, number = 0; i < all; i++) {
        number += i && by_text(&words[i - 1], &words[i]) != 0;
        symbols[words[i].place] = (uint32_t)number;
    }
    free(words);
    return UR_OK;
}

/* ---- Counts ------------------------------------------------------------------------------------------------------ */

/* The reference length nearest to that of the hypothesis, of two the shorter. */
static size_t find_nearest(const size_t *counts, size_t count)
{
    size_t best = counts[1], away = SIZE_MAX;
    for (size_t i = 1; i < count; i++) {
        size_t here = counts[i] > counts[0] ? counts[i] - counts[0] : counts[0] - counts[i];
        if (here > away || (here == away && counts[i] >= best)) continue;
        best = counts[i];
        away = here;
    }
    return best;
}

ur_status ur_bleu_add_any(ur_bleu *b, ur_score_room *room, bool lower, ur_field written, const ur_field *wanted,
                          size_t count, ur_error *error)
{
    ur_field texts[UR_SEQUENCES_MOST] = {written};
    size_t ends[UR_SEQUENCES_MOST], counts[UR_SEQUENCES_MOST];
    if (count > UR_BLEU_WANTED) count = UR_BLEU_WANTED;
    for (size_t i = 0; i < count; i++) texts[1 + i] = wanted[i];
    UR_TRY(cut_texts(room, lower, texts, count + 1, ends, error));
    UR_TRY(number_words(room, ends, counts, count + 1, error));
    b->words += counts[0];
    b->wanted += find_nearest(counts, count + 1);
    for (size_t n = 1; n <= UR_BLEU_MOST && n <= counts[0]; n++) b->runs[n - 1] += counts[0] - n + 1;
    return ur_grams_share(room, room->symbols, counts, count + 1, UR_BLEU_MOST, b->shared, error);
}

ur_status ur_bleu_add(ur_bleu *b, ur_score_room *room, bool lower, const char *written, size_t written_length,
                      const char *wanted, size_t wanted_length, ur_error *error)
{
    const ur_field text = {wanted, wanted_length};
    return ur_bleu_add_any(b, room, lower, (ur_field){written, written_length}, &text, 1, error);
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
