/* Continues a series. Its rows arrive as lines. At the end, the next `horizon` rows are given, with the same columns,
 * or as one object that also contains the context. */
#include "task/forecast/forecast.h"

#include "base/number.h"
#include "task/answer_line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

static ur_status add_lines(ur_forecast *f, const char *text, size_t length, ur_error *error)
{
    for (const char *end = text + length; text < end;) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text)), *next = line_end ? line_end + 1 : end;
        size_t size = (size_t)((line_end ? line_end : end) - text);
        if (size && text[size - 1] == '\r') size--;
        UR_TRY(ur_series_add(&f->series, text, size, error));
        text = next;
    }
    return UR_OK;
}

static ur_status read_item(ur_forecast *f, const char *item, size_t length, ur_error *error)
{
    if (!f->opened) {
        const ur_series_options options = ur_forecast_series_options(f);
        ur_series_begin(&f->series, &options);
        f->opened = true;
    }
    return add_lines(f, item, length, error);
}

/* ---- The network -------------------------------------------------------------------------------------------------- */

typedef struct answering {
    ur_forecast *f;
    ur_task_batch batch;
} answering;

static ur_status run_pass(void *context, ur_pass *pass, ur_window_result *result, ur_error *error)
{
    answering *a = context;
    return ur_forecast_forward(a->f, pass, &a->batch, result, error);
}

/* Each group of channels is one lane. */
static ur_status run_network(ur_forecast *f, ur_learner *learner, ur_error *error)
{
    size_t groups = f->channels / f->group;
    ur_window_result result;
    ur_carry carry = {0};
    UR_TRY(ur_forecast_room(f, groups, error));
    for (size_t g = 0; g < groups; g++) ur_forecast_put_lane(f, f->series.rows, g, g, groups);
    answering a = {f, {.network = ur_forecast_inputs(f, groups)}};
    learner->forward = run_pass;
    learner->judge = NULL;
    learner->task_context = &a;
    ur_status status = ur_learner_forward(learner, &a.batch.network, &carry, &result, error);
    learner->forward = NULL;
    return status;
}

/* ---- Rows --------------------------------------------------------------------------------------------------------- */

/* Rounds to the digits that a value really has: those of a float, or fewer if it was a logarithm or a root. */
static double round_value(const ur_forecast *f, double value)
{
    char digits[UR_NUMBER_MAX];
    snprintf(digits, sizeof digits, "%.*g", f->transform == UR_TRANSFORM_NONE ? 7 : 6, value);
    return strtod(digits, NULL);
}

static ur_status put(const ur_sink *sink, const char *text, ur_error *error)
{
    return *text ? sink->write(sink->context, text, strlen(text), error) : UR_OK;
}

static ur_status put_header(const ur_forecast *f, const ur_sink *sink, ur_error *error)
{
    const ur_series *s = &f->series;
    char level[UR_NUMBER_MAX];
    if (s->times) UR_TRY(put(sink, s->columns[s->time_column].name, error));
    for (size_t channel = 0; channel < f->channels; channel++) {
        UR_TRY(put(sink, channel || s->times ? "," : "", error));
        UR_TRY(put(sink, ur_series_name(s, channel), error));
        for (size_t i = 0; i < f->level_count; i++) {
            ur_write_number(f->levels[i], level);
            UR_TRY(put(sink, ",", error));
            UR_TRY(put(sink, ur_series_name(s, channel), error));
            UR_TRY(put(sink, " ", error));
            UR_TRY(put(sink, level, error));
        }
    }
    return put(sink, "\n", error);
}

/* The values of a channel at place h of the horizon, in the data's units, one per quantile. */
static void read_values(const ur_forecast *f, size_t channel, size_t h, double *out)
{
    ur_forecast_read(f, channel / f->group, channel % f->group, h, out);
    for (size_t i = 0; i < ur_forecast_outputs(f); i++)
        out[i] = round_value(f, ur_forecast_unscale(f, channel, out[i]));
}

static ur_status put_row(const ur_forecast *f, size_t h, const ur_sink *sink, ur_error *error)
{
    char time[UR_DATE_TEXT], text[UR_NUMBER_MAX];
    double out[UR_FORECAST_LEVELS_MOST];
    bool timed = ur_series_time(&f->series, h + 1, time);
    if (timed) UR_TRY(put(sink, time, error));
    for (size_t channel = 0; channel < f->channels; channel++) {
        read_values(f, channel, h, out);
        ur_write_number(out[ur_forecast_middle(f)], text);
        UR_TRY(put(sink, channel || timed ? "," : "", error));
        UR_TRY(put(sink, text, error));
        for (size_t i = 0; i < f->level_count; i++) {
            ur_write_number(out[i], text);
            UR_TRY(put(sink, ",", error));
            UR_TRY(put(sink, text, error));
        }
    }
    return put(sink, "\n", error);
}

static ur_status put_rows(const ur_forecast *f, const ur_sink *sink, ur_error *error)
{
    if (f->series.header) UR_TRY(put_header(f, sink, error));
    for (size_t h = 0; h < f->settings.horizon; h++) UR_TRY(put_row(f, h, sink, error));
    return UR_OK;
}

/* ---- An object ---------------------------------------------------------------------------------------------------- */

/* The last values that were read, as many as the network saw. */
static json_t *past_json(const ur_forecast *f, size_t channel)
{
    json_t *list = json_array();
    size_t context = f->settings.context, first = f->series.rows - context;
    for (size_t t = 0; list && t < context; t++) {
        double value = ur_forecast_unscale(f, channel, ur_forecast_value(f, first + t, channel));
        if (json_array_append_new(list, isnan(value) ? json_null() : json_real(round_value(f, value))) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *future_json(const ur_forecast *f, size_t channel, size_t level)
{
    json_t *list = json_array();
    double out[UR_FORECAST_LEVELS_MOST];
    for (size_t h = 0; list && h < f->settings.horizon; h++) {
        read_values(f, channel, h, out);
        if (json_array_append_new(list, json_real(out[level])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *channel_json(const ur_forecast *f, size_t channel)
{
    json_t *quantiles = json_object();
    json_t *o =
        json_pack("{s:s,s:o,s:o,s:O}", "name", ur_series_name(&f->series, channel), "past", past_json(f, channel),
                  "forecast", future_json(f, channel, ur_forecast_middle(f)), "quantiles", quantiles);
    int failed = !o;
    for (size_t i = 0; !failed && i < f->level_count; i++) {
        char level[UR_NUMBER_MAX];
        ur_write_number(f->levels[i], level);
        failed = json_object_set_new(quantiles, level, future_json(f, channel, i));
    }
    json_decref(quantiles);
    if (failed) json_decref(o);
    return failed ? NULL : o;
}

static json_t *times_json(const ur_forecast *f)
{
    json_t *list = json_array();
    char time[UR_DATE_TEXT];
    for (size_t h = 0; list && h < f->settings.horizon && ur_series_time(&f->series, h + 1, time); h++) {
        if (json_array_append_new(list, json_string(time)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *forecast_json(const ur_forecast *f)
{
    char last[UR_DATE_TEXT] = "";
    ur_series_time(&f->series, 0, last);
    json_t *channels = json_array();
    json_t *o = json_pack("{s:s,s:o,s:O}", "last", last, "times", times_json(f), "channels", channels);
    int failed = !o;
    for (size_t i = 0; !failed && i < f->channels; i++) failed = json_array_append_new(channels, channel_json(f, i));
    json_decref(channels);
    if (failed) json_decref(o);
    return failed ? NULL : o;
}

ur_status ur_forecast_check_rows(const ur_forecast *f, ur_error *error)
{
    if (f->series.rows >= f->settings.context) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%zu rows; the forecast is made from %zu (`context`)", f->series.rows,
                   f->settings.context);
}

ur_status ur_forecast_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                             const ur_sink *sink, ur_error *error)
{
    ur_forecast *f = data;
    if (item) return read_item(f, item, length, error);
    if (!f->opened) return ur_fail(error, UR_ERR_DATA, "there are no rows to continue");
    UR_TRY(ur_series_end(&f->series, error));
    UR_TRY(ur_forecast_apply(f, error));
    UR_TRY(ur_forecast_check_rows(f, error));
    UR_TRY(run_network(f, learner, error));
    return json ? ur_answer_line(forecast_json(f), sink, error) : put_rows(f, sink, error);
}
