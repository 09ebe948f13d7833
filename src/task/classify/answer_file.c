/* Answers pictures and recordings without labels, in their order, some at a time. */
#include "task/classify/classify.h"

#include <stdlib.h>

enum { LANES = 32 };

bool ur_classify_takes_files(const void *data) { return !((const ur_classify *)data)->vocabulary; }

static ur_status open_file(ur_classify *c, const char *path, size_t features, ur_labelled **set, ur_error *error)
{
    ur_labelled_options options = ur_classify_options(c);
    options.unlabelled = true;
    options.form = options.label_from = options.relabel = NULL;
    UR_TRY(ur_labelled_open(set, &path, 1, &options, error));
    if (ur_labelled_features(*set) == features) return UR_OK;
    ur_fail(error, UR_ERR_DATA, "%s: %zu numbers a step, the model takes %zu", path, ur_labelled_features(*set),
            features);
    ur_labelled_close(*set);
    return UR_ERR_DATA;
}

static size_t steps_of(const ur_classify *c)
{
    size_t most = c->settings.max_length;
    return c->settings.scan == 1 || c->example.steps < most ? c->example.steps : most;
}

/* Puts the examples from `first` on into the lanes of a batch. All are read twice, since the longest length must be
 * known first. */
static ur_status put_examples(ur_classify *c, const ur_labelled *set, size_t first, size_t lanes, size_t *steps,
                              ur_error *error)
{
    *steps = 1;
    for (size_t b = 0; b < lanes; b++) {
        UR_TRY(ur_labelled_read(set, first + b, &c->example, error));
        c->cut_count += steps_of(c) < c->example.steps;
        if (steps_of(c) > *steps) *steps = steps_of(c);
    }
    UR_TRY(ur_classify_room(c, *steps, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        UR_TRY(ur_labelled_read(set, first + b, &c->example, error));
        UR_TRY(ur_classify_put_lane(c, b, lanes, *steps, steps_of(c), error));
    }
    return UR_OK;
}

/* Space for the outputs of a batch, and for one answer. */
typedef struct answers {
    real *out;
    double *p;
} answers;

static ur_status answer_examples(ur_classify *c, ur_learner *learner, const ur_labelled *set, size_t first,
                                 const answers *room, bool json, const ur_sink *sink, ur_error *error)
{
    size_t left = ur_labelled_count(set) - first, lanes = left < LANES ? left : LANES, steps;
    char where[512];
    UR_TRY(put_examples(c, set, first, lanes, &steps, error));
    ur_batch batch;
    UR_TRY(ur_classify_fill(c, steps, lanes, &batch, error));
    UR_TRY(ur_predict(learner, &batch, room->out, error));
    for (size_t b = 0; b < lanes; b++) {
        ur_classify_probabilities(c, room->out + b * ur_model_outputs(learner->model), c->gives_logits, room->p);
        ur_labelled_name(set, first + b, where, sizeof where);
        UR_TRY(ur_classify_write(c, room->p, where, json, sink, error));
    }
    return UR_OK;
}

static ur_status answer_set(ur_classify *c, ur_learner *learner, const ur_labelled *set, bool json, const ur_sink *sink,
                            ur_error *error)
{
    answers room = {calloc(LANES * ur_model_outputs(learner->model), sizeof *room.out),
                    calloc(c->label_count, sizeof *room.p)};
    ur_status status = room.out && room.p ? UR_OK : ur_fail_memory(error, "answers");
    for (size_t i = 0; status == UR_OK && i < ur_labelled_count(set); i += LANES)
        status = answer_examples(c, learner, set, i, &room, json, sink, error);
    free(room.out);
    free(room.p);
    return status;
}

ur_status ur_classify_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                  ur_error *error)
{
    ur_classify *c = data;
    ur_labelled *set;
    UR_TRY(open_file(c, path, ur_model_features(learner->model), &set, error));
    ur_status status = answer_set(c, learner, set, json, sink, error);
    ur_labelled_close(set);
    return status;
}

ur_status ur_classify_look_file(ur_classify *c, const ur_model *model, const char *path, size_t number, ur_batch *batch,
                                ur_error *error)
{
    ur_labelled *set;
    size_t steps;
    UR_TRY(open_file(c, path, ur_model_features(model), &set, error));
    ur_status status = UR_OK;
    if (number >= ur_labelled_count(set))
        status = ur_fail(error, UR_ERR_USAGE, "%s: there is no example %zu of %zu", path, number + 1,
                         ur_labelled_count(set));
    if (status == UR_OK) status = put_examples(c, set, number, 1, &steps, error);
    if (status == UR_OK) status = ur_classify_fill(c, steps, 1, batch, error);
    ur_labelled_close(set);
    return status;
}
