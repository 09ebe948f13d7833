/*
 * Batches of windows. An example is a window and a group of channels; example e of a part is window e / groups. Each
 * example comes once in an epoch, in an order that a keyed permutation gives. So there is no list of examples, and any
 * batch can be made by itself.
 */
#include "task/forecast/forecast.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Order -------------------------------------------------------------------------------------------------------- */

static size_t count_groups(const ur_forecast *f) { return f->channels / f->group; }

static size_t count_all(const ur_forecast *f, ur_part part)
{
    size_t first;
    return ur_forecast_windows(f, part, &first) * count_groups(f);
}

/* A training that has more validation examples takes evenly spaced ones, about this many. */
enum { VALIDATED_MOST = 32768 };

static size_t find_stride(const ur_forecast *f, ur_part part)
{
    bool some = part == UR_PART_VALIDATION && !f->judging;
    return some ? (count_all(f, part) + VALIDATED_MOST - 1) / VALIDATED_MOST : 1;
}

static size_t count_examples(const ur_forecast *f, ur_part part)
{
    size_t all = count_all(f, part), stride = find_stride(f, part);
    return all ? (all + stride - 1) / stride : 0;
}

/* A Feistel network of four rounds over 2·half bits. It is one to one, whatever the round function is. */
static uint64_t permute_bits(uint64_t seed, uint64_t x, unsigned half)
{
    uint64_t mask = (UINT64_C(1) << half) - 1, left = x >> half, right = x & mask;
    for (uint64_t round = 0; round < 4; round++) {
        uint32_t words[4];
        ur_random_words(seed, UR_USE_SHUFFLE, round << 40 | right, words);
        uint64_t next = left ^ (words[0] & mask);
        left = right;
        right = next;
    }
    return left << half | right;
}

/* Permutes an index. If the result is out of range, it is permuted again until it is in range, which keeps the map one
 * to one. */
static uint64_t permute(const ur_forecast *f, uint64_t epoch, uint64_t i, uint64_t count)
{
    uint64_t seed = f->seed + UINT64_C(0x9E3779B97F4A7C15) * (epoch + 1);
    unsigned half = 1;
    while (UINT64_C(1) << 2 * half < count) half++;
    do i = permute_bits(seed, i, half);
    while (i >= count);
    return i;
}

/* ---- Buffers ------------------------------------------------------------------------------------------------------ */

size_t ur_forecast_features(const ur_forecast *f)
{
    size_t values = ur_forecast_segment(f) * f->group;
    return values * (ur_forecast_masks(f) ? 2 : 1) + ur_forecast_calendar_count(f->calendar);
}

static bool make_numbers(real **numbers, size_t a, size_t b, size_t c)
{
    size_t count;
    free(*numbers);
    *numbers = ur_mul_fits(a, b, &count) && ur_mul_fits(count, c, &count) ? calloc(count, sizeof **numbers) : NULL;
    return *numbers != NULL;
}

static bool make_doubles(double **numbers, size_t a, size_t b)
{
    free(*numbers);
    *numbers = calloc(a, b * sizeof **numbers);
    return *numbers != NULL;
}

ur_status ur_forecast_room(ur_forecast *f, size_t lanes, ur_error *error)
{
    size_t steps = f->settings.context / ur_forecast_segment(f), targets = f->settings.horizon * f->group;
    if (lanes <= f->lanes) return UR_OK;
    f->lanes = 0;
    free(f->example);
    f->example = calloc(lanes, sizeof *f->example);
    bool made = f->example && make_numbers(&f->inputs, steps, lanes, ur_forecast_features(f)) &&
                make_numbers(&f->targets, lanes, targets, 1) && make_doubles(&f->bases, lanes, targets) &&
                make_doubles(&f->lasts, lanes, f->group) &&
                make_numbers(&f->out, lanes, targets, ur_forecast_outputs(f)) &&
                make_numbers(&f->fed, f->settings.horizon, lanes, ur_forecast_features(f));
    if (!made) return ur_fail_memory(error, "a batch");
    f->lanes = lanes;
    return f->view.x ? UR_OK : ur_forecast_view_make(f, &f->view, error);
}

ur_status ur_forecast_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error)
{
    ur_forecast *f = data;
    (void)first_loss;
    f->batch = settings->run.batch ? settings->run.batch : 256;
    f->sums = learning->sum;
    return ur_forecast_room(f, f->batch, error);
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

uint64_t ur_forecast_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_forecast *f = data;
    (void)epoch;
    return (count_examples(f, part) + f->batch - 1) / f->batch;
}

/* Puts row t of a channel's context into its step: first the values of each channel, then the gaps. */
static void put_value(ur_forecast *f, size_t t, size_t channel, real *step)
{
    size_t segment = ur_forecast_segment(f), place = channel * segment + t % segment;
    const ur_forecast_view *v = &f->view;
    step[place] = (real)(f->base == UR_BASE_NONE ? v->x[t] : v->x[t] - v->last);
    if (ur_forecast_masks(f)) step[segment * f->group + place] = v->gap[t];
}

/* Puts targets, relative to the base: (lane, channel, horizon), or step by step (horizon, lane, channel). */
static void put_targets(ur_forecast *f, size_t row, size_t channel, size_t k, size_t b, size_t lanes)
{
    const double *base = f->bases + (b * f->group + k) * f->settings.horizon;
    size_t horizon = f->settings.horizon, known = row < f->series.rows ? f->series.rows - row : 0;
    for (size_t h = 0; h < horizon; h++) {
        size_t place =
            f->settings.how == UR_WAY_STEP ? (h * lanes + b) * f->group + k : (b * f->group + k) * horizon + h;
        f->targets[place] = h < known ? (real)(ur_forecast_value(f, row + h, channel) - base[h]) : (real)NAN;
    }
}

void ur_forecast_put_lane(ur_forecast *f, size_t row, size_t group, size_t b, size_t lanes)
{
    size_t features = ur_forecast_features(f), segment = ur_forecast_segment(f), context = f->settings.context;
    size_t calendar = features - ur_forecast_calendar_count(f->calendar);
    for (size_t k = 0; k < f->group; k++) {
        size_t channel = group * f->group + k;
        ur_forecast_look(f, row, channel, &f->view);
        ur_forecast_base(f, f->base, &f->view, f->bases + (b * f->group + k) * f->settings.horizon);
        f->lasts[b * f->group + k] = f->base == UR_BASE_NONE ? 0 : f->view.last;
        for (size_t t = 0; t < context; t++) put_value(f, t, k, f->inputs + (t / segment * lanes + b) * features);
        put_targets(f, row, channel, k, b, lanes);
    }
    for (size_t t = segment - 1; f->calendar && t < context; t += segment)
        ur_forecast_calendar_put(f, row - context + t, f->inputs + (t / segment * lanes + b) * features + calendar);
    f->example[b] = (ur_forecast_example){row, group};
}

/* The same input for every line of the network. */
ur_batch ur_forecast_inputs(const ur_forecast *f, size_t lanes)
{
    ur_batch batch = {.target_count = 0};
    for (size_t i = 0; i < f->lines; i++)
        batch.input[i] =
            (ur_sequences){.steps = f->settings.context / ur_forecast_segment(f), .lanes = lanes, .values = f->inputs};
    return batch;
}

ur_status ur_forecast_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error)
{
    ur_forecast *f = data;
    size_t first, groups = count_groups(f), count = count_examples(f, part), stride = find_stride(f, part);
    uint64_t begin = number * f->batch;
    size_t lanes = count - begin < f->batch ? (size_t)(count - begin) : f->batch;
    UR_TRY(ur_forecast_room(f, lanes, error));
    ur_forecast_windows(f, part, &first);
    for (size_t b = 0; b < lanes; b++) {
        uint64_t e = part == UR_PART_TRAIN ? permute(f, epoch, begin + b, count) : (begin + b) * stride;
        ur_forecast_put_lane(f, first + (size_t)(e / groups), (size_t)(e % groups), b, lanes);
    }
    batch->network = ur_forecast_inputs(f, lanes);
    batch->fresh = true;
    return UR_OK;
}
