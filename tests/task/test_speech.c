/*
 * Speech: strings of joined recordings, edits between texts, and streams. A string has one speaker and is determined by
 * epoch and number; strings of the validation set are always the same. A stream gives the same text as a file, wherever
 * it ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "support/ok.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "task/speech/speech.h"
#include "train/trainer.h"
#include "unroll_generate.h"

#include "../data/wav_write.h"

static ur_trainer *begin(const char *options)
{
    ur_error error = {0};
    ur_trainer *t;
    ur_settings *settings = small_task("speech", place.root);
    set_more(settings, "--overwrite %s", options);
    set_one(settings, "output", in_scratch(&place, "run"));
    ok(ur_trainer_create(&t, settings, &error), &error);
    ur_settings_free(settings);
    return t;
}

/* ---- Strings -------------------------------------------------------------------------------------------------------- */

static void check_string(const ur_listener *l, ur_part part, const ur_spoken_string *s)
{
    const ur_utterances *set = l->part[part].set;
    size_t samples = 0, rate = ur_utterances_rate(set);
    assert_true(s->count >= 2 && s->count <= 4);
    for (size_t k = 0; k < s->count; k++) {
        assert_int_equal(ur_utterances_speaker(set, s->item[k]), ur_utterances_speaker(set, s->item[0]));
        assert_int_equal(ur_utterances_held(set, s->item[k]), part == UR_PART_VALIDATION);
        samples += ur_utterances_samples(set, s->item[k]) + s->pause[k];
        if (k + 1 < s->count) assert_true(s->pause[k] >= rate * 3 / 100 && s->pause[k] <= rate * 3 / 10);
    }
    assert_int_equal(s->pause[s->count - 1], 0);
    assert_int_equal(s->samples, samples);
}

static bool are_same(const ur_spoken_string *a, const ur_spoken_string *b)
{
    bool same = a->count == b->count;
    for (size_t k = 0; same && k < a->count; k++) same = a->item[k] == b->item[k] && a->pause[k] == b->pause[k];
    return same;
}

static void test_strings(void **state)
{
    (void)state;
    ur_trainer *t = begin("--join 2-4");
    const ur_listener *l = t->data;
    size_t others = 0, lengths[5] = {0};
    for (ur_part part = UR_PART_TRAIN; part <= UR_PART_VALIDATION; part++)
        for (uint32_t i = 0; i < l->part[part].count; i++)
            for (uint64_t epoch = 0; epoch < 9; epoch++) {
                ur_spoken_string s, first, again;
                ur_speech_plan(l, part, 0, i, &first);
                ur_speech_plan(l, part, epoch, i, &s);
                ur_speech_plan(l, part, epoch, i, &again);
                check_string(l, part, &s);
                assert_int_equal(s.item[0], l->part[part].item[i]);
                assert_true(are_same(&s, &again));
                if (part == UR_PART_VALIDATION) assert_true(are_same(&s, &first));
                others += !are_same(&s, &first);
                lengths[s.count]++;
            }
    assert_true(others > 5 * l->part[UR_PART_TRAIN].count);
    assert_true(lengths[2] && lengths[3] && lengths[4]);
    ur_trainer_free(t);
}

/* The targets are the transcripts of the string, with a space between two recordings. */
static void test_targets(void **state)
{
    (void)state;
    ur_trainer *t = begin("--join 2-2 --batch 1");
    ur_listener *l = t->data;
    ur_error error = {0};
    for (uint64_t n = 0; n < ur_speech_batches(l, UR_PART_TRAIN, 0); n++) {
        ur_task_batch batch = {.fresh = false};
        ur_spoken_string s;
        ur_speech_text said = {.text = NULL};
        char want[64];
        ok(ur_speech_batch(l, UR_PART_TRAIN, 0, n, &batch, &error), &error);
        ur_speech_plan(l, UR_PART_TRAIN, 0, *(const uint32_t *)batch.extra, &s);
        snprintf(want, sizeof want, "%s %s", ur_utterances_text(l->set, s.item[0]),
                 ur_utterances_text(l->set, s.item[1]));
        const ur_target *target = &batch.network.target[0];
        ok(ur_speech_spell(l, target->ids, (size_t)target->lengths[0], &said, &error), &error);
        assert_string_equal(said.text, want);
        free(said.text);
    }
    ur_trainer_free(t);
}

/* ---- A decoder ------------------------------------------------------------------------------------------------------ */

/*
 * The decoder reads an end token and the transcript. Its targets are the transcript and an end token. In training some
 * tokens are replaced by an end token.
 */
static void check_teaching(ur_trainer *t, ur_part part, size_t *dropped)
{
    const ur_listener *l = t->data;
    ur_task_batch batch = {.fresh = false};
    ur_error error = {0};
    ok(ur_speech_batch(t->data, part, 3, 0, &batch, &error), &error);
    const ur_sequences *in = &batch.network.input[1];
    const int32_t *wanted = batch.network.target[0].ids, end = ur_speech_end(l);
    assert_ptr_equal(batch.network.input[0].values, l->values);
    assert_int_equal(batch.network.target[0].line, 1);
    for (size_t b = 0; b < in->lanes; b++)
        for (size_t s = 0; s < in->steps; s++) {
            size_t at = s * in->lanes + b, length = (size_t)in->lengths[b];
            assert_true(s + 1 < length ? wanted[at] < end : wanted[at] == (s + 1 == length ? end : -1));
            bool true_one = in->ids[at] == (s && s < length ? wanted[at - in->lanes] : end);
            assert_true(true_one || (in->ids[at] == end && part == UR_PART_TRAIN));
            *dropped += !true_one;
        }
}

#define ATTENDS "--decoder attention --embed 4 --average 0 --threads 1 "

static void test_teaching(void **state)
{
    (void)state;
    size_t dropped = 0;
    ur_trainer *t = begin(ATTENDS "--token-dropout 0.3");
    check_teaching(t, UR_PART_VALIDATION, &dropped);
    assert_int_equal(dropped, 0);
    check_teaching(t, UR_PART_TRAIN, &dropped);
    assert_true(dropped > 0);
    ur_trainer_free(t);
}

typedef struct texts {
    int32_t ids[8][3][64];
    size_t length[8][3];
    double log_probability[8][3];
} texts;

static void keep_texts(const ur_decoding *d, size_t from, size_t lanes, texts *to)
{
    for (size_t b = 0; b < lanes; b++)
        for (size_t i = 0; i < 3; i++) {
            const ur_hypothesis h = ur_decoding_text(d, b, i);
            assert_true(h.length <= 64);
            if (h.length) memcpy(to->ids[from + b][i], h.ids, h.length * sizeof *h.ids);
            to->length[from + b][i] = h.length;
            to->log_probability[from + b][i] = h.log_probability;
        }
}

/* Writes each lane of a batch alone, without the padding after its end. */
static void write_alone(ur_listener *l, ur_decoding *d, const ur_sequences *all, texts *to)
{
    ur_error error = {0};
    size_t row = ur_speech_features(l);
    for (size_t b = 0; b < all->lanes; b++) {
        size_t steps = (size_t)all->lengths[b];
        ur_batch batch;
        real *x = calloc(steps * row, sizeof *x);
        assert_non_null(x);
        for (size_t s = 0; s < steps; s++)
            memcpy(x + s * row, all->values + (s * all->lanes + b) * row, row * sizeof *x);
        ur_speech_see(l, &(ur_sequences){.steps = steps, .lanes = 1, .values = x}, &batch);
        ok(ur_decode(d, &batch, &error), &error);
        keep_texts(d, b, 1, to);
        free(x);
    }
}

/* The text of a recording, and its probability to the last bit, do not depend on the other recordings of its batch. */
static void test_alone_as_beside_others(void **state)
{
    (void)state;
    static texts together, alone;
    ur_error error = {0};
    ur_trainer *t = begin(ATTENDS "--steps 8 --lr 0.02 --batch 8");
    ur_listener *l = t->data;
    ur_decoding *d;
    ur_task_batch batch = {.fresh = false};
    ok(train_to_end(t, &error), &error);
    const ur_decoding_settings settings = {
        .beam = {.width = 3, .best = 3, .length = 20, .end = ur_speech_end(l), .early = true},
        .first = ur_speech_end(l)};
    ok(ur_decoding_create_besides(&d, t->model, 1, &settings, &error), &error);
    ok(ur_speech_batch(l, UR_PART_TRAIN, 0, 0, &batch, &error), &error);
    const ur_sequences *in = &batch.network.input[0];
    assert_true(in->lanes > 2 && in->lanes <= 8 && in->lengths[0] != in->lengths[in->lanes - 1]);
    ok(ur_decode(d, &batch.network, &error), &error);
    keep_texts(d, 0, in->lanes, &together);
    write_alone(l, d, in, &alone);
    assert_memory_equal(&together, &alone, sizeof together);
    ur_decoding_free(d);
    ur_trainer_free(t);
}

/* ---- Edits ---------------------------------------------------------------------------------------------------------- */

static void check_edits(const char *said, const char *truth, size_t characters, size_t words)
{
    ur_listener l = {.batch = 0};
    ur_error error;
    size_t edits, count;
    ur_speech_text a = {.text = NULL}, b = {.text = NULL};
    ok(ur_speech_text_add(&a, said, strlen(said), &error), &error);
    ok(ur_speech_text_add(&b, truth, strlen(truth), &error), &error);
    ok(ur_speech_edits(&l, &a, &b, false, &edits, &count, &error), &error);
    assert_int_equal(edits, characters);
    ok(ur_speech_edits(&l, &a, &b, true, &edits, &count, &error), &error);
    assert_int_equal(edits, words);
    free(l.edit);
    free(a.text);
    free(b.text);
}

static void test_edits(void **state)
{
    (void)state;
    check_edits("", "", 0, 0);
    check_edits("", "two words", 9, 2);
    check_edits("two words", "", 9, 2);
    check_edits("kitten", "sitting", 3, 1);
    check_edits("the cat sat", "the cat sat", 0, 0);
    check_edits("the  cat", "the cat", 1, 0);
    check_edits("cat the sat", "the cat sat", 6, 2);
    check_edits("the cat", "the black cat", 6, 1);
    check_edits("\xED\x95\x9C\xEA\xB5\xAD", "\xED\x95\x9C\xEA\xB8\x80", 1, 1); /* two Hangul syllables */
}

/* ---- Streams -------------------------------------------------------------------------------------------------------- */

typedef struct heard_text {
    char text[512];
    size_t length;
} heard_text;

static ur_status keep(void *context, const char *bytes, size_t size, ur_error *error)
{
    heard_text *t = context;
    (void)error;
    assert_true(t->length + size < sizeof t->text);
    memcpy(t->text + t->length, bytes, size);
    t->length += size;
    t->text[t->length] = 0;
    return UR_OK;
}

static ur_model *train_model(const char *options)
{
    ur_error error = {0};
    ur_model *model;
    ur_trainer *t = begin(options);
    ok(train_to_end(t, &error), &error);
    ur_trainer_free(t);
    ok(ur_model_load(&model, in_scratch(&place, "run/model.safetensors"), NULL, &error), &error);
    return model;
}

static ur_answerer *open_answerer(ur_model *model)
{
    ur_error error = {0};
    ur_settings *settings;
    ur_answerer *answerer;
    ok(ur_settings_of_model(&settings, model, &error), &error);
    ok(ur_answerer_create(&answerer, model, settings, false, &error), &error);
    ur_settings_free(settings);
    return answerer;
}

/* Compares the texts of 16-bit samples given as a stream and as a file. */
static void compare(ur_model *model, const unsigned char *samples, size_t count)
{
    static unsigned char wav[1 << 14];
    ur_error error = {0};
    ur_answerer *answerer = open_answerer(model);
    heard_text stream = {.length = 0}, file = {.length = 0};
    const ur_sink to_stream = {keep, &stream}, to_file = {keep, &file};
    for (size_t i = 0; i < count; i++)
        ok(ur_answer(answerer, (const char *)samples + 2 * i, 2, &to_stream, &error), &error);
    ok(ur_answer(answerer, NULL, 0, &to_stream, &error), &error);
    size_t size = write_wav(wav, 1, 2000, 1, 16, samples, 2 * count);
    FILE *out = fopen(in_scratch(&place, "stream.wav"), "wb");
    assert_true(out && fwrite(wav, 1, size, out) == size && fclose(out) == 0);
    ok(ur_answer_file(answerer, place.path, &to_file, &error), &error);
    assert_string_equal(strchr(file.text, '\t') + 1, stream.text);
    ur_answerer_free(answerer);
}

static void check_streams(const char *options)
{
    ur_model *model = train_model(options);
    unsigned char samples[2 * 1200];
    for (size_t i = 0; i < sizeof samples / 2; i++) {
        int value = i / 300 % 2 ? 0 : i / (i < 600 ? 9 : 3) % 2 ? 12000 : -12000;
        put_number(samples + 2 * i, (uint32_t)value, 2);
    }
    const size_t lengths[] = {1, 19, 49, 50, 51, 69, 70, 89, 90, 91, 109, 110, 130, 601, 1199, 1200};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) compare(model, samples, lengths[i]);
    ur_model_free(model);
}

static void test_streams(void **state)
{
    (void)state;
    check_streams("--look back --stack 3 --steps 60 --no-augment --lr 0.03 --join 1 --average 0");
    check_streams("--look both --stack 1 --steps 30 --lr 0.03 --join 1-1 --average 0");
    check_streams(ATTENDS "--look back --stack 3 --steps 4 --max-length 9 --beam 2");
}

/* The messages about half a sample, and about a WAV file as a stream. */
static void test_what_is_no_sample(void **state)
{
    (void)state;
    ur_error error = {0};
    heard_text text = {.length = 0};
    const ur_sink sink = {keep, &text};
    ur_model *model = train_model("--steps 2");
    ur_answerer *answerer = open_answerer(model);
    assert_int_equal(ur_answer(answerer, "abc", 3, &sink, &error), UR_ERR_DATA);
    assert_non_null(strstr(error.text, "a sample of 3 bytes; a stream has samples of 16 bits"));
    ok(ur_answer(answerer, "RI", 2, &sink, &error), &error);
    assert_int_equal(ur_answer(answerer, "FF", 2, &sink, &error), UR_ERR_DATA);
    assert_non_null(strstr(error.text, "a WAV file instead of raw samples"));
    ur_answerer_free(answerer);
    answerer = open_answerer(model);
    ok(ur_answer(answerer, NULL, 0, &sink, &error), &error); /* without samples there is no text */
    assert_int_equal(text.length, 0);
    ur_answerer_free(answerer);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_teaching),
        cmocka_unit_test(test_alone_as_beside_others),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_what_is_no_sample),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
