/* The memory of the recall tasks' examples, and how copy and adding make them. See recall.h. */
#include "task/recall/recall.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double ur_draw_uniform(ur_draws *d) { return ur_random_uniform(d->seed, UR_USE_RECALL + d->next++, d->number); }
size_t ur_draw_below(ur_draws *d, size_t most) { return (size_t)(ur_draw_uniform(d) * (double)most); }

/* ---- Copy: letters, blanks, a sign; each letter is due `gap` steps after it was read ------------------------------ */

enum { LETTERS = 8, BLANK = LETTERS, SIGN, COPY_SYMBOLS, KEPT = 2 };

static size_t copy_steps(size_t gap) { return gap + KEPT; }

static void copy_write(ur_examples *e, size_t lane, size_t gap, ur_draws *draws)
{
    for (size_t t = 0; t < e->steps; t++) e->ids[t * e->lanes + lane] = t == gap ? SIGN : BLANK;
    for (size_t t = 0; t < KEPT; t++) {
        int32_t letter = (int32_t)ur_draw_below(draws, LETTERS);
        e->ids[t * e->lanes + lane] = letter;
        e->targets[(gap + t) * e->lanes + lane] = letter;
    }
}

static void copy_show(const ur_examples *e, size_t t, char *text, size_t size)
{
    snprintf(text, size, "%c", "abcdefgh.?"[e->ids[t]]);
}

const ur_recall_kind ur_recall_copy = {
    .facts = {"copy", KEPT, 1.0 / LETTERS, 0.95},
    .symbols = COPY_SYMBOLS,
    .outputs = LETTERS,
    .steps = copy_steps,
    .write = copy_write,
    .show = copy_show,
};

/* ---- Adding: each step reads (number, mark); the sum of two marked numbers is due ---------------------------------- */

/* The first mark is among the first steps, a tenth of the gap, so that its place tells nothing. */
static size_t adding_lead(size_t gap) { return gap / 10; }
static size_t adding_steps(size_t gap) { return adding_lead(gap) + gap + 1; }

static void adding_write(ur_examples *e, size_t lane, size_t gap, ur_draws *draws)
{
    size_t first = ur_draw_below(draws, adding_lead(gap) + 1), second = first + 1 + ur_draw_below(draws, gap - 1);
    double sum = 0;
    for (size_t t = 0; t < e->steps; t++) {
        ur_real *x = e->values + 2 * (t * e->lanes + lane);
        x[0] = (ur_real)ur_draw_uniform(draws);
        x[1] = t == first || t == second;
        if (t == first || t == second) sum += (double)x[0];
    }
    e->target_values[(first + gap) * e->lanes + lane] = (ur_real)sum;
}

static void adding_show(const ur_examples *e, size_t t, char *text, size_t size)
{
    ur_format_number(text, size, e->values[2 * t + 1] > 0 ? "%.2f*" : "%.2f", (double)e->values[2 * t]);
}

const ur_recall_kind ur_recall_adding = {
    .facts = {"adding", 2, 0, 0.94},
    .features = 2,
    .outputs = 1,
    .steps = adding_steps,
    .write = adding_write,
    .show = adding_show,
};

/* ---- All of them -------------------------------------------------------------------------------------------------- */

const ur_recall_kind *ur_recall_find(ur_recall_task task)
{
    static const ur_recall_kind *const KINDS[] = {&ur_recall_copy, &ur_recall_adding, &ur_recall_who};
    return task >= 0 && task < UR_RECALL_TASKS ? KINDS[task] : NULL;
}

const ur_recall_facts *ur_recall_about(ur_recall_task task)
{
    const ur_recall_kind *kind = ur_recall_find(task);
    return kind ? &kind->facts : NULL;
}

ur_status ur_examples_create(ur_examples *e, const ur_recall_kind *kind, size_t gap, size_t lanes, ur_error *error)
{
    size_t places;
    *e = (ur_examples){.steps = kind->steps(gap), .lanes = lanes};
    if (!ur_mul_fits(e->steps, lanes, &places)) return ur_fail_memory(error, "the examples");
    if (kind->symbols) e->ids = calloc(places, sizeof *e->ids);
    if (kind->features) e->values = calloc(places, kind->features * sizeof *e->values);
    if (kind->symbols) e->targets = calloc(places, sizeof *e->targets);
    if (kind->features) e->target_values = calloc(places, kind->outputs * sizeof *e->target_values);
    if (kind->symbols ? e->ids && e->targets : e->values && e->target_values) return UR_OK;
    ur_examples_free(e);
    return ur_fail_memory(error, "the examples");
}

void ur_examples_free(ur_examples *e)
{
    free(e->ids);
    free(e->values);
    free(e->targets);
    free(e->target_values);
    *e = (ur_examples){0};
}

static void clear(ur_examples *e)
{
    for (size_t i = 0; e->targets && i < e->steps * e->lanes; i++) e->targets[i] = -1;
    for (size_t i = 0; e->target_values && i < e->steps * e->lanes; i++) e->target_values[i] = (ur_real)NAN;
}

void ur_examples_fill(ur_examples *e, const ur_recall_kind *kind, size_t gap, uint64_t seed, uint64_t first)
{
    clear(e);
    for (size_t lane = 0; lane < e->lanes; lane++) {
        ur_draws draws = {.seed = seed, .number = first + lane};
        kind->write(e, lane, gap, &draws);
    }
}

ur_batch ur_examples_piece(const ur_examples *e, const ur_recall_kind *kind, size_t begin, size_t steps)
{
    size_t at = begin * e->lanes;
    ur_batch batch = {.target_count = 1};
    batch.input[0].steps = steps;
    batch.input[0].lanes = e->lanes;
    batch.target[0].loss = e->targets ? UR_LOSS_SOFTMAX : UR_LOSS_SQUARED;
    if (e->ids) batch.input[0].ids = e->ids + at;
    if (e->values) batch.input[0].values = e->values + at * kind->features;
    if (e->targets) batch.target[0].ids = e->targets + at;
    if (e->target_values) batch.target[0].values = e->target_values + at * kind->outputs;
    return batch;
}

bool ur_examples_due(const ur_examples *e, size_t step, size_t lane)
{
    size_t at = step * e->lanes + lane;
    return e->targets ? e->targets[at] >= 0 : !isnan(e->target_values[at]);
}

/* ---- As text ------------------------------------------------------------------------------------------------------ */

typedef struct line {
    char *text;
    size_t size, length; /* size of the buffer; length that the whole line would need */
} line;

static void add(line *l, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i < length; i++)
        if (l->length + i + 1 < l->size) l->text[l->length + i] = word[i];
    l->length += length;
}

static void show_answer(const ur_examples *e, const ur_recall_kind *kind, size_t t, char *text, size_t size)
{
    ur_examples answer = {.steps = 1, .lanes = 1, .ids = e->targets ? e->targets + t : NULL};
    if (e->targets)
        kind->show(&answer, 0, text, size);
    else
        ur_format_number(text, size, "%.2f", (double)e->target_values[t]);
}

static void show_all(const ur_examples *e, const ur_recall_kind *kind, line *l)
{
    char word[32];
    for (size_t t = 0; t < e->steps; t++) {
        kind->show(e, t, word, sizeof word);
        add(l, word);
        add(l, " ");
    }
    add(l, "->");
    for (size_t t = 0; t < e->steps; t++) {
        if (!ur_examples_due(e, t, 0)) continue;
        show_answer(e, kind, t, word, sizeof word);
        add(l, " ");
        add(l, word);
    }
}

size_t ur_recall_show(ur_recall_task task, size_t gap, uint64_t seed, uint64_t number, char *text, size_t size)
{
    const ur_recall_kind *kind = ur_recall_find(task);
    ur_examples examples;
    line l = {text, size, 0};
    if (size) *text = 0;
    if (!kind || gap < kind->facts.least_gap || gap > UR_RECALL_GAP_MOST) return 0;
    if (ur_examples_create(&examples, kind, gap, 1, NULL) != UR_OK) return 0;
    ur_examples_fill(&examples, kind, gap, seed, number);
    show_all(&examples, kind, &l);
    ur_examples_free(&examples);
    if (size) text[l.length < size ? l.length : size - 1] = 0;
    return l.length;
}
