/*
 * The parts of a tagger: how text is cut, how words are spelled and how spans are counted. Batches have similar numbers
 * of words. A sentence gets the same bits alone and among others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "support/numbers.h"
#include "support/ok.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "task/tag/tag.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

/* ---- Text ---------------------------------------------------------------------------------------------------------- */

/* `cuts`: the text, with | between words that no blank separates. */
static void check_cuts(const char *cuts)
{
    char text[256], got[512];
    size_t length = 0, out = 0;
    for (const char *c = cuts; *c; c++)
        if (*c != '|') text[length++] = *c;
    for (size_t at = 0; at < length;) {
        size_t size = ur_tag_cut(text + at, length - at);
        assert_true(size > 0 && size <= length - at);
        memcpy(got + out, text + at, size);
        out += size;
        at += size;
        if (at == length) break;
        got[out++] = text[at] == ' ' ? ' ' : '|';
        at += text[at] == ' ';
    }
    got[out] = 0;
    assert_string_equal(got, cuts);
}

static void text_is_cut(void **state)
{
    (void)state;
    check_cuts("Hello|, world|!");
    check_cuts("don't stop|...|!!");
    check_cuts("(|U.S.|)|, e.g. a.m.|: Ph.D.");
    check_cuts("It costs $3.50|. Or 3|.");
    check_cuts("see http://a.b/c|, a-b and example.com|.");
    check_cuts("-5 .5 -|x --|x -");
    check_cuts("\"|quoted|\" '|tis|'");
    check_cuts("한국어|。 값|、 「|말|」 “|so|”|…");
    check_cuts(".");
}

/* ---- Words --------------------------------------------------------------------------------------------------------- */

static void check_spelling(const char *word, bool jamo, const char *expected)
{
    uint32_t code[UR_SPELLED_MOST];
    char got[256] = "";
    size_t count = ur_spell((ur_field){word, strlen(word)}, jamo, code);
    assert_true(count <= UR_SPELLED_MOST);
    for (size_t i = 0; i < count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), code[i] < 128 ? "%c" : "<%04X>", (unsigned)code[i]);
    assert_string_equal(got, expected);
}

static void words_are_spelled(void **state)
{
    (void)state;
    check_spelling("cat", false, "cat");
    check_spelling("값", false, "<AC12>");
    check_spelling("값a나", true, "<1100><1161><11B9>a<1102><1161>");
    check_spelling("힣", true, "<1112><1175><11C2>");
    check_spelling("abcdefghijklmnopqrstuvwx", false, "abcdefghijklmnopqrstuvwx");
    check_spelling("abcdefghijklmnopqrstuvwxy", false, "abcdefghijklnopqrstuvwxy");
    check_spelling("abcdefghijklmnopqrstuvwxyz0123456789", false, "abcdefghijklyz0123456789");
}

/* ---- Spans --------------------------------------------------------------------------------------------------------- */

static ur_vocabulary *vocabulary_of(const char *const *texts, size_t count)
{
    ur_vocabulary *v;
    ur_error error;
    ok(ur_vocabulary_create(&v, UR_TOKEN_WHOLE, &error), &error);
    for (size_t i = 0; i < count; i++) ok(ur_vocabulary_add(v, texts[i], strlen(texts[i]), NULL, &error), &error);
    ur_vocabulary_seal(v, false);
    return v;
}

static void spans_are_counted(void **state)
{
    (void)state;
    static const char *const labels[] = {"O", "B-X", "I-X", "B-Y", "I-Y"}, *const tags[] = {"NOUN", "B-X", "O"};
    enum { O, BX, IX, BY, IY, U = UR_TAG_UNSEEN };
    static const struct {
        int32_t there[5], taken[5];
        size_t spans_there, spans_taken, right;
    } cases[] = {
        {{O, BX, IX, O, O}, {O, BX, IX, O, O}, 1, 1, 1},   {{O, BX, IX, O, O}, {O, BX, O, O, O}, 1, 1, 0},
        {{BX, IX, IX, O, O}, {BX, BX, IX, O, O}, 1, 2, 0}, {{BX, BX, O, O, IX}, {BX, BX, O, O, BX}, 3, 3, 3},
        {{BX, IY, O, O, O}, {BX, BY, O, O, O}, 2, 2, 2},   {{BX, IX, O, O, O}, {BY, IY, O, O, O}, 1, 1, 0},
        {{U, O, O, O, IY}, {O, O, O, O, BY}, 2, 1, 1},     {{-1, IX, O, O, O}, {O, IX, O, O, O}, 1, 1, 1},
    };
    ur_vocabulary *v = vocabulary_of(labels, 5), *other = vocabulary_of(tags, 3);
    assert_true(ur_spans_look(v));
    assert_false(ur_spans_look(other));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ur_tag_count t = {0};
        ur_spans_count(v, cases[i].there, cases[i].taken, 5, 1, &t);
        assert_int_equal(t.spans_there, cases[i].spans_there);
        assert_int_equal(t.spans_taken, cases[i].spans_taken);
        assert_int_equal(t.spans_right, cases[i].right);
    }
    ur_vocabulary_free(v);
    ur_vocabulary_free(other);
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

static ur_trainer *open_trainer(const char *more)
{
    ur_trainer *t;
    ur_error error;
    ur_settings *settings = small_task("tag", place.root);
    set_more(settings, "%s", more);
    ok(ur_trainer_create(&t, settings, &error), &error);
    ur_settings_free(settings);
    return t;
}

/* Every sentence occurs once per epoch, and no batch has many more words than another. */
static void batches_have_equal_words(void **state)
{
    (void)state;
    ur_trainer *t = open_trainer("--batch 4");
    const ur_tag *c = t->data;
    size_t words = 0, all = 0, most = 0, sentences = 0;
    uint64_t count = t->task->batches(t->data, UR_PART_TRAIN, 3);
    for (size_t i = 0; i < c->part[UR_PART_TRAIN].count; i++) all += c->part[UR_PART_TRAIN].words[i];
    for (uint64_t i = 0; i < count; i++) {
        ur_task_batch batch = {0};
        ur_error error;
        size_t here = 0;
        ok(t->task->batch(t->data, UR_PART_TRAIN, 3, i, &batch, &error), &error);
        for (size_t b = 0; b < batch.network.input[1].lanes; b++) here += (size_t)batch.network.input[1].lengths[b];
        sentences += batch.network.input[1].lanes;
        words += here;
        most = here > most ? here : most;
    }
    assert_int_equal(words, all);
    assert_int_equal(sentences, c->part[UR_PART_TRAIN].count);
    assert_true(most < 2 * all / (size_t)count);
    ur_trainer_free(t);
}

/* Each different word of a batch is spelled once, and every place takes the lane that spells its word. */
static void words_are_spelled_once(void **state)
{
    (void)state;
    ur_trainer *t = open_trainer("");
    ur_tag *c = t->data;
    ur_task_batch batch = {0};
    ur_error error;
    ok(t->task->batch(t->data, UR_PART_VALIDATION, 0, 0, &batch, &error), &error);
    const ur_sequences *chars = &batch.network.input[0], *words = &batch.network.input[1];
    for (size_t a = 0; a < chars->lanes; a++)
        for (size_t b = 0; b < a; b++) {
            bool same = chars->lengths[a] == chars->lengths[b];
            for (int32_t s = 0; same && s < chars->lengths[a]; s++)
                same = chars->ids[(size_t)s * chars->lanes + a] == chars->ids[(size_t)s * chars->lanes + b];
            assert_false(same);
        }
    const ur_tag_part *p = &c->part[UR_PART_VALIDATION];
    ok(ur_conllu_read(p->set, p->sentence[p->order.place[0]], &c->sentence, &error), &error);
    for (size_t k = 0; k < c->sentence.count; k++) {
        ur_field form = c->sentence.word[k].field[UR_CONLLU_FORM];
        size_t lane = (size_t)words->lane_of[k * words->lanes];
        assert_int_equal(chars->lengths[lane], form.length);
        for (size_t i = 0; i < form.length; i++)
            assert_int_equal(chars->ids[i * chars->lanes + lane], ur_vocabulary_find(c->characters, form.text + i, 1));
    }
    ur_trainer_free(t);
}

/* Compares the outputs of the last line for every sentence of the validation set, alone and in its batch. */
static void a_sentence_alone(void **state)
{
    (void)state;
    ur_trainer *t = open_trainer("");
    ur_tag *c = t->data;
    ur_task_batch batch = {0};
    ur_batch one;
    ur_error error;
    ok(t->task->batch(t->data, UR_PART_VALIDATION, 0, 0, &batch, &error), &error);
    const ur_sequences in = batch.network.input[1];
    size_t width = ur_model_outputs(t->model), lanes = in.lanes;
    int32_t *lengths = zeros(lanes, sizeof *lengths);
    real *all = zeros(in.steps * lanes * width, sizeof(real)), *alone = zeros(in.steps * width, sizeof(real));
    memcpy(lengths, in.lengths, lanes * sizeof *lengths);
    ok(ur_predict(t->learner, &batch.network, all, &error), &error);
    assert_true(lanes > 3);
    for (size_t b = 0; b < lanes; b++) {
        const ur_tag_part *p = &c->part[UR_PART_VALIDATION];
        ok(ur_conllu_read(p->set, p->sentence[p->order.place[b]], &c->sentence, &error), &error);
        assert_int_equal(c->sentence.count, lengths[b]);
        ok(ur_tag_batch_sentence(c, &one, &error), &error);
        ok(ur_predict(t->learner, &one, alone, &error), &error);
        for (size_t s = 0; s < c->sentence.count; s++)
            assert_same("alone", alone + s * width, all + (s * lanes + b) * width, width);
    }
    free(lengths);
    free(all);
    free(alone);
    ur_trainer_free(t);
}

/* Counts the right labels. Each sentence has one word, and is a batch of its own. */
static size_t count_right(ur_trainer *t, size_t sentences)
{
    ur_tag *c = t->data;
    ur_batch batch;
    ur_error error;
    size_t right = 0;
    for (size_t i = 0; i < sentences; i++) {
        int32_t label;
        ok(ur_conllu_read(c->set, i, &c->sentence, &error), &error);
        ok(ur_tag_batch_sentence(c, &batch, &error), &error);
        ok(ur_predict_labels(t->learner, &batch, 1, &label, &error), &error);
        right += label == c->head[0].there[0];
    }
    return right;
}

/*
 * There are so many labels that the softmax of the last layer is made in parts. An evaluation needs all outputs
 * nevertheless.
 */
static void many_labels(void **state)
{
    (void)state;
    enum { LABELS = 1100 };
    char *json, expected[64];
    const char *path = in_scratch(&place, "many.conllu");
    ur_settings *settings;
    ur_trainer *t;
    ur_error error;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < LABELS; i++) fprintf(file, "1\tw%d\tl%d\tX\t_\t_\t_\t_\t_\t_\n\n", i, i);
    assert_int_equal(fclose(file), 0);
    ok(ur_settings_create(&settings, "tag", &error), &error);
    ok(ur_settings_add_data(settings, path, &error), &error);
    set_more(settings,
             "--column lemma --val-fraction 0 --hidden 16 --embed 16 --batch 550 --lr 0.05 --average 0 --steps 40 "
             "--dropout 0 --token-dropout 0 --threads 2");
    ok(ur_trainer_create(&t, settings, &error), &error);
    ok(train_to_end(t, &error), &error);
    assert_int_equal(ur_model_outputs(t->model), LABELS);
    size_t right = count_right(t, LABELS);
    assert_true(right > 50);
    ok(ur_judge(t->model, settings, &json, &error), &error);
    assert_non_null(strstr(json, "\"words\":1100,"));
    snprintf(expected, sizeof expected, "\"accuracy\":%.10g", (double)right / LABELS);
    if (!strstr(json, expected)) fail_msg("%s is not in %s", expected, json);
    free(json);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut),
        cmocka_unit_test(words_are_spelled),
        cmocka_unit_test(spans_are_counted),
        WITH_FILES(batches_have_equal_words),
        WITH_FILES(words_are_spelled_once),
        WITH_FILES(a_sentence_alone),
        WITH_FILES(many_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
