/*
 * Translation: it learns in seconds, and gives the same in batches of any size, from a file, and with the decoder's own
 * tokens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "support/ok.h"
#include "support/run.h"
#include "task/translate/translate.h"
#include "unroll_generate.h"
#include "unroll_train.h"

#include <jansson.h>
#include <math.h>

static scratch place;

/* ---- Helpers ------------------------------------------------------------------------------------------------------- */

static unsigned next_number(unsigned *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 16;
}

/* Writes letters, and the same letters again or reversed. */
static void write_letters(const char *path, size_t pairs, bool turned, unsigned seed)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < pairs; i++) {
        char text[8] = "";
        size_t length = 1 + next_number(&seed) % 4;
        for (size_t k = 0; k < length; k++) text[k] = (char)('a' + next_number(&seed) % 4);
        fprintf(file, "%s\t", text);
        for (size_t k = 0; k < length; k++) fputc(text[turned ? length - 1 - k : k], file);
        fputc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
}

static ur_settings *make_settings(const char *data, const char *line)
{
    ur_settings *settings;
    ur_error error;
    ok(ur_settings_create(&settings, "translate", &error), &error);
    ok(ur_settings_add_data(settings, data, &error), &error);
    set_more(settings,
             "--token char --batch 32 --lr 0.01 --token-dropout 0 --label-smoothing 0 --average 0 "
             "--weight-decay 0 --threads 1 --eval-every 600 %s",
             line);
    return settings;
}

/* Trains a model into the scratch folder. */
static void train(const char *data, const char *line, const char *run)
{
    ur_settings *settings = make_settings(data, line);
    ur_trainer *trainer;
    ur_error error;
    set_one(settings, "output", in_scratch(&place, run));
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    ok(train_to_end(trainer, &error), &error);
    ur_trainer_free(trainer);
    ur_settings_free(settings);
}

static ur_model *load(const char *run)
{
    char path[512];
    ur_model *model;
    ur_error error;
    assert_true(snprintf(path, sizeof path, "%s/model.safetensors", in_scratch(&place, run)) < (int)sizeof path);
    ok(ur_model_load(&model, path, NULL, &error), &error);
    return model;
}

/* Returns what `unroll eval --json` prints. */
static json_t *judge(ur_model *model, const char *data, const char *line)
{
    ur_settings *settings;
    char *text;
    ur_error error;
    ok(ur_settings_of_model(&settings, model, &error), &error);
    ok(ur_settings_add_data(settings, data, &error), &error);
    set_more(settings, "%s", line);
    ok(ur_judge(model, settings, &text, &error), &error);
    json_t *result = json_loads(text, 0, NULL);
    assert_non_null(result);
    free(text);
    ur_settings_free(settings);
    return result;
}

static double number(const json_t *result, const char *name)
{
    const json_t *value = json_object_get(result, name);
    if (!json_is_number(value)) fail_msg("there is no %s", name);
    return json_number_value(value);
}

static ur_status keep(void *context, const char *bytes, size_t size, ur_error *error)
{
    (void)error;
    strncat(context, bytes, size);
    return UR_OK;
}

/* Appends the answers to the lines one after another. */
static void answer(ur_model *model, const char *line, const char *const *items, size_t count, char *text)
{
    ur_settings *settings;
    ur_answerer *answerer;
    ur_error error;
    const ur_sink sink = {keep, text};
    text[0] = 0;
    ok(ur_settings_of_model(&settings, model, &error), &error);
    set_more(settings, "%s", line);
    ok(ur_answerer_create(&answerer, model, settings, false, &error), &error);
    for (size_t i = 0; i < count; i++) ok(ur_answer(answerer, items[i], strlen(items[i]), &sink, &error), &error);
    ok(ur_answer(answerer, NULL, 0, &sink, &error), &error);
    ur_answerer_free(answerer);
    ur_settings_free(settings);
}

/* ---- Learning -------------------------------------------------------------------------------------------------- */

#define PLAIN   "--net 'encoder: onehot > gru 32 bi; decoder: onehot > gru 64 from encoder > dense'"
#define ATTENDS "--net 'encoder: onehot > gru 16 bi; decoder: onehot > gru 32 from encoder > attend encoder 32 > dense'"

static void learns_all(const char *run, bool turned, const char *line)
{
    char data[512], unseen[512], text[256];
    snprintf(data, sizeof data, "%s", in_scratch(&place, "data.tsv"));
    snprintf(unseen, sizeof unseen, "%s", in_scratch(&place, "unseen.tsv"));
    write_letters(data, 3000, turned, 1);
    write_letters(unseen, 200, turned, 2);
    train(data, line, run);
    ur_model *model = load(run);
    json_t *result = judge(model, unseen, "");
    assert_int_equal(number(result, "sentences"), 200);
    if (number(result, "exact") != 1) fail_msg("%s: exact %g", run, number(result, "exact"));
    assert_true(fabs(number(result, "chrf") - 100) < 1e-9);
    assert_true(number(result, "own_loss") < 0.1);
    answer(model, "", (const char *const[]){"abca", "", " aab ", "c"}, 4, text);
    assert_string_equal(text, turned ? "acba\n\nbaa\nc\n" : "abca\n\naab\nc\n");
    json_decref(result);
    ur_model_free(model);
}

static void copies(void **state)
{
    (void)state;
    learns_all("copy", false, "--steps 1000 " PLAIN);
}

static void reverses(void **state)
{
    (void)state;
    learns_all("reverse", true, "--steps 1000 " PLAIN);
}

static void reverses_with_attention(void **state)
{
    (void)state;
    learns_all("attend", true, "--steps 600 --joint no " ATTENDS);
}

static void learns_from_its_own(void **state)
{
    (void)state;
    learns_all("half", false, "--steps 1000 --teacher-forcing 0.5 --forcing-steps 200 " PLAIN);
}

/* ---- Equal results --------------------------------------------------------------------------------------------- */

/* A text gives the same alone and in batches. Padding does not count. */
static void alone_as_in_batches(void **state)
{
    (void)state;
    ur_model *model = load("half");
    const char *unseen = in_scratch(&place, "unseen.tsv");
    json_t *one = judge(model, unseen, "--batch 1"), *many = judge(model, unseen, "--batch 7");
    static const char *const names[] = {"chrf", "exact", "loss", "own_loss", "tokens"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        double a = number(one, names[i]), b = number(many, names[i]);
        if (!(fabs(a - b) <= 1e-6 * fabs(a))) fail_msg("%s: %.9g alone, %.9g in batches", names[i], a, b);
    }
    json_decref(one);
    json_decref(many);
    ur_model_free(model);
}

/* Unknown tokens of a target do not count. Here two letters and the end token do. */
static void unknown_targets_do_not_count(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", in_scratch(&place, "unknown.tsv"));
    put(path, "ab\taxb\n");
    ur_model *model = load("half");
    json_t *result = judge(model, path, "");
    assert_int_equal(number(result, "tokens"), 3);
    json_decref(result);
    ur_model_free(model);
}

/* Lines that are answered together: each gives the answer that it gives alone, to the last digit. */
static void together_as_alone(void **state)
{
    (void)state;
    char alone[512], together[512];
    ur_model *model = load("attend");
    static const char *const lines[] = {"abc", "d", "", "cab", "ddab", "a"};
    answer(model, "--n-best 2 --beam 3", lines, 6, alone);
    answer(model, "--n-best 2 --beam 3 --at-once 4", lines, 6, together);
    assert_string_equal(together, alone);
    ur_model_free(model);
}

static void several_answers(void **state)
{
    (void)state;
    char text[512], best[64];
    ur_model *model = load("copy");
    answer(model, "--beam 1 --length-power 0", (const char *const[]){"abc"}, 1, best);
    answer(model, "--beam 4 --n-best 3 --length-power 0", (const char *const[]){"abc"}, 1, text);
    double before = 0;
    char *line = text;
    for (int i = 0; i < 3; i++, line = strchr(line, '\n') + 1) {
        double log_probability = strtod(line, NULL);
        assert_true(log_probability <= before || i == 0);
        before = log_probability;
        if (i == 0) assert_memory_equal(strchr(line, ' ') + 2, best, strlen(best));
    }
    assert_string_equal(line, "\n");
    ur_model_free(model);
}

/* The file keeps the pieces: the loaded model reads and writes as before. */
static void pieces_are_kept(void **state)
{
    (void)state;
    char data[512], text[512];
    snprintf(data, sizeof data, "%s", in_scratch(&place, "words.tsv"));
    FILE *file = fopen(data, "w");
    assert_non_null(file);
    for (int i = 0; i < 40; i++)
        fprintf(file, "%s %d\t%s %d!\n", i % 2 ? "größer" : "한국", i, i % 2 ? "taller" : "Korea", i);
    fclose(file);
    train(data, "--token bpe --vocab-limit 300 --hidden 16 --embed 8 --steps 3 --val-fraction 0", "pieces");
    ur_model *model = load("pieces");
    json_t *result = judge(model, data, "--beam 1 --max-length 8");
    assert_int_equal(number(result, "sentences"), 40);
    assert_int_equal(ur_vocabulary_kind(model->vocabulary), UR_TOKEN_PIECE);
    assert_true(ur_tokens_fit(model->vocabulary));
    assert_true(ur_vocabulary_find(model->vocabulary, " taller", 7) > 255);
    answer(model, "--beam 2 --max-length 4", (const char *const[]){"größer 7 \xF0\x9F\x98\x80"}, 1, text);
    json_decref(result);
    ur_model_free(model);
}

/* ---- The schedule -------------------------------------------------------------------------------------------------- */

static void the_share_falls(void **state)
{
    (void)state;
    ur_translate c = {.settings = {.teacher_forcing = 0.25, .forcing_steps = 100}};
    assert_true(ur_translate_share(&c, 0) == 1);
    assert_true(fabs(ur_translate_share(&c, 50) - 0.625) < 1e-12);
    assert_true(ur_translate_share(&c, 100) == 0.25);
    assert_true(ur_translate_share(&c, 1000000) == 0.25);
    c.settings = (ur_translate_settings){.teacher_forcing = 1};
    assert_true(ur_translate_share(&c, 0) == 1);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(place.root, "/dev/shm/unroll-test-XXXXXX"); /* in memory, because nothing of the disk is tested */
    return mkdtemp(place.root) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),
        cmocka_unit_test(reverses),
        cmocka_unit_test(reverses_with_attention),
        cmocka_unit_test(learns_from_its_own),
        cmocka_unit_test(alone_as_in_batches),
        cmocka_unit_test(unknown_targets_do_not_count),
        cmocka_unit_test(together_as_alone),
        cmocka_unit_test(several_answers),
        cmocka_unit_test(pieces_are_kept),
        cmocka_unit_test(the_share_falls),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
