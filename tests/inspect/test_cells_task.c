/*
 * Cells of a tagger against the definition: each sentence is run alone, states are read one by one, areas are found by
 * counting pairs, and losses with a neuron held. Each sentence occurs twice, so that the sentences for choosing and
 * those for scoring are the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "inspect/probe.h"
#include "support/failing_memory.h"
#include "support/ok.h"
#include "support/run.h"
#include "train/trainer.h"

#include <limits.h>
#include <math.h>

enum { SENTENCES = 24, WORDS = 5, PLACES = SENTENCES * WORDS, HIDDEN = 3, LAYERS = 2, LABELS = 3 };

static const char *const TEXTS[] = {"dog", "(", "Cat", ")", "sees", "42", "the"};
static const char *const TAGS[] = {"N", "P", "N", "P", "V", "V", "V"};

static size_t word_of(size_t sentence, size_t t) { return (5 * (sentence / 2) + sentence / 2 * t + t * t) % 7; }

static const char *write_sentences(temp_text *temp)
{
    static char text[SENTENCES * WORDS * 64];
    size_t used = 0;
    for (size_t s = 0; s < SENTENCES; s++) {
        for (size_t t = 0; t < WORDS; t++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%zu\t%s\t_\t%s\t_\t_\t_\t_\t_\t_\n", t + 1,
                                     TEXTS[word_of(s, t)], TAGS[word_of(s, t)]);
        used += (size_t)snprintf(text + used, sizeof text - used, "\n");
    }
    return temp_string(temp, "tagged.conllu", text);
}

typedef struct tagger {
    ur_settings *settings;
    ur_trainer *trainer;
    ur_model *model;
} tagger;

static tagger make_tagger(temp_text *temp, const char *net)
{
    tagger t = {0};
    ur_error error = {0};
    ok(ur_settings_create(&t.settings, "tag", &error), &error);
    ok(ur_settings_add_data(t.settings, write_sentences(temp), &error), &error);
    set_one(t.settings, "net", net);
    set_more(t.settings, "--steps 40 --lr 0.03 --batch 6 --threads 1 --val-fraction 0.3 --min-count 1 --characters %s",
             strstr(net, "chars:") ? "char" : "none");
    ok(ur_trainer_create(&t.trainer, t.settings, &error), &error);
    ok(train_to_end(t.trainer, &error), &error);
    t.model = ur_trainer_model(t.trainer);
    return t;
}

static void free_tagger(tagger *t)
{
    ur_trainer_free(t->trainer);
    ur_settings_free(t->settings);
}

/* ---- By the definition --------------------------------------------------------------------------------------------- */

typedef struct reference {
    double h[LAYERS][HIDDEN][PLACES];
    int32_t label[PLACES];
    double loss; /* with a neuron held, if any */
} reference;

static void read_sentence(ur_probe *probe, const ur_batch *batch, size_t first, reference *r)
{
    ur_error error = {0};
    ur_real h[HIDDEN];
    const ur_model *m = probe->model;
    ok(ur_probe_run(probe, batch, &error), &error);
    for (size_t t = 0; t < WORDS; t++) {
        r->label[first + t] = batch->target[0].ids[t];
        r->loss -= ur_probe_log_probability(probe, t, 0, r->label[first + t]) / PLACES;
        for (size_t l = 0; l < LAYERS; l++) {
            size_t layer = ur_probe_layers(m) - LAYERS + l;
            ur_probe_read(probe, layer, ur_probe_find(m, layer, "h"), l ? WORDS - 1 - t : t, 0, h);
            for (size_t u = 0; u < HIDDEN; u++) r->h[l][u][first + t] = (double)h[u];
        }
    }
}

static void read_all(const tagger *t, ur_probe *probe, reference *r)
{
    ur_error error = {0};
    double ignored;
    const ur_task *task = t->settings->task;
    void *data = calloc(1, task->data_size);
    ur_learning learning = {0};
    set_one(t->settings, "batch", "1");
    ok(task->open(data, t->settings, t->model, &error), &error);
    ok(task->prepare(data, t->settings, &learning, &ignored, &error), &error);
    assert_int_equal(task->batches(data, UR_PART_TEST, 0), SENTENCES);
    r->loss = 0;
    for (size_t s = 0; s < SENTENCES; s++) {
        ur_task_batch batch = {0};
        ok(task->batch(data, UR_PART_TEST, 0, s, &batch, &error), &error);
        read_sentence(probe, &batch.network, s * WORDS, r);
    }
    task->close(data);
    free(data);
    set_one(t->settings, "batch", "6");
}

static double area(const double *h, const int32_t *label, int32_t wanted)
{
    double above = 0, pairs = 0;
    for (size_t i = 0; i < PLACES; i++)
        for (size_t k = 0; label[i] == wanted && k < PLACES; k++) {
            if (label[k] == wanted) continue;
            above += h[i] > h[k] ? 1 : h[i] == h[k] ? 0.5 : 0;
            pairs++;
        }
    return above / pairs;
}

static void check_label(const reference *r, const ur_cell_score *s, size_t first_layer, int32_t label)
{
    double best = 0, got = area(r->h[s->layer - first_layer][s->unit], r->label, label);
    for (size_t l = 0; l < LAYERS; l++)
        for (size_t u = 0; u < HIDDEN; u++) {
            double x = area(r->h[l][u], r->label, label);
            best = fmax(best, fmax(x, 1 - x));
        }
    assert_int_equal(s->verdict, UR_CELL_SCORED);
    assert_true(fabs(s->fit - s->score) < 1e-12);
    assert_true(fabs((s->falls ? 1 - got : got) - s->score) < 0.01); /* values are put into bins */
    assert_true(s->score > best - 0.02);
}

static void check_rise(const tagger *t, ur_probe *probe, const reference *free_run, const ur_cell_score *s, double loss)
{
    static reference held;
    ur_error error = {0};
    double mean = 0;
    size_t first = ur_probe_layers(t->model) - LAYERS;
    for (size_t i = 0; i < PLACES; i++) mean += free_run->h[s->layer - first][s->unit][i] / PLACES;
    ur_real value = (ur_real)mean;
    assert_true(fabs(mean - s->mean) < 1e-6);
    ok(ur_probe_hold(probe, s->layer, s->unit, &value, &error), &error);
    read_all(t, probe, &held);
    ok(ur_probe_hold(probe, s->layer, s->unit, NULL, &error), &error);
    assert_true(fabs(free_run->loss - loss) < 1e-5);
    assert_true(fabs(held.loss - free_run->loss - s->rise) < 1e-5);
    assert_true(fabs(s->rise) > 1e-4);
}

static void check_sample(const ur_cells *cells, const ur_model *model)
{
    ur_cell_sample sample = ur_cells_sample(cells);
    assert_int_equal(sample.steps * sample.lanes, PLACES);
    assert_null(sample.ids);
    for (size_t i = 0; i < PLACES; i++) {
        char want[64];
        size_t length;
        const char *text = ur_cells_text(cells, model, i, &length);
        const char *before = i % WORDS ? " " : i ? "\n" : "";
        snprintf(want, sizeof want, "%s%s", before, TEXTS[word_of(i / WORDS, i % WORDS)]);
        assert_int_equal(length, strlen(want));
        assert_memory_equal(text, want, length);
    }
}

static ur_status mark_s(void *context, const char *line, size_t length, unsigned char *marks, ur_error *error)
{
    (void)context, (void)error;
    for (size_t i = 0; i < length; i++) marks[i] = line[i] == 's';
    return UR_OK;
}

static ur_cell_score named(const ur_cells *cells, const char *name)
{
    for (size_t i = 0; i < ur_cells_count(cells); i++)
        if (strcmp(ur_cells_score(cells, i).predicate.name, name) == 0) return ur_cells_score(cells, i);
    fail_msg("there is no predicate %s", name);
    return (ur_cell_score){0};
}

static double share_of_word(const char *word)
{
    double count = 0;
    for (size_t i = 0; i < PLACES; i++) count += strcmp(TEXTS[word_of(i / WORDS, i % WORDS)], word) == 0;
    return count / PLACES;
}

static void check_predicates(const ur_cells *cells)
{
    assert_true(fabs(named(cells, "capital").share - share_of_word("Cat")) < 1e-9);
    assert_true(fabs(named(cells, "digit").share - share_of_word("42")) < 1e-9);
    assert_true(fabs(named(cells, "line-end").share - 1.0 / WORDS) < 1e-9);
    assert_true(fabs(named(cells, "V").share - share_of_word("sees") - share_of_word("42") - share_of_word("the")) <
                1e-9);
    assert_true(named(cells, "paren").share > 0);
    assert_string_equal(ur_cells_score(cells, ur_cells_count(cells) - 1).predicate.name, "own");
    assert_true(fabs(named(cells, "own").share - share_of_word("sees")) < 1e-9);
}

static void check_net(temp_text *temp, const char *net)
{
    static reference r;
    ur_error error = {0};
    ur_cells *cells;
    ur_probe *probe;
    tagger t = make_tagger(temp, net);
    const ur_own_predicate own = {"own", mark_s, NULL};
    ur_cell_search search = {.own = &own, .own_count = 1};
    size_t first = ur_probe_layers(t.model) - LAYERS;
    ok(ur_probe_create(&probe, t.model, 1, &error), &error);
    read_all(&t, probe, &r);
    ok(ur_cells_find_of_task(&cells, t.model, t.settings, &search, &error), &error);
    for (int32_t label = 0; label < LABELS; label++) {
        ur_cell_score s = named(cells, ur_model_label(t.model, (size_t)label));
        check_label(&r, &s, first, label);
        check_rise(&t, probe, &r, &s, ur_cells_sample(cells).loss);
    }
    check_sample(cells, t.model);
    check_predicates(cells);
    ur_cells_free(cells);
    ur_probe_free(probe);
    free_tagger(&t);
}

static void test_against_definition(void **state) { check_net(*state, "embed 4 > rnn 3 bi > dense"); }

static void test_beside_spelling(void **state)
{
    check_net(*state, "chars: embed 3 > rnn 2 bi > last; embed 4 > join chars > rnn 3 bi > dense");
}

#ifdef FAILING_MEMORY_REAL
static void test_failing_memory(void **state)
{
    tagger t = make_tagger(*state, "embed 4 > rnn 3 bi > dense");
    const ur_own_predicate own = {"own", mark_s, NULL};
    const ur_cell_search search = {.own = &own, .own_count = 1};
    long calls = LONG_MAX, failures = 0;
    for (long n = 1; n <= calls; n += 1 + n / 40) {
        ur_error error = {0};
        ur_cells *cells = NULL;
        long before = atomic_load(&memory_live);
        memory_arm(n, n % 2 == 0);
        ur_status status = ur_cells_find_of_task(&cells, t.model, t.settings, &search, &error);
        long made = memory_disarm();
        if (made < n) calls = made;
        failures += status != UR_OK;
        if (status != UR_OK) assert_true(cells == NULL && error.status == status && *error.text);
        ur_cells_free(cells);
        assert_int_equal(atomic_load(&memory_live), before);
    }
    assert_true(failures > 40);
    free_tagger(&t);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_definition),
        cmocka_unit_test(test_beside_spelling),
#ifdef FAILING_MEMORY_REAL
        cmocka_unit_test(test_failing_memory),
#endif
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
