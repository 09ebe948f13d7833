/*
 * topologies.c: the five shapes of a recurrent network, each with a network line and four examples to learn.
 *
 *     one to one     one to many     many to one     many to many       many to many
 *                                                    in step            after reading all
 *         y            y  y  y             y          y  y  y                  y  y  y
 *         |            |  |  |             |          |  |  |                  |  |  |
 *         □            □→ □→ □       □→ □→ □          □→ □→ □         □→ □→ □→ □→ □→ □
 *         |            |             |  |  |          |  |  |         |  |  |
 *         x            x             x  x  x          x  x  x         x  x  x
 */
#include <unroll_train.h>

#include <stdio.h>
#include <string.h>

enum { LANES = 4, STEPS = 8, SYMBOLS = 64 }; /* examples; longest text; ASCII from ' ' (meaning none) to '_' */

typedef struct shape {
    const char *name, *net, *in[LANES], *out[LANES];
} shape;

static const shape shapes[] = {
    {"one to one", "onehot > rnn 16 > dense", {"1", "2", "3", "4"}, {"I", "X", "C", "M"}},
    {"one to many", "onehot > lstm 16 > dense", {"1    ", "2    ", "3    ", "4    "}, {"ONE", "TWO", "THREE", "FOUR"}},
    {"many to one", "onehot > lstm 16 > last > dense", {"ONE", "TWO", "THREE", "FOUR"}, {"1", "2", "3", "4"}},
    /* Answer 1 while the number of 1s so far is odd, else 0. */
    {"many to many", "onehot > lstm 16 > dense", {"1011", "0110", "1110", "0001"}, {"1101", "0100", "1011", "0001"}},
    {"many to many, after reading all",
     "encoder: onehot > lstm 24; decoder: onehot > lstm 24 from encoder > dense",
     {"ONE", "TWO", "THREE", "FOUR"},
     {"UNO", "DOS", "TRES", "CUATRO"}},
};

/* Encodes four texts as ids (T, B), padded with ' '. Returns T, the length of the longest text. */
static size_t encode(int32_t *ids, int32_t *lengths, const char *const *texts)
{
    size_t steps = 0;
    memset(ids, 0, STEPS * LANES * sizeof *ids);
    for (size_t b = 0; b < LANES; b++) {
        const size_t length = strlen(texts[b]);
        for (size_t t = 0; t < length; t++) ids[t * LANES + b] = texts[b][t] - ' ';
        lengths[b] = (int32_t)length;
        if (length > steps) steps = length;
    }
    return steps;
}

/* Finds the most probable answers (T, B). A decoder reads its own answers, so each round fixes one more step. */
static ur_status answer(ur_learner *learner, const ur_batch *batch, size_t steps, int32_t *answers, int32_t *heard,
                        ur_error *error)
{
    ur_real y[STEPS * LANES * SYMBOLS];
    const ur_sampling likeliest = {.temperature = 0, .top_p = 1, .never = -1};
    for (size_t round = 0; round < steps; round++) {
        if (ur_predict(learner, batch, y, error)) return error->status;
        for (size_t i = 0; i < steps * LANES; i++) answers[i] = ur_sample(y + i * SYMBOLS, SYMBOLS, &likeliest, 0);
        memcpy(heard + LANES, answers, steps * LANES * sizeof *heard);
    }
    return UR_OK;
}

static ur_status learn(const shape *it, ur_error *error)
{
    /* The decoder reads nothing at the first step and then the previous answer: in training, the correct one. */
    int32_t in[STEPS * LANES], out[STEPS * LANES], heard[(STEPS + 1) * LANES] = {0}, lengths[LANES], unused[LANES];
    const size_t steps_in = encode(in, lengths, it->in), steps_out = encode(out, unused, it->out);
    memcpy(heard + LANES, out, sizeof out);
    const ur_batch batch = {.input = {{.steps = steps_in, .lanes = LANES, .ids = in, .lengths = lengths},
                                      {.steps = steps_out, .lanes = LANES, .ids = heard}}, /* of line 2, if any */
                            .target = {{.line = strchr(it->net, ';') != NULL, .ids = out}},
                            .target_count = 1};
    ur_learning learning = ur_learning_default();
    learning.rate = 0.02;
    ur_model *model;
    ur_learner *learner;
    if (ur_model_create(&model, it->net, &(ur_sizes){.symbols = SYMBOLS, .outputs = SYMBOLS}, 1, 0, NULL, error) ||
        ur_learner_create(&learner, model, &learning, error))
        return error->status;
    double before, after;
    int32_t answers[STEPS * LANES];
    if (ur_evaluate(learner, &batch, &before, error)) return error->status;
    for (int update = 0; update < 200; update++)
        if (ur_learn(learner, &batch, &after, error)) return error->status;
    if (answer(learner, &batch, steps_out, answers, heard, error)) return error->status;
    printf("%s\n  %s\n  loss %.3f, after learning %.3f\n  %s → ", it->name, it->net, before, after, it->in[2]);
    for (size_t t = 0; t < steps_out; t++) putchar(' ' + answers[t * LANES + 2]);
    printf("\n\n");
    ur_learner_free(learner), ur_model_free(model);
    return UR_OK;
}

int main(void)
{
    ur_error error;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (learn(&shapes[i], &error)) return fprintf(stderr, "%s: %s\n", shapes[i].name, error.text), 1;
    return 0;
}
