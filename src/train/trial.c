/* A batch of random ids and numbers that fits a network: section 3 of unroll_train.h. */
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "layer/loss.h"
#include "model/graph.h"

#include <stdlib.h>
#include <string.h>

struct ur_trial {
    const ur_model *model;
    ur_batch batch;
    ur_value places[UR_LINES_MAX]; /* the shape of each line's output */
    ur_arena arena;                /* holds everything the batch points to */
    int32_t *lengths;
    uint64_t seed;
    uint32_t use; /* stream of the next random numbers */
    bool failed;  /* no memory */
};

static void *take(ur_trial *t, size_t count, size_t size)
{
    void *memory = ur_arena_alloc(&t->arena, count, size);
    t->failed = t->failed || !memory;
    return memory;
}

static const int32_t *random_ids(ur_trial *t, size_t count, size_t below)
{
    int32_t *ids = take(t, count, sizeof *ids);
    uint32_t use = UR_USE_TEST + t->use++;
    for (size_t i = 0; ids && i < count; i++) ids[i] = (int32_t)(ur_random_uniform(t->seed, use, i) * (double)below);
    return ids;
}

/* Random values within ±1. */
static const ur_real *random_values(ur_trial *t, size_t rows, size_t width)
{
    size_t count;
    ur_mul_fits(rows, width, &count);
    ur_real *values = take(t, count, sizeof *values);
    uint32_t use = UR_USE_TEST + t->use++;
    for (size_t i = 0; values && i < count; i++) values[i] = (ur_real)(2 * ur_random_uniform(t->seed, use, i) - 1);
    return values;
}

/* Fills the input of a line. A line whose lanes are pictures takes one step. Where all lines have the same places, the
 * lines fit one another. */
static void fill_input(ur_trial *t, size_t index, size_t lanes, size_t steps)
{
    const ur_line *line = &t->model->lines[index];
    ur_sequences *in = &t->batch.input[index];
    *in = (ur_sequences){.steps = steps, .lanes = lanes, .lengths = t->lengths};
    if (line->places) *in = (ur_sequences){.steps = 1, .lanes = lanes};
    size_t rows = in->steps * lanes;
    if (line->symbols) in->ids = random_ids(t, rows, line->symbols);
    if (line->features) in->values = random_values(t, rows, line->features);
    t->places[index].shape = ur_line_leaves(t->model, index, ur_line_enters(t->model, index, in, t->places));
}

static const ur_layer *end_of(const ur_model *m, size_t line)
{
    return &m->layers[m->lines[line].first + m->lines[line].count - 1];
}

/* Whether a later line reads this line's output. Sharing its table does not count. */
static bool is_read(const ur_model *m, size_t line)
{
    for (const ur_layer *l = m->layers; l < m->layers + m->layer_count; l++)
        if (l->named == end_of(m, line) && !l->spec.kind->reads_ids) return true;
    return false;
}

/* The loss of a line: that of the layer that ends it; softmax after a plain dense layer; else squared error. */
static ur_loss loss_of(const ur_model *m, size_t line)
{
    const char *ending = ur_line_ending(m, line);
    const ur_layer *last = end_of(m, line);
    for (size_t i = 0; ending && ur_loss_at(i); i++)
        if (strcmp(ur_loss_at(i)->word, ending) == 0) return (ur_loss)i;
    bool classes = ur_is_dense(last) && last->dense.activation == UR_LINEAR && last->width > 1;
    return classes ? UR_LOSS_SOFTMAX : UR_LOSS_SQUARED;
}

/* Gives a lane one label, or two if it has steps for two and a blank between them. The last output is the blank. */
static void fill_labels(ur_trial *t, ur_target *target, const ur_shape *shape, size_t outputs)
{
    int32_t *lengths = take(t, shape->lanes, sizeof *lengths);
    for (size_t b = 0; lengths && b < shape->lanes; b++)
        lengths[b] = (shape->lengths ? (size_t)shape->lengths[b] : shape->steps) < 3 ? 1 : 2;
    target->ids = random_ids(t, 2 * shape->lanes, outputs - 1);
    target->steps = 2;
    target->lengths = lengths;
}

static void fill_target(ur_trial *t, size_t line)
{
    ur_target *target = &t->batch.target[t->batch.target_count++];
    const ur_shape *shape = &t->places[line].shape;
    size_t rows = shape->steps * shape->lanes, outputs = t->model->lines[line].width;
    *target = (ur_target){.line = line, .loss = loss_of(t->model, line)};
    const ur_loss_kind *kind = ur_loss_at((size_t)target->loss);
    if (kind->own_steps)
        fill_labels(t, target, shape, outputs);
    else if (kind->numbers)
        target->values = random_values(t, rows, outputs);
    else
        target->ids = random_ids(t, rows, outputs);
}

static void fill(ur_trial *t, size_t lanes, size_t steps)
{
    t->lengths = take(t, lanes, sizeof *t->lengths);
    for (size_t b = 0; t->lengths && b < lanes; b++) t->lengths[b] = (int32_t)(steps - b * 2 % steps);
    for (size_t i = 0; i < t->model->line_count && !t->failed; i++) fill_input(t, i, lanes, steps);
    for (size_t i = 0; i < t->model->line_count && !t->failed; i++)
        if (i + 1 == t->model->line_count || !is_read(t->model, i)) fill_target(t, i);
}

void ur_trial_free(ur_trial *t)
{
    if (!t) return;
    ur_arena_free(&t->arena);
    free(t);
}

const ur_batch *ur_trial_batch(const ur_trial *t) { return &t->batch; }

ur_status ur_trial_create(ur_trial **trial, const ur_model *model, size_t lanes, size_t steps, uint64_t seed,
                          ur_error *error)
{
    size_t rows;
    *trial = NULL;
    if (!lanes || !steps || !ur_mul_fits(lanes, steps, &rows) || rows > INT32_MAX)
        return ur_fail(error, UR_ERR_USAGE, "a batch of %zu lanes and %zu steps", lanes, steps);
    ur_trial *t = *trial = calloc(1, sizeof *t);
    if (!t) return ur_fail_memory(error, "a batch");
    t->model = model;
    t->seed = seed;
    ur_arena_init(&t->arena);
    fill(t, lanes, steps);
    if (!t->failed) return UR_OK;
    ur_trial_free(t);
    *trial = NULL;
    return ur_fail_memory(error, "a batch");
}
