/*
 * The recall tasks: examples in which an answer is due a chosen number of steps after the input it depends on. An
 * example depends on (task, gap, seed, number) only.
 */
#ifndef UR_TASK_RECALL_RECALL_H
#define UR_TASK_RECALL_RECALL_H

#include "train/task.h"
#include "unroll_inspect.h"

/* Settings; see the rows of task.c. */
typedef struct ur_recall_settings {
    int kind; /* ur_recall_task */
    size_t gap, window;
} ur_recall_settings;

/* Some examples side by side: (T, B). */
typedef struct ur_examples {
    size_t steps, lanes;
    int32_t *ids;           /* (T, B); NULL if the task takes numbers */
    ur_real *values;        /* (T, B, features) */
    int32_t *targets;       /* (T, B), −1 where no answer is due */
    ur_real *target_values; /* (T, B), NaN where none is due; NULL if answers are classes */
} ur_examples;

/* The random numbers that make one example. */
typedef struct ur_draws {
    uint64_t seed, number;
    uint32_t next;
} ur_draws;

double ur_draw_uniform(ur_draws *draws);            /* uniform in [0, 1) */
size_t ur_draw_below(ur_draws *draws, size_t most); /* uniform in 0 … most − 1 */

typedef struct ur_recall_kind {
    ur_recall_facts facts;
    size_t symbols, features, outputs; /* either symbols or features is 0 */
    size_t (*steps)(size_t gap);
    /* Writes one lane, in which ids are 0 and no answer is due yet. */
    void (*write)(ur_examples *examples, size_t lane, size_t gap, ur_draws *draws);
    /* Shows a step's input, or an answer, as text. */
    void (*show)(const ur_examples *examples, size_t step, char *text, size_t size);
} ur_recall_kind;

extern const ur_recall_kind ur_recall_copy, ur_recall_adding, ur_recall_who;

/* NULL if there is no such task. */
const ur_recall_kind *ur_recall_find(ur_recall_task task);

ur_status ur_examples_create(ur_examples *examples, const ur_recall_kind *kind, size_t gap, size_t lanes,
                             ur_error *error);
void ur_examples_free(ur_examples *examples);
/* Fills lane b with example first + b. */
void ur_examples_fill(ur_examples *examples, const ur_recall_kind *kind, size_t gap, uint64_t seed, uint64_t first);

/* The data of a training. */
typedef struct ur_recall_data {
    const ur_recall_kind *kind;
    size_t gap, window;
    uint64_t seed;
    ur_examples examples; /* examples from number `held` on */
    uint64_t held;
} ur_recall_data;

extern const ur_task ur_task_recall;

/* What the task chooses. */
enum { UR_RECALL_STEPS = 2000 };
bool ur_recall_is_gated(const char *cell);
double ur_recall_rate(const char *cell);

/* Steps [begin, begin + steps) of the examples, as a batch. */
ur_batch ur_examples_piece(const ur_examples *examples, const ur_recall_kind *kind, size_t begin, size_t steps);
/* Whether an answer is due at a step of a lane. */
bool ur_examples_due(const ur_examples *examples, size_t step, size_t lane);

#endif
