/*
 * An answerer on several threads gives the same bits as on one thread, also if a single text is shared out over the
 * threads. So does an answerer that keeps results of tokens, and a network that keeps nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "support/ok.h"
#include "support/run.h"
#include "train/learner.h"
#include "train/settings.h"

#include <string.h>

enum { LABELS = 2, TEXTS = 3 };

static const char *write_examples(temp_text *temp)
{
    static char text[4096];
    size_t used = 0;
    for (unsigned i = 0; i < 40; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s word%u and word%u again\n", i % 2 ? "no" : "yes",
                                 i % 5, i % 7);
    return temp_string(temp, "examples.txt", text);
}

static void ask(ur_model *model, ur_settings *settings, double probability[TEXTS][LABELS])
{
    static const char *const texts[TEXTS] = {"word1 and word2 again and again and again and word3", "word4",
                                             "and so on"};
    ur_error error = {0};
    ur_answerer *answerer;
    size_t label;
    ok(ur_answerer_create(&answerer, model, settings, false, &error), &error);
    for (size_t i = 0; i < TEXTS; i++)
        ok(ur_answer_label(answerer, texts[i], strlen(texts[i]), &label, probability[i], &error), &error);
    ur_answerer_free(answerer);
}

static void test_threads_change_nothing(void **state)
{
    ur_error error = {0};
    ur_settings *training, *settings;
    ur_trainer *trainer;
    double one[TEXTS][LABELS], several[TEXTS][LABELS];
    ok(ur_settings_create(&training, "classify", &error), &error);
    ok(ur_settings_add_data(training, write_examples(*state), &error), &error);
    set_one(training, "net", "embed 8 > lstm 128 > last > dense");
    set_more(training, "--steps 1 --threads 1 --token word");
    ok(ur_trainer_create(&trainer, training, &error), &error);
    ok(train_to_end(trainer, &error), &error);
    ok(ur_settings_copy(&settings, training, &error), &error);
    ask(ur_trainer_model(trainer), settings, one);
    set_one(settings, "threads", "3");
    ask(ur_trainer_model(trainer), settings, several);
    assert_memory_equal(one, several, sizeof one);
    assert_true(one[0][0] != one[1][0]);
    ur_settings_free(settings);
    ur_trainer_free(trainer);
    ur_settings_free(training);
}

static void predict_with(ur_learner *learner, ur_kept_rows *kept, const int32_t *ids, size_t steps, real out[LABELS])
{
    ur_error error = {0};
    const ur_batch batch = {.input = {{.steps = steps, .lanes = 1, .ids = ids}}};
    learner->kept = kept;
    ok(ur_predict(learner, &batch, out, &error), &error);
}

static void compare_kept(const char *net)
{
    static const int32_t first[] = {3, 1, 3, 7, 0}, second[] = {7, 2, 7, 3, 8, 8, 8, 8, 8, 8, 8, 8};
    ur_error error = {0};
    ur_model *model;
    ur_learner *learner;
    ur_kept_rows kept;
    real plain[LABELS], with[LABELS];
    const ur_sizes sizes = {.symbols = 9, .outputs = LABELS};
    ok(ur_model_create(&model, net, &sizes, 1, 0, NULL, &error), &error);
    ok(ur_learner_create_judge(&learner, model, 1, &error), &error);
    ok(ur_kept_rows_make(&kept, sizes.symbols, &error), &error);
    for (int again = 0; again < 3; again++) {
        predict_with(learner, NULL, again % 2 ? second : first, again % 2 ? 12 : 5, plain);
        predict_with(learner, &kept, again % 2 ? second : first, again % 2 ? 12 : 5, with);
        assert_memory_equal(plain, with, sizeof plain);
    }
    assert_int_equal(kept.count, strstr(net, "bi") ? 0 : 6);
    ur_kept_rows_free(&kept);
    ur_learner_free(learner);
    ur_model_free(model);
}

static void test_what_is_kept_changes_nothing(void **state)
{
    (void)state;
    compare_kept("embed 5 > dropout 0.3 > gru 9 > lstm 7 > max > dense");
    compare_kept("embed 16 > lstm 20 > last > dense");
    compare_kept("embed 5 > lstm 9 bi > max > dense");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_change_nothing),
                                       cmocka_unit_test(test_what_is_kept_changes_nothing)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
