/*
 * The recall tasks: examples in which an answer is due a chosen number of steps after what it depends on. An example
 * depends on (task, gap, seed, number) alone.
 */
#ifndef UR_TASK_RECALL_RECALL_H
#define UR_TASK_RECALL_RECALL_H

#include "train/task.h"
#include "unroll_inspect.h"

/* As the rows of task.c say. */
typedef struct ur_recall_settings {
    int kind; /* ur_recall_task */
    size_t gap, window;
} ur_recall_settings;

/* Some examples side by side: (T, B). */
typedef struct ur_examples {
    size_t steps, lanes;
    int32_t *ids;           /* (T, B); NULL where the task takes numbers */
    ur_real *values;        /* (T, B, features) */
    int32_t *targets;       /* (T, B): −1 where no answer is due */
    ur_real *target_values; /* (T, B): NaN where none is due; NULL where answers are classes */
} ur_examples;

/* The numbers that make one example. */
typedef struct ur_draws {
    uint64_t seed, number;
    uint32_t next;
} ur_draws;

double ur_draw_uniform(ur_draws *draws);            /* in [0, 1) */
size_t ur_draw_below(ur_draws *draws, size_t most); /* 0 … most − 1 */

typedef struct ur_recall_kind {
    ur_recall_facts facts;
    size_t symbols, features, outputs; /* one of the first two is 0 */
    size_t (*steps)(size_t gap);
    /* Writes one lane, where ids are 0 and nothing is due yet. */
    void (*write)(ur_examples *examples, size_t lane, size_t gap, ur_draws *draws);
    /* A step's input, and an answer, as text for people. */
    void (*show)(const ur_examples *examples, size_t step, char *text, size_t size);
} ur_recall_kind;

extern const ur_recall_kind ur_recall_copy, ur_recall_adding, ur_recall_who;

/* NULL: there is no such task. */
const ur_recall_kind *ur_recall_find(ur_recall_task task);

ur_status ur_examples_create(ur_examples *examples, const ur_recall_kind *kind, size_t gap, size_t lanes,
                             ur_error *error);
void ur_examples_free(ur_examples *examples);
/* Lane b becomes example first + b. */
void ur_examples_fill(ur_examples *examples, const ur_recall_kind *kind, size_t gap, uint64_t seed, uint64_t first);

/* What a training reads. */
typedef struct ur_recall_data {
    const ur_recall_kind *kind;
    size_t gap, window;
    uint64_t seed;
    ur_examples examples; /* those from number `held` on */
    uint64_t held;
} ur_recall_data;

extern const ur_task ur_task_recall;

/* Steps [begin, begin + steps) of the examples as a batch. */
ur_batch ur_examples_piece(const ur_examples *examples, const ur_recall_kind *kind, size_t begin, size_t steps);
/* Whether an answer is due at a step of a lane. */
bool ur_examples_due(const ur_examples *examples, size_t step, size_t lane);

#endif
