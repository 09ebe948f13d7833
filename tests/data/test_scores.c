/* BLEU and chrF against sacreBLEU, and lower case against Python (golden/make_scores.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "data/cursor.h"
#include "data/scores/bleu.h"
#include "data/scores/chrf.h"
#include "data/scores/lower.h"
#include "support/ok.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *golden;

static void check_number(const json_t *set, const char *name, double value)
{
    double expected = json_real_value(json_object_get(set, name));
    if (!(fabs(value - expected) <= 1e-9)) fail_msg("%s %.12g; sacreBLEU says %.12g", name, value, expected);
}

static void check_case(const json_t *set)
{
    ur_bleu bleu[2] = {{0}};
    ur_chrf chrf = {.written = {0}};
    ur_score_room room = {0};
    ur_error error;
    const json_t *written = json_object_get(set, "written"), *wanted = json_object_get(set, "wanted");
    assert_true(json_array_size(wanted) > 0);
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        const char *a = json_string_value(json_array_get(written, i)),
                   *b = json_string_value(json_array_get(wanted, i));
        for (int lower = 0; lower < 2; lower++)
            ok(ur_bleu_add(&bleu[lower], &room, lower, a, strlen(a), b, strlen(b), &error), &error);
        ok(ur_chrf_add(&chrf, &room, a, strlen(a), b, strlen(b), &error), &error);
    }
    check_number(set, "bleu", ur_bleu_score(&bleu[0]));
    check_number(set, "bleu_lower", ur_bleu_score(&bleu[1]));
    check_number(set, "chrf", ur_chrf_score(&chrf));
    ur_score_room_free(&room);
}

static void scores_of_texts(void **state)
{
    (void)state;
    const json_t *cases = json_object_get(golden, "cases");
    assert_true(json_array_size(cases) > 10);
    for (size_t i = 0; i < json_array_size(cases); i++) check_case(json_array_get(cases, i));
}

/* Each text is scored against several references. */
static void check_any(const json_t *set)
{
    ur_bleu bleu = {0};
    ur_score_room room = {0};
    ur_error error;
    const json_t *written = json_object_get(set, "written"), *wanted = json_object_get(set, "wanted");
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        ur_field text[4], mine = {json_string_value(json_array_get(written, i)), 0};
        const json_t *texts = json_array_get(wanted, i);
        size_t count = json_array_size(texts);
        assert_in_range(count, 1, 4);
        for (size_t k = 0; k < count; k++) {
            text[k].text = json_string_value(json_array_get(texts, k));
            text[k].length = strlen(text[k].text);
        }
        mine.length = strlen(mine.text);
        ok(ur_bleu_add_any(&bleu, &room, false, mine, text, count, &error), &error);
    }
    check_number(set, "bleu", ur_bleu_score(&bleu));
    ur_score_room_free(&room);
}

static void any_text_will_do(void **state)
{
    (void)state;
    const json_t *sets = json_object_get(golden, "any");
    assert_int_equal(json_array_size(sets), 2);
    for (size_t i = 0; i < 2; i++) check_any(json_array_get(sets, i));
}

static void nothing_to_score(void **state)
{
    (void)state;
    assert_true(ur_bleu_score(&(ur_bleu){0}) == 0);
    assert_true(ur_chrf_score(&(ur_chrf){.written = {0}}) == 0);
}

static void small_letters(void **state)
{
    (void)state;
    uint64_t hash = UR_HASH_START;
    char text[32];
    for (uint32_t code = 0; code < 0x110000; code++) {
        unsigned char bytes[UR_UTF8_MAX];
        int size = ur_utf8_encode(code, bytes);
        if (size <= 0) continue;
        size_t length = ur_lower((const char *)bytes, (size_t)size, text);
        assert_true(length <= UR_LOWER_GROWS * (size_t)size);
        hash = ur_hash_bytes(hash, (const unsigned char *)text, length);
    }
    snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    assert_string_equal(text, json_string_value(json_object_get(golden, "lower")));
    assert_int_equal(ur_lower("A\xC3", 2, text), 2); /* not UTF-8: stays as it is */
    assert_memory_equal(text, "a\xC3", 2);
}

/* Texts of punctuation alone grow the most. */
static void room_is_enough(void **state)
{
    (void)state;
    static const char marks[] = ".,!9-\n&;\xC3\x84 ";
    for (unsigned seed = 0; seed < 2000; seed++) {
        char text[64], *out = malloc(UR_TOKENIZED_GROWS * 60 + UR_TOKENIZED_MORE),
                       *work = malloc(UR_TOKENIZED_GROWS * 60 + UR_TOKENIZED_MORE);
        assert_true(out && work);
        for (unsigned i = 0, x = seed * 2654435761u; i < 60; i++, x = x * 1664525u + 1013904223u)
            text[i] = marks[(x >> 24) % (seed % (sizeof marks - 1) + 1)];
        size_t length = ur_tokenize_13a(text, 60, out, work); /* the address sanitizer checks the buffers */
        assert_true(length <= UR_TOKENIZED_GROWS * 60 + UR_TOKENIZED_MORE);
        free(out);
        free(work);
    }
}

static int set_up(void **state)
{
    (void)state;
    char path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/scores.json", getenv("UNROLL_GOLDEN"));
    golden = json_load_file(path, 0, &error);
    return golden ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(golden);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_of_texts), cmocka_unit_test(any_text_will_do), cmocka_unit_test(nothing_to_score),
        cmocka_unit_test(small_letters),   cmocka_unit_test(room_is_enough),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
