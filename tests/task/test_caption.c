/*
 * Captions as a task: what a batch holds, which pictures are held out, what is augmented and what is not. Colours are
 * learned by their names. Scores are right if a picture has several captions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "support/ok.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "task/caption/caption.h"
#include "train/trainer.h"
#include "unroll_train.h"

#include <jansson.h>
#include <math.h>

static ur_trainer *open_trainer(const char *more)
{
    ur_trainer *t;
    ur_error error;
    ur_settings *settings = small_task("caption", place.root);
    set_more(settings, "%s", more);
    ok(ur_trainer_create(&t, settings, &error), &error);
    ur_settings_free(settings);
    return t;
}

static ur_batch batch_of(ur_trainer *t, ur_part part, uint64_t epoch, uint64_t number)
{
    ur_task_batch batch = {.fresh = false};
    ur_error error;
    ok(t->task->batch(t->data, part, epoch, number, &batch, &error), &error);
    assert_true(batch.fresh);
    return batch.network;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

/* The decoder reads an end token and the caption. Its targets are the caption and an end token. */
static void captions_are_shifted(void **state)
{
    (void)state;
    ur_trainer *t = open_trainer("");
    const ur_caption_task *c = t->data;
    ur_batch batch = batch_of(t, UR_PART_VALIDATION, 0, 0);
    const ur_sequences *in = &batch.input[1];
    const int32_t *wanted = batch.target[0].ids;
    ur_ids text = {.count = 0};
    for (size_t b = 0; b < in->lanes; b++) {
        uint32_t row = c->at.row[b];
        ur_error error;
        ok(ur_tokens_read(c->vocabulary, ur_caption_text_of(c->set.table, row), c->set.table->row[row].length, &text,
                          &error),
           &error);
        assert_int_equal(in->lengths[b], text.count + 1);
        for (size_t s = 0; s < in->steps; s++) {
            int32_t behind = s < text.count ? text.id[s] : s == text.count ? UR_TOKEN_END : -1;
            if (behind == ur_vocabulary_unknown(c->vocabulary)) behind = -1;
            assert_int_equal(wanted[s * in->lanes + b], behind);
            assert_int_equal(in->ids[s * in->lanes + b], s && s <= text.count ? text.id[s - 1] : UR_TOKEN_END);
        }
    }
    ur_ids_free(&text);
    ur_trainer_free(t);
}

static double mean_of(const real *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)x[i];
    return sum / (double)count;
}

/*
 * Pictures are scaled to mean 0 over the training set. They are augmented differently in each epoch. The validation set
 * is not augmented.
 */
static void pictures_are_scaled_and_varied(void **state)
{
    (void)state;
    real first[64 * 20];
    ur_trainer *t = open_trainer("--batch 64 --no-augment");
    ur_batch batch = batch_of(t, UR_PART_TRAIN, 0, 0);
    assert_true(batch.input[0].steps == 1 && batch.input[0].lanes == ((ur_caption_task *)t->data)->part[0].count);
    assert_true(fabs(mean_of(batch.input[0].values, batch.input[0].lanes * 20)) < 1e-5);
    ur_trainer_free(t);
    t = open_trainer("");
    for (int part = 0; part < 2; part++) {
        size_t numbers = 0;
        for (uint64_t epoch = 0; epoch < 2; epoch++) {
            batch = batch_of(t, (ur_part)part, epoch, 0);
            numbers = batch.input[0].lanes * 20;
            if (!epoch) memcpy(first, batch.input[0].values, numbers * sizeof(real));
        }
        assert_true((memcmp(first, batch.input[0].values, numbers * sizeof(real)) == 0) == (part == 1));
    }
    ur_trainer_free(t);
}

/* ---- Learning -------------------------------------------------------------------------------------------------- */

static const char *const NAMES[] = {"red", "a green one", "blue, blue"};

/*
 * Writes pictures of one colour with a little noise, two for each name, and a table with a second caption for the first
 * picture.
 */
static void write_colours(const char *folder)
{
    char path[512];
    snprintf(path, sizeof path, "%s/colours.tsv", folder);
    FILE *table = fopen(path, "w");
    assert_non_null(table);
    fputs("file\tcaption\n0\tred\n0\tsomething else\n", table);
    for (int i = 0; i < 6; i++) {
        if (i) fprintf(table, "%d\t%s\n", i, NAMES[i % 3]);
        snprintf(path, sizeof path, "%s/%d.ppm", folder, i);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs("P6 5 4 255\n", file);
        for (int k = 0; k < 60; k++) fputc((k % 3 == i % 3 ? 200 : 20) + (k * i * 7) % 20, file);
        assert_int_equal(fclose(file), 0);
    }
    assert_int_equal(fclose(table), 0);
}

static ur_settings *settings_of_colours(const char *line)
{
    char path[512];
    ur_settings *settings;
    ur_error error;
    ok(ur_settings_create(&settings, "caption", &error), &error);
    snprintf(path, sizeof path, "%s/colours.tsv", place.root);
    ok(ur_settings_add_data(settings, path, &error), &error);
    set_one(settings, "val", path);
    set_one(settings, "images", place.root);
    set_more(settings, "--threads 1 %s", line);
    return settings;
}

static double number(const json_t *result, const char *name)
{
    const json_t *value = json_object_get(result, name);
    if (!json_is_number(value)) fail_msg("there is no %s", name);
    return json_number_value(value);
}

static void check_judged(ur_settings *settings, const char *run)
{
    char path[600], *text;
    ur_model *model;
    ur_error error;
    snprintf(path, sizeof path, "%s/model.safetensors", run);
    ok(ur_model_load(&model, path, NULL, &error), &error);
    ok(ur_judge(model, settings, &text, &error), &error);
    json_t *result = json_loads(text, 0, NULL);
    assert_true(number(result, "images") == 6 && number(result, "captions") == 7);
    assert_true(number(result, "exact") == 1);
    assert_true(number(result, "nearest_exact") == 1); /* the nearest picture is the picture itself */
    assert_true(number(result, "bleu") == number(result, "nearest_bleu"));
    json_decref(result);
    free(text);
    ur_model_free(model);
}

static void colours_get_their_names(void **state)
{
    (void)state;
    char run[512], path[512];
    ur_trainer *t;
    ur_error error;
    write_colours(place.root);
    ur_settings *settings = settings_of_colours(
        "--side 4 --steps 160 --eval-every 160 --batch 7 --lr 0.02 --average 0 --no-augment "
        "--token-dropout 0 --label-smoothing 0 --net 'image: places > dense 8 tanh; decoder: embed 6 > gru 12 "
        "from image > attend image > dense'");
    snprintf(run, sizeof run, "%s/run", place.root);
    set_one(settings, "output", run);
    ok(ur_trainer_create(&t, settings, &error), &error);
    ok(train_to_end(t, &error), &error);
    ur_trainer_free(t);
    snprintf(path, sizeof path, "%s/colours.tsv", place.root);
    set_one(settings, "nearest", path);
    set_one(settings, "nearest-images", place.root);
    check_judged(settings, run);
    ur_settings_free(settings);
}

/* All captions of a picture are in the same part. */
static void pictures_are_held_out_whole(void **state)
{
    (void)state;
    ur_error error;
    write_colours(place.root);
    for (int seed = 1; seed < 6; seed++) {
        ur_caption_task *c = calloc(1, sizeof *c);
        bool side[6][UR_PARTS] = {{false}};
        ur_settings *settings = settings_of_colours("--side 4 --val-fraction 0.5");
        settings->run.validation = NULL;
        settings->run.learning.seed = (uint64_t)seed;
        ok(ur_task_caption.open(c, settings, NULL, &error), &error);
        for (int part = 0; part < 2; part++)
            for (size_t i = 0; i < c->part[part].count; i++)
                side[c->set.table->row[c->part[part].row[i]].picture][part] = true;
        for (int i = 0; i < 6; i++) assert_true(side[i][0] != side[i][1]);
        assert_int_equal(c->part[0].count + c->part[1].count, 7);
        ur_task_caption.close(c);
        free(c);
        ur_settings_free(settings);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(captions_are_shifted), TEST(pictures_are_scaled_and_varied),
                                       TEST(colours_get_their_names), TEST(pictures_are_held_out_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
