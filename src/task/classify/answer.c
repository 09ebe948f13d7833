/* Answers one text: a line with the label and its probability, or an object with the probabilities of all labels. */
#include "task/classify/classify.h"

#include "task/answer_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ur_status take_text(ur_classify *c, const char *text, size_t length, ur_batch *batch, ur_error *error)
{
    size_t count;
    UR_TRY(ur_classify_cut(c, text, length, &count, NULL, error));
    UR_TRY(ur_classify_room(c, count, 1, error));
    UR_TRY(ur_classify_put_lane(c, 0, 1, count, count, error));
    return ur_classify_fill(c, count, 1, batch, error);
}

enum { KEPT_MOST = 8192 }; /* number of tokens; 16 MB for 128 neurons */

/* Keeps what the first layer computes for a token from text to text. */
static ur_status keep_tokens(ur_classify *c, ur_learner *learner, ur_error *error)
{
    const ur_model *m = learner->model;
    learner->kept = NULL;
    if (m->line_count > 1 || !m->layers->embed) return UR_OK;
    if (!c->kept.place) UR_TRY(ur_kept_rows_make(&c->kept, m->lines->symbols, error));
    if (c->kept.count > KEPT_MOST) ur_kept_rows_forget(&c->kept);
    learner->kept = &c->kept;
    return UR_OK;
}

/* Computes the last line's outputs for one sequence. */
static ur_status run_text(ur_classify *c, ur_learner *learner, const char *text, size_t length, real *out,
                          ur_error *error)
{
    ur_batch batch;
    UR_TRY(take_text(c, text, length, &batch, error));
    c->cut_count += c->cut;
    UR_TRY(keep_tokens(c, learner, error));
    ur_status status = ur_predict(learner, &batch, out, error);
    if (status != UR_OK && learner->kept) ur_kept_rows_forget(learner->kept); /* some may be incomplete */
    return status;
}

/* Computes P(polar), and P(positive | polar). */
static double sides(const double *p, double *positive)
{
    double polar = p[UR_CLASS_POSITIVE] + p[UR_CLASS_NEGATIVE];
    *positive = polar > 0 ? p[UR_CLASS_POSITIVE] / polar : 0.5;
    return polar;
}

static int add_sides(json_t *o, const double *p)
{
    double positive, polar = sides(p, &positive);
    return json_object_set_new(o, "polar", json_real(polar)) | json_object_set_new(o, "positive", json_real(positive));
}

static json_t *answer_json(const ur_classify *c, const double *p, const char *where)
{
    json_t *all = json_object(),
           *o = json_pack("{s:s,s:O}", "label", c->labels[ur_classify_decide(c, p)], "probabilities", all);
    int failed = !all || !o || (c->settings.hierarchy && add_sides(o, p));
    if (where && !failed) failed = json_object_set_new(o, "where", json_string(where));
    for (size_t i = 0; !failed && i < c->label_count; i++)
        failed = json_object_set_new(all, c->labels[i], json_real(p[i]));
    json_decref(all);
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

/* Writes "\tNAME 0.1234", or "\t0.1234" without a name. The decimal point does not follow the host's locale. */
static ur_status write_share(const char *name, double p, const ur_sink *sink, ur_error *error)
{
    unsigned share = (unsigned)(p * 10000 + 0.5);
    char number[UR_LABEL_BYTES + 32];
    int size = snprintf(number, sizeof number, "\t%s%s%u.%04u", name, *name ? " " : "", share / 10000, share % 10000);
    return sink->write(sink->context, number, (size_t)size, error);
}

static ur_status write_sides(const ur_classify *c, const double *p, const ur_sink *sink, ur_error *error)
{
    double positive, polar = sides(p, &positive);
    UR_TRY(write_share(c->labels[UR_CLASS_NEUTRAL], 1 - polar, sink, error));
    UR_TRY(write_share("polar", polar, sink, error));
    UR_TRY(write_share(c->labels[UR_CLASS_NEGATIVE], 1 - positive, sink, error));
    return write_share(c->labels[UR_CLASS_POSITIVE], positive, sink, error);
}

static ur_status write_line(const ur_classify *c, const double *p, const char *where, const ur_sink *sink,
                            ur_error *error)
{
    size_t best = ur_classify_decide(c, p);
    UR_TRY(sink->write(sink->context, c->labels[best], strlen(c->labels[best]), error));
    UR_TRY(c->settings.hierarchy ? write_sides(c, p, sink, error) : write_share("", p[best], sink, error));
    if (where) UR_TRY(sink->write(sink->context, "\t", 1, error));
    if (where) UR_TRY(sink->write(sink->context, where, strlen(where), error));
    return sink->write(sink->context, "\n", 1, error);
}

ur_status ur_classify_write(const ur_classify *c, const double *p, const char *where, bool json, const ur_sink *sink,
                            ur_error *error)
{
    return json ? ur_answer_line(answer_json(c, p, where), sink, error) : write_line(c, p, where, sink, error);
}

size_t ur_classify_cut_items(const void *data) { return ((const ur_classify *)data)->cut_count; }

ur_status ur_classify_label(void *data, ur_learner *learner, const char *text, size_t length, size_t *label,
                            double *probabilities, ur_error *error)
{
    ur_classify *c = data;
    if (!c->vocabulary)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "this model reads pictures or recordings, and not text");
    real *out = calloc(ur_model_outputs(learner->model), sizeof *out);
    ur_status status = out ? run_text(c, learner, text, length, out, error) : ur_fail_memory(error, "an answer");
    if (status == UR_OK) ur_classify_probabilities(c, out, c->gives_logits, probabilities);
    if (status == UR_OK) *label = ur_classify_decide(c, probabilities);
    free(out);
    return status;
}

ur_status ur_classify_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                             const ur_sink *sink, ur_error *error)
{
    ur_classify *c = data;
    size_t label;
    if (!item) return UR_OK;
    double *p = calloc(c->label_count, sizeof *p);
    ur_status status =
        p ? ur_classify_label(c, learner, item, length, &label, p, error) : ur_fail_memory(error, "an answer");
    if (status == UR_OK) status = ur_classify_write(c, p, NULL, json, sink, error);
    free(p);
    return status;
}

ur_status ur_classify_look(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                           ur_item *seen, ur_error *error)
{
    ur_classify *c = data;
    if (c->settings.hierarchy)
        return ur_fail(error, UR_ERR_UNSUPPORTED,
                       "with `hierarchy` the network gives two answers, not one label that could be explained");
    UR_TRY(c->vocabulary ? take_text(c, item, length, &seen->batch, error)
                         : ur_classify_look_file(c, model, item, number, &seen->batch, error));
    seen->line = c->vocabulary ? ur_line_of_words(model) : 0;
    seen->answers = model->line_count - 1;
    seen->steps = seen->batch.input[seen->line].steps;
    seen->apart = !c->vocabulary;
    return UR_OK;
}

const char *ur_classify_step_text(const void *data, size_t step, size_t *length)
{
    const ur_classify *c = data;
    size_t begin = c->vocabulary && step ? c->end[step - 1] : 0;
    if (!c->vocabulary) return NULL;
    *length = c->end[step] - begin;
    return c->text + begin;
}
