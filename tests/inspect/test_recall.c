/*
 * The recall tasks, checked from outside. The answer is what was read exactly `gap` steps before, for every gap.
 * Stories follow their grammar, and only the part to be kept determines the answer. In training, short gaps are
 * mastered, a gradient that does not reach back far enough teaches nothing, and the bits do not depend on other
 * trainings at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/pool.h"
#include "task/recall/recall.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 64 };

static void open_examples(ur_examples *e, ur_recall_task task, size_t gap, uint64_t seed, uint64_t first)
{
    ur_error error;
    const ur_recall_kind *kind = ur_recall_find(task);
    if (ur_examples_create(e, kind, gap, LANES, &error) != UR_OK) fail_msg("%s", error.text);
    ur_examples_fill(e, kind, gap, seed, first);
}

/* ---- Copy and adding ----------------------------------------------------------------------------------------------- */

static void check_copy_lane(const ur_examples *e, size_t lane, size_t gap)
{
    for (size_t t = 0; t < e->steps; t++) {
        int32_t id = e->ids[t * LANES + lane], due = e->targets[t * LANES + lane];
        assert_int_equal(id < 8, t < 2);
        assert_int_equal(id == 9, t == gap);
        assert_int_equal(due, t < gap ? -1 : e->ids[(t - gap) * LANES + lane]);
    }
}

static void letters_are_due_a_gap_later(void **state)
{
    (void)state;
    for (size_t gap = 2; gap < 130; gap += gap < 20 ? 1 : 27) {
        ur_examples e;
        open_examples(&e, UR_RECALL_COPY, gap, 5, gap);
        assert_int_equal(e.steps, gap + 2);
        for (size_t lane = 0; lane < LANES; lane++) check_copy_lane(&e, lane, gap);
        ur_examples_free(&e);
    }
}

/* Returns the step of the first mark. */
static size_t check_adding_lane(const ur_examples *e, size_t lane, size_t gap)
{
    size_t marks = 0, first = 0, due = 0, answers = 0;
    double sum = 0;
    for (size_t t = 0; t < e->steps; t++) {
        const ur_real *x = e->values + 2 * (t * LANES + lane);
        assert_true(x[0] >= 0 && x[0] <= 1 && (x[1] == 0 || x[1] == 1));
        if (x[1] > 0 && marks++ == 0) first = t;
        if (x[1] > 0) sum += (double)x[0];
        if (isnan(e->target_values[t * LANES + lane])) continue;
        answers++;
        due = t;
        assert_int_equal(marks, 2); /* both before the step at which the sum is due */
        assert_true(x[1] == 0);
    }
    assert_int_equal(answers, 1);
    assert_int_equal(due, first + gap);
    assert_true(fabs((double)e->target_values[due * LANES + lane] - sum) < 1e-6);
    return first;
}

static void sums_are_due_a_gap_after_the_first_mark(void **state)
{
    (void)state;
    for (size_t gap = 2; gap < 130; gap += gap < 20 ? 1 : 27) {
        ur_examples e;
        size_t furthest = 0;
        open_examples(&e, UR_RECALL_ADDING, gap, 5, gap);
        for (size_t lane = 0; lane < LANES; lane++) {
            size_t first = check_adding_lane(&e, lane, gap);
            furthest = first > furthest ? first : furthest;
        }
        assert_true(furthest <= gap / 10 && (gap < 10 || furthest > 0));
        ur_examples_free(&e);
    }
}

/*
 * The sums have mean 1, variance σ² = 1/6 and fourth central moment μ₄ = 1/15. The score is a share of σ². The limits
 * are four standard errors: √(σ²/n) of the mean and √((μ₄ − σ⁴)/n) of the variance, where μ₄ − σ⁴ = 7/180.
 */
static void sums_have_their_variance(void **state)
{
    (void)state;
    double total = 0, squares = 0;
    size_t count = 0;
    for (size_t i = 0; i < 200; i++) {
        ur_examples e;
        open_examples(&e, UR_RECALL_ADDING, 5, 1, i * LANES);
        for (size_t k = 0; k < e.steps * LANES; k++) {
            if (isnan(e.target_values[k])) continue;
            double sum = (double)e.target_values[k];
            total += sum, squares += sum * sum, count++;
        }
        ur_examples_free(&e);
    }
    double mean = total / (double)count, variance = squares / (double)count - mean * mean;
    assert_true(fabs(mean - 1) < 4 * sqrt(1.0 / 6 / (double)count));
    assert_true(fabs(variance - 1.0 / 6) < 4 * sqrt(7.0 / 180 / (double)count));
}

/* ---- Who ----------------------------------------------------------------------------------------------------------- */

static const char *const NAMES[] = {"Tom", "Mary", "John", "Anna", "Paul", "Emma", "Jack", "Lucy"};

static int name_of(const char *word)
{
    for (int i = 0; i < 8; i++)
        if (strcmp(word, NAMES[i]) == 0) return i;
    return -1;
}

enum { STORY_MOST = 700 };

typedef struct story {
    char text[8000];
    char *words[STORY_MOST];
    size_t count;
    char *answer;
} story;

static void read_story(story *s, size_t gap, uint64_t number)
{
    size_t length = ur_recall_show(UR_RECALL_WHO, gap, 3, number, s->text, sizeof s->text);
    assert_true(length > 0 && length < sizeof s->text);
    assert_int_equal(strlen(s->text), length);
    char *arrow = strstr(s->text, " -> ");
    assert_non_null(arrow);
    s->answer = arrow + 4;
    *arrow = 0;
    s->count = 0;
    for (char *word = strtok(s->text, " "); word && s->count < STORY_MOST; word = strtok(NULL, " "))
        s->words[s->count++] = word;
}

/*
 * The story is "X … . {no person … .} Y came in… . {…} Y said hi to". It is read word by word, without knowing any
 * sentence of the grammar.
 */
static void check_story(const story *s, size_t gap)
{
    int x = name_of(s->words[0]), y = -1;
    size_t arrivals = 0;
    assert_int_equal(s->count, gap + 1);
    assert_string_equal(s->answer, s->words[0]);
    assert_true(x >= 0);
    for (size_t i = 1; i < s->count; i++) {
        bool begins = strcmp(s->words[i - 1], ".") == 0;
        int name = name_of(s->words[i]);
        if (strcmp(s->words[i], "his") == 0) assert_int_equal(x % 2, 0);
        if (strcmp(s->words[i], "her") == 0) assert_int_equal(x % 2, 1);
        if (name < 0) continue;
        assert_true(begins && name != x && (y < 0 || name == y));
        y = name;
        arrivals += strcmp(s->words[i + 1], "came") == 0;
    }
    assert_int_equal(arrivals, 1);
    assert_string_equal(s->words[s->count - 5], ".");
    assert_string_equal(s->words[s->count - 4], NAMES[y]);
    assert_string_equal(s->words[s->count - 3], "said");
    assert_string_equal(s->words[s->count - 2], "hi");
    assert_string_equal(s->words[s->count - 1], "to");
}

static void stories_follow_their_grammar(void **state)
{
    (void)state;
    story s;
    for (size_t gap = 10; gap < 640; gap += gap < 60 ? 1 : 97)
        for (uint64_t number = 0; number < 60; number++) {
            read_story(&s, gap, number);
            check_story(&s, gap);
        }
}

/* Each of the eight people is the answer equally often, and for each Y so is each of the other seven: chance is 1/7. */
static void nothing_else_says_who(void **state)
{
    (void)state;
    size_t seen[8][8] = {{0}};
    story s;
    enum { STORIES = 5600 };
    for (uint64_t number = 0; number < STORIES; number++) {
        read_story(&s, 17, number);
        seen[name_of(s.answer)][name_of(s.words[s.count - 4])]++;
    }
    for (int x = 0; x < 8; x++)
        for (int y = 0; y < 8; y++) {
            if (x == y) assert_int_equal(seen[x][y], 0);
            if (x != y) assert_true(seen[x][y] > 50 && seen[x][y] < 150); /* 100 are expected, ± 10 */
        }
}

static void assert_shown(ur_recall_task task, size_t gap, uint64_t number, const char *expected)
{
    char text[300];
    size_t length = ur_recall_show(task, gap, 1, number, text, sizeof text);
    print_message("%s\n", text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void examples_are_shown(void **state)
{
    (void)state;
    char cut[10];
    assert_shown(UR_RECALL_COPY, 6, 0, "h f . . . . ? . -> h f");
    assert_shown(UR_RECALL_ADDING, 5, 0, "0.55* 0.40 0.08 0.30* 0.28 0.35 -> 0.85");
    assert_shown(UR_RECALL_WHO, 10, 0, "Lucy sat . Emma came in . Emma said hi to -> Lucy");
    assert_shown(UR_RECALL_WHO, 30, 3,
                 "Mary was playing the piano . nothing moved . nothing moved . John came in too . a dog barked . it "
                 "rained . it rained . John said hi to -> Mary");
    assert_int_equal(ur_recall_show(UR_RECALL_COPY, 6, 1, 0, NULL, 0), strlen("h f . . . . ? . -> h f"));
    assert_true(ur_recall_show(UR_RECALL_COPY, 6, 1, 0, cut, sizeof cut) > sizeof cut);
    assert_int_equal(strlen(cut), sizeof cut - 1);
    assert_int_equal(ur_recall_show(UR_RECALL_WHO, 9, 1, 0, cut, sizeof cut), 0);
    assert_string_equal(cut, "");
}

static void same_seed_same_examples(void **state)
{
    (void)state;
    for (int task = 0; task < UR_RECALL_TASKS; task++) {
        char a[500], b[500];
        ur_recall_show((ur_recall_task)task, 20, 9, 77, a, sizeof a);
        ur_recall_show((ur_recall_task)task, 20, 9, 77, b, sizeof b);
        assert_string_equal(a, b);
        ur_recall_show((ur_recall_task)task, 20, 9, 78, b, sizeof b);
        assert_string_not_equal(a, b);
        ur_recall_show((ur_recall_task)task, 20, 10, 77, b, sizeof b);
        assert_string_not_equal(a, b);
    }
}

/* ---- Training ------------------------------------------------------------------------------------------------------ */

/* It is made from the task's defaults, and its kinds are the words of the setting `kind`. */
static void the_recipe_is_that_of_the_task(void **state)
{
    (void)state;
    ur_recall gated = ur_recall_default(UR_RECALL_COPY, "lstm", 100);
    ur_recall plain = ur_recall_default(UR_RECALL_COPY, "rnn", 100);
    assert_true(gated.hidden == 32 && gated.lanes == 32 && gated.updates == 2000 && gated.evaluate_every == 50);
    assert_true(gated.optimizer == UR_ADAM && gated.clip_norm == 1 && gated.seed == 1);
    assert_true(gated.rate == 0.02 && gated.remember == 100);
    assert_true(plain.rate == 0.006 && plain.remember == 0 && plain.hidden == gated.hidden);
    ur_settings *settings;
    ur_error error;
    assert_int_equal(ur_settings_make(&settings, &ur_task_recall, &error), UR_OK);
    for (int i = 0; i < UR_RECALL_TASKS; i++) {
        const char *name = ur_recall_about((ur_recall_task)i)->name;
        assert_int_equal(ur_settings_set(settings, "kind", name, &error), UR_OK);
        assert_int_equal(((const ur_recall_settings *)settings->own)->kind, i);
    }
    ur_settings_free(settings);
}

static ur_recall small(ur_recall_task task, const char *cell, size_t gap, size_t window)
{
    ur_recall recall = ur_recall_default(task, cell, gap);
    recall.hidden = 24;
    recall.rate = 0.02;
    recall.remember = 0;
    recall.window = window;
    recall.updates = 600;
    return recall;
}

static ur_recall_result train(const ur_recall *recall)
{
    ur_recall_result result;
    ur_error error = {0};
    if (ur_recall_train(recall, &result, &error) != UR_OK) fail_msg("%s", error.text);
    print_message("%s, gap %zu, window %zu: %s after %zu updates, score %.3f\n", recall->cell, recall->gap,
                  recall->window, result.mastered ? "mastered" : "not", result.updates, result.score);
    return result;
}

static void short_gaps_are_mastered(void **state)
{
    (void)state;
    static const char *const cells[] = {"rnn", "lstm", "gru"};
    for (size_t i = 0; i < 3; i++) {
        ur_recall recall = small(UR_RECALL_COPY, cells[i], 5, 0);
        ur_recall_result result = train(&recall);
        assert_true(result.mastered && !result.exploded && result.score >= 0.95 && result.updates < 600);
        assert_true(result.largest_norm > 0);
    }
    ur_recall who = small(UR_RECALL_WHO, "lstm", 12, 0), adding = small(UR_RECALL_ADDING, "gru", 12, 0);
    assert_true(train(&who).mastered);
    assert_true(train(&adding).mastered);
}

/* The states are carried but the gradient is not, so the network never learns what to keep. */
static void a_window_shorter_than_the_gap_fails(void **state)
{
    (void)state;
    ur_recall full = small(UR_RECALL_COPY, "gru", 12, 0), cut = small(UR_RECALL_COPY, "gru", 12, 4);
    ur_recall whole = small(UR_RECALL_COPY, "gru", 12, 14); /* the example has 14 steps */
    ur_recall_result learnt = train(&full), failed = train(&cut), same = train(&whole);
    assert_true(learnt.mastered);
    assert_true(!failed.mastered && failed.score < 0.5 && failed.updates == 600);
    assert_int_equal(same.updates, learnt.updates);
    assert_true(same.score == learnt.score && same.largest_norm == learnt.largest_norm);
}

/* Gates that remember from the start bridge a gap that others do not bridge in the same number of updates. */
static void gates_that_remember_help(void **state)
{
    (void)state;
    ur_recall plain = small(UR_RECALL_COPY, "lstm", 12, 0), remembering = plain;
    remembering.remember = 12;
    assert_true(!train(&plain).mastered);
    assert_true(train(&remembering).mastered);
}

static void an_explosion_is_a_result(void **state)
{
    (void)state;
    ur_recall recall = small(UR_RECALL_ADDING, "rnn", 10, 0);
    recall.optimizer = UR_SGD;
    recall.rate = 2;
    recall.clip_norm = 0;
    ur_recall_result result = train(&recall);
    assert_true(result.exploded && !result.mastered && result.updates < 600 && result.largest_norm > 1e6);
    recall.clip_norm = 1;
    result = train(&recall);
    assert_true(!result.exploded && result.updates == 600);
}

static bool stop_at_100(void *context, size_t updates, double score)
{
    ++*(size_t *)context;
    return score < 0 || updates < 100;
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    size_t calls = 0;
    ur_recall_result result;
    ur_error error = {0};
    ur_recall recall = small(UR_RECALL_COPY, "rnn", 30, 0);
    recall.go_on = stop_at_100;
    recall.context = &calls;
    assert_int_equal(ur_recall_train(&recall, &result, &error), UR_ERR_INTERRUPTED);
    assert_string_equal(error.text, "stopped after 100 updates");
    assert_int_equal(calls, 2);
}

typedef struct side_by_side {
    ur_recall recall;
    ur_recall_result results[3];
} side_by_side;

static void train_member(void *context, size_t member, size_t members)
{
    side_by_side *s = context;
    (void)members;
    ur_recall_train(&s->recall, &s->results[member], NULL);
}

static void threads_do_not_disturb_each_other(void **state)
{
    (void)state;
    ur_pool *pool;
    side_by_side s = {.recall = small(UR_RECALL_WHO, "gru", 10, 6)};
    s.recall.updates = 60;
    ur_recall_result alone = train(&s.recall);
    assert_int_equal(ur_pool_create(&pool, 3, NULL), UR_OK);
    ur_pool_run(pool, train_member, &s);
    ur_pool_free(pool);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(s.results[i].updates, 60);
        assert_true(s.results[i].score == alone.score && s.results[i].largest_norm == alone.largest_norm);
    }
}

/* ---- Mistakes -------------------------------------------------------------------------------------------------- */

static void assert_refused_as(ur_status status, const ur_recall *recall, const char *text)
{
    ur_recall_result result;
    ur_error error = {0};
    assert_int_equal(ur_recall_train(recall, &result, &error), status);
    if (!strstr(error.text, text)) fail_msg("'%s' does not say '%s'", error.text, text);
}

static void assert_refused(const ur_recall *recall, const char *text) { assert_refused_as(UR_ERR_USAGE, recall, text); }

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    ur_recall good = small(UR_RECALL_WHO, "lstm", 10, 0), bad = good;
    bad.gap = 9;
    assert_refused(&bad, "gap 9: the task who has gaps from 10 to 10000");
    bad.gap = 10001;
    assert_refused(&bad, "`gap`: '10001' is not allowed");
    bad = good, bad.task = (ur_recall_task)7;
    assert_refused(&bad, "recall task 7: there is no such task");
    bad = good, bad.lanes = 0;
    assert_refused(&bad, "0 lanes");
    bad = good, bad.evaluate_every = 0;
    assert_refused(&bad, "every 0 updates");
    bad = good, bad.cell = "lsmt";
    assert_refused(&bad, "lsmt");
    bad = good, bad.cell = "lstm 4 > lstm"; /* its biases are shorter than `hidden` says */
    assert_refused_as(UR_ERR_FORMAT, &bad, "cell \"lstm 4 > lstm\"");
    bad = good, bad.hidden = 0;
    assert_refused(&bad, "`hidden`: '0' is not allowed");
    bad = good, bad.rate = -1;
    assert_refused(&bad, "`lr`: '-1' is not allowed");
    assert_null(ur_recall_about(UR_RECALL_TASKS));
    assert_null(ur_recall_about((ur_recall_task)-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_due_a_gap_later), cmocka_unit_test(sums_are_due_a_gap_after_the_first_mark),
        cmocka_unit_test(sums_have_their_variance),    cmocka_unit_test(stories_follow_their_grammar),
        cmocka_unit_test(nothing_else_says_who),       cmocka_unit_test(examples_are_shown),
        cmocka_unit_test(same_seed_same_examples),     cmocka_unit_test(the_recipe_is_that_of_the_task),
        cmocka_unit_test(short_gaps_are_mastered),     cmocka_unit_test(a_window_shorter_than_the_gap_fails),
        cmocka_unit_test(gates_that_remember_help),    cmocka_unit_test(an_explosion_is_a_result),
        cmocka_unit_test(it_can_be_stopped),           cmocka_unit_test(threads_do_not_disturb_each_other),
        cmocka_unit_test(wrong_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
