/* What a forecast needs in addition to the network, in the model's record: channels and their scaling, the time column,
 * the base and its linear map. */
#include "task/forecast/forecast.h"

#include "format/record.h"
#include "model/network.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Into the file ------------------------------------------------------------------------------------------------ */

/* Writes the bits of each number as eight hexadecimal digits. */
static char *write_linear(const ur_forecast *f)
{
    size_t count = f->settings.context * f->settings.horizon;
    char *text = malloc(8 * count + 1);
    for (size_t i = 0; text && i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &f->linear[i], sizeof bits);
        for (size_t k = 0; k < 8; k++) text[8 * i + k] = "0123456789abcdef"[bits >> (28 - 4 * k) & 15];
    }
    if (text) text[8 * count] = 0;
    return text;
}

static json_t *channels_json(const ur_forecast *f)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < f->channels; i++) {
        json_t *one = json_pack("{s:s,s:f,s:f}", "name", ur_series_name(&f->series, i), "mean", f->mean[i], "deviation",
                                f->deviation[i]);
        if (one && json_array_append_new(list, one) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static ur_status record_data(const ur_forecast *f, ur_model *model, ur_error *error)
{
    const ur_series *s = &f->series;
    char hash[24], *linear = write_linear(f);
    if (!linear) return ur_fail_memory(error, "the linear forecast");
    const char *time = s->time_column == SIZE_MAX ? "none" : s->columns[s->time_column].name;
    json_t *own = json_pack("{s:s,s:i,s:s,s:s}", "base", ur_forecast_base_name(f->base), "calendar", (int)f->calendar,
                            "time_column", time, "linear", linear);
    free(linear);
    UR_TRY(ur_record_set(model, "forecast", own, error));
    UR_TRY(ur_record_set(model, "scaling", channels_json(f), error));
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)s->hash);
    return ur_record_set(model, "trained_on",
                         json_pack("{s:s,s:s,s:I}", "found", s->found, "hash", hash, "rows", (json_int_t)s->rows),
                         error);
}

/* ---- The network -------------------------------------------------------------------------------------------------- */

static ur_status check_steps(const ur_model *m, ur_error *error)
{
    if (m->line_count > 1)
        return ur_fail(error, UR_ERR_USAGE, "network line \"%s\": forecasting step by step needs one line", m->net);
    if (!m->lines[0].last && ur_check_streams(m, NULL) == UR_OK) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "network line \"%s\": forecasting step by step needs layers that can be stepped (no last, mean, max "
                   "or bi)",
                   m->net);
}

static ur_status check_network(ur_forecast *f, const ur_model *m, ur_error *error)
{
    const ur_line *last = &m->lines[m->line_count - 1];
    bool steps = f->settings.how == UR_WAY_STEP;
    size_t width = f->group * ur_forecast_outputs(f) * (steps ? 1 : f->settings.horizon);
    f->lines = m->line_count;
    if (last->width != width)
        return ur_fail(error, UR_ERR_USAGE, "network line \"%s\": a forecast ends in dense with %zu outputs", m->net,
                       width);
    if (steps) return check_steps(m, error);
    if (last->last) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line \"%s\": a forecast ends in one step (last, mean or max), then dense; or give `how` step", m->net);
}

ur_status ur_forecast_record(void *data, ur_model *model, ur_error *error)
{
    ur_forecast *f = data;
    UR_TRY(check_network(f, model, error));
    return record_data(f, model, error);
}

/* ---- From the file ------------------------------------------------------------------------------------------------ */

static bool read_linear(ur_forecast *f, const char *text)
{
    size_t count = f->settings.context * f->settings.horizon;
    if (!text || strlen(text) != 8 * count || strspn(text, "0123456789abcdef") != 8 * count) return false;
    for (size_t i = 0; i < count; i++) {
        char digits[9] = "";
        memcpy(digits, text + 8 * i, 8);
        uint32_t bits = (uint32_t)strtoul(digits, NULL, 16);
        memcpy(&f->linear[i], &bits, sizeof bits);
        if (!isfinite(f->linear[i])) return false;
    }
    return true;
}

static bool read_channels(ur_forecast *f, const json_t *list)
{
    for (size_t i = 0; i < f->channels; i++) {
        const json_t *one = json_array_get(list, i);
        f->wanted[i] = json_string_value(json_object_get(one, "name"));
        f->mean[i] = json_number_value(json_object_get(one, "mean"));
        f->deviation[i] = json_number_value(json_object_get(one, "deviation"));
        if (!f->wanted[i] || !isfinite(f->mean[i]) || !(f->deviation[i] > 0) || !isfinite(f->deviation[i]))
            return false;
    }
    return f->channels > 0;
}

/* Checks the settings, since they come from the model's file, too. */
static bool check_settings(const ur_forecast *f)
{
    const ur_forecast_settings *s = &f->settings;
    return s->context > 0 && s->horizon > 0 && s->context <= UR_FORECAST_ROWS_MOST &&
           s->horizon <= UR_FORECAST_ROWS_MOST && s->context * s->horizon <= UR_FORECAST_LINEAR_MOST && s->season > 0 &&
           s->season <= s->context && s->segment > 0 && s->context % s->segment == 0;
}

static ur_status take_record(ur_forecast *f, const json_t *record, ur_error *error)
{
    const json_t *own = json_object_get(record, "forecast"), *channels = json_object_get(record, "scaling");
    f->channels = f->wanted_count = json_array_size(channels);
    f->wanted = calloc(f->channels + 1, sizeof *f->wanted);
    f->mean = calloc(f->channels + 1, sizeof *f->mean);
    f->deviation = calloc(f->channels + 1, sizeof *f->deviation);
    const char *base = json_string_value(json_object_get(own, "base"));
    f->base = base ? ur_forecast_base_find(base) : UR_BASES;
    f->linear = check_settings(f) ? calloc(f->settings.context * f->settings.horizon, sizeof *f->linear) : NULL;
    if (check_settings(f) && (!f->wanted || !f->mean || !f->deviation || !f->linear))
        return ur_fail_memory(error, "a forecast");
    f->calendar = (unsigned)json_integer_value(json_object_get(own, "calendar")) & 7;
    f->wanted_time = json_string_value(json_object_get(own, "time_column"));
    if (f->linear && f->wanted_time && read_channels(f, channels) && f->base != UR_BASES &&
        read_linear(f, json_string_value(json_object_get(own, "linear"))))
        return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "the model's record of its forecast is not whole");
}

ur_status ur_forecast_take_model(ur_forecast *f, const ur_model *model, ur_error *error)
{
    f->judging = true;
    UR_TRY(take_record(f, model->record, error));
    if (f->calendar && strcmp(f->wanted_time, "none") == 0)
        return ur_fail(error, UR_ERR_FORMAT, "the model's record of its forecast is not whole");
    f->group = f->settings.together ? f->channels : 1;
    UR_TRY(check_network(f, model, error));
    if (ur_model_features(model) == ur_forecast_features(f)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "the network reads %zu numbers per step, but with these settings there are %zu; use `missing` mask "
                   "only with a model that "
                   "was trained with it",
                   ur_model_features(model), ur_forecast_features(f));
}
