/* An answerer on several threads gives the bits of one on one, also where a single text is shared out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "support/ok.h"
#include "support/run.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_change_nothing)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
