/*
 * The reports of a run: lines of log.jsonl and reports of the event file, at the same steps. Equal runs report the
 * same, except for times.
 */
#include "base/utf8.h"
#include "format/json_text.h"
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ur_status add_line(ur_trainer *t, json_t *line, ur_error *error)
{
    if (!line) return ur_fail_memory(error, "a line of the log");
    char *text;
    ur_status status = ur_json_write(line, &text, error);
    json_decref(line);
    if (status != UR_OK) return status;
    status = ur_log_add(&t->log, text, error);
    free(text);
    return status;
}

/* ---- a step ----------------------------------------------------------------------------------------------------- */

static ur_status log_step(ur_trainer *t, ur_error *error)
{
    return add_line(t,
                    json_pack("{s:I,s:f,s:f,s:f,s:f,s:f,s:I,s:f}", "step", (json_int_t)t->at.step, "epoch",
                              ur_trainer_epoch(t), "loss", t->loss, "smooth", t->at.smooth, "lr",
                              t->learner->learning.rate, "norm", t->learner->norm, "units", (json_int_t)t->at.items,
                              "seconds", t->seconds),
                    error);
}

/* Reports the gradient's norms before clipping. The gradient is still there, since the update only reads it. */
static void put_norms(ur_trainer *t)
{
    ur_learner *l = t->learner;
    for (size_t i = 0; i < t->model->param_count; i++) {
        const ur_param *p = &t->model->params[i];
        char tag[sizeof p->name + 32];
        snprintf(tag, sizeof tag, "gradient_norm/%s", p->name);
        ur_events_number(&t->events, tag, ur_gradient_norm(&l->compute, p->gradient, p->size, l->norm_pieces));
    }
}

/* The share of elements that --clip-value holds at its bounds. */
static double held_share(const ur_trainer *t)
{
    const ur_learning *l = &t->learner->learning;
    double scale = ur_clip_factor(l->clip_norm, t->learner->norm);
    size_t held = 0, numbers = t->model->numbers;
    for (size_t i = 0; i < numbers; i++) held += fabs(scale * (double)t->model->gradients[i]) > l->clip_value;
    return (double)held / (double)(numbers ? numbers : 1);
}

static void put_clipping(ur_trainer *t)
{
    const ur_learning *l = &t->learner->learning;
    uint64_t steps = t->at.step > t->at.reported ? t->at.step - t->at.reported : 1;
    if (l->clip_norm > 0) ur_events_number(&t->events, "clipped/steps", (double)t->at.clipped / (double)steps);
    if (l->clip_value > 0) ur_events_number(&t->events, "clipped/elements", held_share(t));
}

static ur_status report_step(ur_trainer *t, ur_error *error)
{
    if (t->events.file.fd < 0) return UR_OK;
    ur_events_number(&t->events, "loss/training", t->loss);
    ur_events_number(&t->events, "loss/smoothed", t->at.smooth);
    ur_events_number(&t->events, "learning_rate", t->learner->learning.rate);
    ur_events_number(&t->events, "gradient_norm/all", t->learner->norm);
    put_norms(t);
    put_clipping(t);
    return ur_events_end(&t->events, t->at.step, error);
}

ur_status ur_trainer_report_step(ur_trainer *t, ur_error *error)
{
    UR_TRY(log_step(t, error));
    UR_TRY(report_step(t, error));
    t->at.clipped = 0;
    t->at.reported = t->at.step;
    return UR_OK;
}

/* ---- an evaluation ---------------------------------------------------------------------------------------------- */

/* NULL if there is no memory. */
static json_t *gates_json(const ur_trainer *t)
{
    json_t *gates = json_array();
    ur_gate_share share;
    for (size_t i = 0; gates && ur_trainer_gate(t, i, &share); i++) {
        json_t *gate = json_pack("{s:I,s:s,s:f,s:f}", "layer", (json_int_t)share.layer + 1, "gate", share.name, "open",
                                 share.open, "shut", share.shut);
        if (json_array_append_new(gates, gate) == 0) continue;
        json_decref(gates);
        return NULL;
    }
    return gates;
}

/* Layers are counted from 1 wherever people see them. */
static void put_gates(ur_trainer *t)
{
    ur_gate_share share;
    for (size_t i = 0; ur_trainer_gate(t, i, &share); i++) {
        char tag[64];
        snprintf(tag, sizeof tag, "gates_open/layer%zu.%s", share.layer + 1, share.name);
        ur_events_number(&t->events, tag, share.open);
        snprintf(tag, sizeof tag, "gates_shut/layer%zu.%s", share.layer + 1, share.name);
        ur_events_number(&t->events, tag, share.shut);
    }
}

static int put_metrics(const ur_trainer *t, json_t *line)
{
    int failed = 0;
    for (size_t i = 1; t->task->metric[i].name; i++)
        failed |= json_object_set_new(line, t->task->metric[i].name, json_real(t->at.metric[i]));
    if (t->gates_seen) failed |= json_object_set_new(line, "gates", gates_json(t));
    return failed;
}

/* The first metric, by which the run is judged, has the name "validation" here. */
static json_t *evaluation_json(const ur_trainer *t)
{
    json_t *line = json_pack("{s:I,s:f,s:f,s:f}", "step", (json_int_t)t->at.step, "epoch", ur_trainer_epoch(t),
                             "validation", t->at.metric[0], "best", t->at.best);
    if (!line || put_metrics(t, line) == 0) return line;
    json_decref(line);
    return NULL;
}

static void put_metric(ur_trainer *t, const char *metric, const char *what, double value)
{
    char tag[64];
    snprintf(tag, sizeof tag, "%s/%s", metric, what);
    ur_events_number(&t->events, tag, value);
}

ur_status ur_trainer_report_evaluation(ur_trainer *t, ur_error *error)
{
    const ur_metric *metric = t->task->metric;
    UR_TRY(add_line(t, evaluation_json(t), error));
    put_gates(t);
    for (size_t i = 0; metric[i].name; i++) put_metric(t, metric[i].name, "validation", t->at.metric[i]);
    put_metric(t, metric[0].name, "best", t->at.best);
    return ur_events_end(&t->events, t->at.step, error);
}

/* ---- a sample --------------------------------------------------------------------------------------------------- */

static ur_status report_sample(ur_trainer *t, const ur_shown *shown, const char *text, size_t length, ur_error *error)
{
    UR_TRY(add_line(t,
                    json_pack("{s:I,s:f,s:o}", "step", (json_int_t)t->at.step, "epoch", ur_trainer_epoch(t), "sample",
                              json_stringn(text, length)),
                    error));
    if (shown->pixel)
        ur_events_image(&t->events, "sample", shown->pixel, shown->rows, shown->columns);
    else
        ur_events_text(&t->events, "sample", text, length);
    return ur_events_end(&t->events, t->at.step, error);
}

/* Logs the sample. Bytes that are not UTF-8 become U+FFFD. */
static ur_status keep_sample(ur_trainer *t, const ur_shown *shown, ur_error *error)
{
    size_t size;
    char *clean = ur_utf8_clean(shown->text, shown->length, &size);
    if (!clean) return ur_fail_memory(error, "a sample");
    ur_status status = report_sample(t, shown, clean, size, error);
    free(clean);
    return status;
}

ur_status ur_trainer_sample(ur_trainer *t, const char **text, size_t *length, ur_error *error)
{
    ur_shown shown = {.text = ""};
    UR_TRY(t->task->show(t->data, ur_trainer_model(t), t->at.step, &shown, error));
    *text = shown.text;
    *length = shown.length;
    return shown.length ? keep_sample(t, &shown, error) : UR_OK;
}
