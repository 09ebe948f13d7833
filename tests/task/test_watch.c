/* Calls that read much report their progress, and end when the watcher asks them to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"
#include "support/run.h"
#include "unroll_inspect.h"

static scratch place;
static char text[512], labelled[512];

/*
 * Every kind of work that was seen, each once, with its highest share. The watcher asks to end at call number `enough`.
 */
typedef struct seen {
    const char *work[8];
    double share[8];
    size_t works, calls, enough;
} seen;

static bool see(void *context, const char *work, double share)
{
    seen *s = context;
    size_t i = 0;
    while (i < s->works && strcmp(s->work[i], work) != 0) i++;
    assert_true(i < 8 && share >= 0 && share <= 1 + 1e-9);
    if (i == s->works) s->work[s->works++] = work;
    s->share[i] = share;
    return ++s->calls < s->enough;
}

static bool saw(const seen *s, const char *work)
{
    for (size_t i = 0; i < s->works; i++)
        if (strcmp(s->work[i], work) == 0) return true;
    return false;
}

static ur_watcher watcher_of(seen *s) { return (ur_watcher){.go_on = see, .context = s}; }

static ur_status train(const char *task, const char *data, const char *more, seen *s, bool first_only, ur_error *error)
{
    ur_settings *settings;
    ur_trainer *trainer;
    const ur_watcher watcher = watcher_of(s);
    ur_event e = {.kind = UR_EVENT_STEP};
    if (ur_settings_create(&settings, task, error) != UR_OK || ur_settings_add_data(settings, data, error) != UR_OK ||
        ur_settings_read(settings, more, error) != UR_OK)
        fail_msg("%s", error->text);
    ur_settings_watch(settings, &watcher);
    ur_status status = ur_trainer_create(&trainer, settings, error);
    ur_settings_free(settings);
    while (status == UR_OK && !first_only && e.kind != UR_EVENT_END) status = ur_train_next(trainer, &e, error);
    ur_trainer_free(trainer);
    return status;
}

#define SMALL "--hidden 4 --layers 1 --batch 4 --steps 2 --threads 1"

/* An opening that is stopped at one of its first calls fails, and leaves nothing behind. */
static void check_stops(const char *task, const char *data, size_t calls)
{
    for (size_t enough = 1; enough < (calls < 12 ? calls : 12); enough++) {
        seen s = {.enough = enough};
        ur_error error = {0};
        assert_int_equal(train(task, data, SMALL, &s, true, &error), UR_ERR_INTERRUPTED);
        assert_memory_equal(error.text, "interrupted while ", 18);
        assert_int_equal(s.calls, enough);
    }
}

static void test_language_model(void **state)
{
    (void)state;
    seen s = {.enough = SIZE_MAX};
    ur_error error;
    assert_int_equal(train("lm", text, SMALL " --embed 3", &s, true, &error), UR_OK);
    assert_true(saw(&s, "reading the text") && saw(&s, "counting the tokens") && s.calls > 8);
    check_stops("lm", text, s.calls);
    s = (seen){.enough = SIZE_MAX};
    assert_int_equal(train("lm", text, SMALL " --embed 3", &s, false, &error), UR_OK);
    assert_true(saw(&s, "validating"));
}

static void test_classifier(void **state)
{
    (void)state;
    seen s = {.enough = SIZE_MAX};
    ur_error error;
    assert_int_equal(train("classify", labelled, SMALL " --embed 3", &s, true, &error), UR_OK);
    assert_true(saw(&s, "reading the data"));
    check_stops("classify", labelled, s.calls);
    size_t opened = s.calls;
    s = (seen){.enough = SIZE_MAX};
    assert_int_equal(train("classify", labelled, SMALL " --embed 3", &s, false, &error), UR_OK);
    assert_true(saw(&s, "validating") && s.calls < opened + 400); /* updates do not call the watcher */
}

static ur_model *make_model(void)
{
    static const char *const tokens[] = {" ", "\n", "a", "c", "e", "h", "s", "t"};
    const ur_sizes sizes = {.symbols = 9, .outputs = 9};
    ur_model *model;
    ur_error error;
    if (ur_model_create(&model, "onehot > rnn 4 > dense", &sizes, 1, 0, NULL, &error) != UR_OK ||
        ur_model_set_tokens(model, "char", tokens, 8, true, &error) != UR_OK)
        fail_msg("%s", error.text);
    return model;
}

static bool take_line(void *context, uint64_t number, const char *line, size_t length, double log_probability)
{
    (void)context, (void)number, (void)line, (void)length, (void)log_probability;
    return true;
}

static ur_status pass(void *context, ur_probe *probe, const ur_passage *passage, ur_error *error)
{
    (void)context, (void)probe, (void)passage, (void)error;
    return UR_OK;
}

static ur_status run_way(const ur_model *model, int way, seen *s, ur_error *error)
{
    static const char *const paths[] = {text};
    ur_score score;
    ur_scoring scoring = {.paths = paths, .path_count = 1, .end = 0.1, .threads = 1, .watcher = watcher_of(s)};
    ur_reading reading = {.paths = paths, .path_count = 1, .end = 0.1, .threads = 1, .watcher = watcher_of(s)};
    scoring.windows = way == 1;
    scoring.line = way == 2 ? take_line : NULL;
    return way < 3 ? ur_score_text(model, &scoring, &score, error) : ur_probe_text(model, &reading, pass, NULL, error);
}

static void test_evaluation_and_probe(void **state)
{
    (void)state;
    ur_model *model = make_model();
    for (int way = 0; way < 4; way++) {
        seen s = {.enough = SIZE_MAX};
        ur_error error = {0};
        if (run_way(model, way, &s, &error) != UR_OK) fail_msg("%s", error.text);
        assert_true(saw(&s, "reading the text") && saw(&s, way < 3 ? "evaluating" : "running the network"));
        for (size_t enough = 1; enough <= s.calls; enough += s.calls / 5 + 1) {
            seen less = {.enough = enough};
            assert_int_equal(run_way(model, way, &less, &error), UR_ERR_INTERRUPTED);
            assert_int_equal(less.calls, enough);
        }
    }
    ur_model_free(model);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    snprintf(text, sizeof text, "%s", in_scratch(&place, "text"));
    snprintf(labelled, sizeof labelled, "%s", in_scratch(&place, "labelled.tsv"));
    FILE *file = fopen(text, "w"), *table = fopen(labelled, "w");
    assert_true(file && table);
    for (int i = 0; i < 60000; i++) fputs("the cats\n", file);
    for (int i = 0; i < 200; i++) fprintf(table, "%s\tthe cat %d sees\n", i % 2 ? "one" : "two", i);
    fclose(file);
    fclose(table);
    return 0;
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
        cmocka_unit_test(test_language_model),
        cmocka_unit_test(test_classifier),
        cmocka_unit_test(test_evaluation_and_probe),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
