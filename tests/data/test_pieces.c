/* Byte-pair encoding against a plain version of the algorithm, and texts that are cut into pieces and joined again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/utf8.h"
#include "data/pieces/pieces.h"
#include "data/tokens.h"
#include "support/ok.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t draw(size_t below, uint64_t at)
{
    return (size_t)(ur_random_uniform(5, UR_USE_TEST, at) * (double)below);
}

/* ---- The plain algorithm --------------------------------------------------------------------------------------- */

enum { MOST = 400, LONGEST = 24 };

/* Words as lists of pieces. Everything is counted anew for each merge. */
typedef struct plain {
    int32_t word[MOST][LONGEST];
    size_t length[MOST], words;
    uint64_t times[MOST];
} plain;

static bool is_part(int32_t piece) { return piece >= 0x80 && piece < 256; }

static uint64_t plain_times(const plain *p, int32_t left, int32_t right)
{
    uint64_t times = 0;
    for (size_t w = 0; w < p->words; w++)
        for (size_t i = 0; i + 1 < p->length[w]; i++)
            if (p->word[w][i] == left && p->word[w][i + 1] == right) times += p->times[w];
    return times;
}

/*
 * Finds the most frequent pair of neighbours. Of equally frequent pairs, the one with the smaller left piece wins, then
 * the smaller right piece.
 */
static uint64_t plain_best(const plain *p, int32_t *left, int32_t *right)
{
    uint64_t most = 0;
    for (size_t w = 0; w < p->words; w++)
        for (size_t i = 0; i + 1 < p->length[w]; i++) {
            int32_t a = p->word[w][i], b = p->word[w][i + 1];
            if (is_part(a) || is_part(b)) continue;
            uint64_t times = plain_times(p, a, b);
            bool better = times > most || (times == most && (a < *left || (a == *left && b < *right)));
            if (!better) continue;
            most = times, *left = a, *right = b;
        }
    return most;
}

static void plain_join(plain *p, int32_t left, int32_t right, int32_t piece)
{
    for (size_t w = 0; w < p->words; w++)
        for (size_t i = 0; i + 1 < p->length[w]; i++) {
            if (p->word[w][i] != left || p->word[w][i + 1] != right) continue;
            p->word[w][i] = piece;
            memmove(&p->word[w][i + 1], &p->word[w][i + 2], (--p->length[w] - i - 1) * sizeof(int32_t));
        }
}

/* Follows the learned pieces: each must join the most frequent pair of its time. */
static void follow(const ur_vocabulary *pieces, const ur_vocabulary *words, uint64_t least)
{
    plain p = {0};
    int32_t id = 256, left = 0, right = 0;
    size_t length, a, b;
    for (size_t i = 0; i < ur_vocabulary_size(words); i++) {
        const unsigned char *text = (const unsigned char *)ur_vocabulary_text(words, (int32_t)i, &length);
        for (size_t at = 0; at < length;) {
            uint32_t code;
            size_t size = (size_t)ur_utf8_decode(text + at, length - at, &code);
            int32_t known = ur_vocabulary_find(pieces, text + at, size);
            p.word[p.words][p.length[p.words]++] = known >= 0 ? known : text[at];
            if (known >= 256 && known >= id) id = known + 1; /* the characters' ids come first */
            at += known >= 0 ? size : 1;
        }
        p.times[p.words++] = ur_vocabulary_times(words, (int32_t)i);
    }
    while (plain_best(&p, &left, &right) >= least && (size_t)id < ur_vocabulary_size(pieces)) {
        char joined[256];
        const char *first = ur_vocabulary_text(pieces, left, &a), *second = ur_vocabulary_text(pieces, right, &b);
        memcpy(joined, first, a);
        memcpy(joined + a, second, b);
        int32_t piece = ur_vocabulary_find(pieces, joined, a + b);
        assert_true(piece == id || (piece >= 256 && piece < id)); /* or already made from two other pieces */
        plain_join(&p, left, right, piece);
        id += piece == id;
    }
    assert_int_equal(id, ur_vocabulary_size(pieces));
}

static ur_vocabulary *make_words(size_t count, uint64_t seed, bool turned)
{
    static const char *const parts[] = {"a", "b", "n", "an", "aa", "\xC3\xA4", "\xED\x95\x9C", "\xED\x95\x9D", "s"};
    ur_vocabulary *words;
    ur_error error;
    ok(ur_vocabulary_create(&words, UR_TOKEN_WORD, &error), &error);
    for (size_t k = 0; k < count; k++) {
        size_t i = turned ? count - 1 - k : k;
        char text[64] = " ";
        size_t length = 1 + draw(6, seed + 100 * i);
        for (size_t n = 0; n < length; n++) strcat(text, parts[draw(n ? 9 : 5, seed + 100 * i + 1 + n)]);
        ok(ur_vocabulary_add_times(words, text, strlen(text), 1 + i % 5, NULL, &error), &error);
    }
    return words;
}

static void learns_as_written(void **state)
{
    (void)state;
    ur_error error;
    static const size_t limits[] = {270, 300, 1000};
    for (uint64_t seed = 0; seed < 3; seed++) {
        ur_vocabulary *words = make_words(150, seed << 32, false), *pieces;
        ok(ur_pieces_learn(&pieces, words, limits[seed], 2, &error), &error);
        assert_true(ur_vocabulary_size(pieces) <= limits[seed]);
        follow(pieces, words, 2);
        ur_vocabulary_free(pieces);
        ur_vocabulary_free(words);
    }
}

static void same_in_any_order(void **state)
{
    (void)state;
    ur_error error;
    ur_vocabulary *pieces[2];
    for (int turned = 0; turned < 2; turned++) {
        ur_vocabulary *words = make_words(200, 9, turned);
        ok(ur_pieces_learn(&pieces[turned], words, 320, 2, &error), &error);
        ur_vocabulary_free(words);
    }
    assert_int_equal(ur_vocabulary_size(pieces[0]), ur_vocabulary_size(pieces[1]));
    for (size_t i = 0; i < ur_vocabulary_size(pieces[0]); i++) {
        size_t a, b;
        const char *x = ur_vocabulary_text(pieces[0], (int32_t)i, &a),
                   *y = ur_vocabulary_text(pieces[1], (int32_t)i, &b);
        assert_int_equal(a, b);
        assert_memory_equal(x, y, a);
    }
    ur_vocabulary_free(pieces[0]);
    ur_vocabulary_free(pieces[1]);
}

static void takes_no_small_limit(void **state)
{
    (void)state;
    ur_error error;
    ur_vocabulary *words = make_words(5, 3, false), *pieces;
    assert_int_equal(ur_pieces_learn(&pieces, words, 256, 2, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "a vocabulary of pieces has the 256 bytes first; a limit of 256 is too small");
    assert_null(pieces);
    ur_vocabulary_free(words);
}

/* ---- Texts --------------------------------------------------------------------------------------------------------- */

static const char *const TEXTS[] = {
    "Two young, White males are outside near many bushes.",
    "Zwei junge wei\xC3\x9F\x65 M\xC3\xA4nner sind im Freien \xE2\x80\x9Enah\xE2\x80\x9C.",
    "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 \xED\x95\x9C\xEA\xB5\xAD",
    "  two  blanks ",
    "tabs\tand\r\nbreaks\n",
    "don't 3.5 a-b 'quoted' x''y",
    " ",
    "",
    "a"};
enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS };

static ur_vocabulary *make_vocabulary(const char *token, size_t limit)
{
    ur_vocabulary *v = NULL;
    ur_ids room = {0};
    ur_error error;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        ok(ur_tokens_count(&v, token, TEXTS[i], strlen(TEXTS[i]), &room, &error), &error);
    ur_ids_free(&room);
    ok(ur_tokens_settle(&v, token, limit, 1, &error), &error);
    assert_true(ur_tokens_fit(v));
    return v;
}

static void check_round_trip(const ur_vocabulary *v, const char *text, size_t length)
{
    ur_ids ids = {0};
    ur_written written = {0};
    ur_error error;
    ok(ur_tokens_read(v, text, length, &ids, &error), &error);
    for (size_t i = 0; i < ids.count; i++) {
        assert_true(ids.id[i] > UR_TOKEN_END);
        assert_true((size_t)ids.id[i] < ur_vocabulary_size(v));
    }
    ok(ur_tokens_write(v, ids.id, ids.count, &written, &error), &error);
    assert_int_equal(written.length, length);
    assert_memory_equal(written.text, text, length);
    ur_ids_free(&ids);
    ur_written_free(&written);
}

static void known_texts(void **state)
{
    (void)state;
    static const char *const tokens[] = {"char", "word", "bpe"};
    for (size_t k = 0; k < 3; k++) {
        ur_vocabulary *v = make_vocabulary(tokens[k], 300);
        for (size_t i = 0; i < TEXT_COUNT; i++) check_round_trip(v, TEXTS[i], strlen(TEXTS[i]));
        ur_vocabulary_free(v);
    }
}

/* Any characters but zero, cut into pieces that were learned from other text. */
static void any_text(void **state)
{
    (void)state;
    ur_vocabulary *v = make_vocabulary("bpe", 290);
    static const uint32_t bases[] = {1, 'a', 0x80, 0x3B1, 0xAC00, 0x1F600, 0x10FFF0};
    for (uint64_t n = 0; n < 300; n++) {
        unsigned char text[600];
        size_t length = 0;
        for (size_t i = 0; i < 1 + n % 140; i++)
            length += (size_t)ur_utf8_encode(bases[draw(7, n << 16 | i)] + (uint32_t)draw(16, n << 16 | 1u << 15 | i),
                                             text + length);
        check_round_trip(v, (const char *)text, length);
    }
    ur_vocabulary_free(v);
}

static void unknown_tokens(void **state)
{
    (void)state;
    ur_error error;
    ur_vocabulary *v = make_vocabulary("word", 1000);
    ur_ids ids = {0};
    ur_written written = {0};
    ok(ur_tokens_read(v, "two Zebras.", 11, &ids, &error), &error);
    assert_int_equal(ids.count, 3);
    assert_int_equal(ids.id[1], ur_vocabulary_unknown(v));
    ok(ur_tokens_write(v, ids.id, 3, &written, &error), &error);
    assert_string_equal(written.text, "two\xEF\xBF\xBD.");
    ids.id[1] = UR_TOKEN_END;
    ok(ur_tokens_write(v, ids.id, 3, &written, &error), &error);
    assert_string_equal(written.text, "two");
    ur_vocabulary_free(v);

    v = make_vocabulary("bpe", 300); /* a byte that belongs to no character */
    ok(ur_tokens_write(v, (const int32_t[]){'x', 0xC3, 'y'}, 3, &written, &error), &error);
    assert_string_equal(written.text, "x\xEF\xBF\xBDy");
    ur_vocabulary_free(v);
    ur_ids_free(&ids);
    ur_written_free(&written);
}

static void bad_text(void **state)
{
    (void)state;
    ur_error error;
    ur_ids ids = {0};
    ur_vocabulary *v = make_vocabulary("bpe", 300);
    assert_int_equal(ur_tokens_read(v, "ab\xC3", 3, &ids, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "byte 3: invalid UTF-8; turn the text into UTF-8 first (iconv -t UTF-8)");
    assert_int_equal(ur_tokens_read(v, "a\0b", 3, &ids, &error), UR_ERR_DATA);
    ur_vocabulary_free(v);
    ur_ids_free(&ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_as_written),
        cmocka_unit_test(same_in_any_order),
        cmocka_unit_test(takes_no_small_limit),
        cmocka_unit_test(known_texts),
        cmocka_unit_test(any_text),
        cmocka_unit_test(unknown_tokens),
        cmocka_unit_test(bad_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
