/* One text, one answer: a line with the label and its probability, or an object with those of all labels. */
#include "task/classify/classify.h"

#include "format/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last line's outputs for one sequence. */
static ur_status run_text(ur_classify *c, ur_learner *learner, const char *text, size_t length, real *out,
                          ur_error *error)
{
    size_t count;
    UR_TRY(ur_classify_cut(c, text, length, &count, NULL, error));
    UR_TRY(ur_classify_room(c, count, 1, error));
    ur_classify_put_lane(c, 0, 1, count, count);
    ur_batch batch = {.input = {{.steps = count, .lanes = 1, .ids = c->ids}}};
    return ur_predict(learner, &batch, out, error);
}

static size_t find_likeliest(const double *p, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (p[i] > p[best]) best = i;
    return best;
}

static ur_status write_json(const ur_classify *c, const double *p, const ur_sink *sink, ur_error *error)
{
    json_t *all = json_object(),
           *o = json_pack("{s:s,s:O}", "label", c->labels[find_likeliest(p, c->label_count)], "probabilities", all);
    int failed = !all || !o;
    for (size_t i = 0; !failed && i < c->label_count; i++)
        failed = json_object_set_new(all, c->labels[i], json_real(p[i]));
    char *text = NULL;
    ur_status status = failed ? ur_fail_memory(error, "an answer") : ur_json_write(o, &text, error);
    json_decref(all);
    json_decref(o);
    if (status == UR_OK) status = sink->write(sink->context, text, strlen(text), error);
    if (status == UR_OK) status = sink->write(sink->context, "\n", 1, error);
    free(text);
    return status;
}

static ur_status write_line(const ur_classify *c, const double *p, const ur_sink *sink, ur_error *error)
{
    size_t best = find_likeliest(p, c->label_count);
    unsigned share = (unsigned)(p[best] * 10000 + 0.5); /* no decimal point of the host's locale */
    char number[32];
    int size = snprintf(number, sizeof number, "\t%u.%04u\n", share / 10000, share % 10000);
    UR_TRY(sink->write(sink->context, c->labels[best], strlen(c->labels[best]), error));
    return sink->write(sink->context, number, (size_t)size, error);
}

ur_status ur_classify_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                             const ur_sink *sink, ur_error *error)
{
    ur_classify *c = data;
    if (!item) return UR_OK;
    if (!c->vocabulary)
        return ur_fail(error, UR_ERR_UNSUPPORTED,
                       "this model reads pictures or recordings; `unroll eval` judges it on them");
    size_t outputs = ur_model_outputs(learner->model);
    double *p = calloc(c->label_count, sizeof *p);
    real *out = calloc(outputs, sizeof *out);
    ur_status status = p && out ? run_text(c, learner, item, length, out, error) : ur_fail_memory(error, "an answer");
    if (status == UR_OK) {
        ur_classify_probabilities(c, out, false, p);
        status = json ? write_json(c, p, sink, error) : write_line(c, p, sink, error);
    }
    free(p);
    free(out);
    return status;
}

ur_status ur_classify_tokens(void *data, const char *text, size_t length, const int32_t **ids, size_t *count,
                             ur_error *error)
{
    ur_classify *c = data;
    if (!c->vocabulary) return ur_fail(error, UR_ERR_UNSUPPORTED, "this model reads pictures or recordings, not text");
    UR_TRY(ur_classify_cut(c, text, length, count, NULL, error));
    *ids = c->tokens;
    return UR_OK;
}
