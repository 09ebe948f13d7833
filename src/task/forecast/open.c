/* Opens a series and splits it into parts. Chooses what was left open by looking at the training part. */
#include "task/forecast/forecast.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_forecast_close(void *data)
{
    ur_forecast *f = data;
    void *const memory[] = {f->channel_text, (void *)f->wanted, f->mean,    f->deviation, f->linear,
                            f->example,      f->inputs,         f->targets, f->fed,       f->out,
                            f->bases,        f->lasts,          f->moments};
    if (f->opened) ur_series_close(&f->series);
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    ur_forecast_view_free(&f->view);
}

/* ---- Windows ------------------------------------------------------------------------------------------------------ */

size_t ur_forecast_windows(const ur_forecast *f, ur_part part, size_t *first)
{
    const ur_forecast_part *p = &f->part[part];
    *first = p->begin > f->settings.context ? p->begin : f->settings.context;
    return *first + f->settings.horizon <= p->end ? p->end - f->settings.horizon - *first + 1 : 0;
}

static ur_status check_part(const ur_forecast *f, ur_part which, const char *what, ur_error *error)
{
    const ur_forecast_part *p = &f->part[which];
    size_t first;
    if (p->end == p->begin || ur_forecast_windows(f, which, &first)) return UR_OK;
    return ur_fail(
        error, UR_ERR_DATA, "%s: the part to %s on has %zu rows; a window takes %zu (`context` %zu, `horizon` %zu)%s",
        f->series.path, what, p->end - p->begin, f->settings.context + f->settings.horizon, f->settings.context,
        f->settings.horizon, which == UR_PART_TRAIN ? "" : ", of which the context may lie in the part before");
}

static ur_status check_parts(const ur_forecast *f, ur_error *error)
{
    const ur_forecast_settings *s = &f->settings;
    if (f->series.rows < s->context + s->horizon)
        return ur_fail(error, UR_ERR_DATA, "%s: %zu rows; a window takes %zu (`context` %zu, `horizon` %zu)",
                       f->series.path, f->series.rows, s->context + s->horizon, s->context, s->horizon);
    UR_TRY(check_part(f, UR_PART_TRAIN, "train", error));
    UR_TRY(check_part(f, UR_PART_VALIDATION, "validate", error));
    return check_part(f, UR_PART_TEST, "test", error);
}

/* ---- Choices ------------------------------------------------------------------------------------------------------ */

enum { SEASONS = 4, ROWS_WITHOUT_SEASON = 24, HORIZON_MOST = 60 };

/* Chooses a context of four seasons and a horizon of one, but together no more than half of the training part. */
static ur_status choose_windows(ur_forecast *f, ur_error *error)
{
    ur_forecast_settings *s = &f->settings;
    size_t rows = f->part[UR_PART_TRAIN].end, validation = f->part[UR_PART_VALIDATION].end - rows;
    size_t test = f->part[UR_PART_TEST].end - f->part[UR_PART_TEST].begin, season = s->season;
    if (!season) UR_TRY(ur_forecast_season(f, &season, error));
    size_t unit = season > 1 ? season : ROWS_WITHOUT_SEASON;
    if (!s->horizon) {
        s->horizon = unit <= HORIZON_MOST ? unit : ROWS_WITHOUT_SEASON;
        if (validation && s->horizon > validation) s->horizon = validation;
        if (test && s->horizon > test) s->horizon = test;
        if (s->horizon > rows / 4) s->horizon = rows / 4 ? rows / 4 : 1;
    }
    if (!s->context) {
        size_t most = rows / 2 > s->horizon ? rows / 2 - s->horizon : 1, seasons = SEASONS;
        while (seasons > 1 && seasons * unit > most) seasons--;
        s->context = seasons * unit <= most ? seasons * unit : most;
        if (s->context > UR_FORECAST_ROWS_MOST) s->context = UR_FORECAST_ROWS_MOST;
    }
    if (!s->season) s->season = season <= s->context ? season : 1;
    return UR_OK;
}

/* Chooses the largest divisor of the context that is at most half a season, half the context and 32 rows. */
static void choose_segment(ur_forecast *f)
{
    ur_forecast_settings *s = &f->settings;
    size_t most = s->season > 1 ? s->season / 2 : ROWS_WITHOUT_SEASON / 2;
    if (s->segment) return;
    for (size_t i = 1; i <= most && i <= 32 && 2 * i <= s->context; i++)
        if (s->context % i == 0) s->segment = i;
    if (!s->segment) s->segment = 1;
}

static ur_status check_windows(const ur_forecast *f, ur_error *error)
{
    const ur_forecast_settings *s = &f->settings;
    if (s->context * s->horizon > UR_FORECAST_LINEAR_MOST)
        return ur_fail(error, UR_ERR_USAGE, "`context` %zu times `horizon` %zu is more than %d", s->context, s->horizon,
                       UR_FORECAST_LINEAR_MOST);
    if (s->season > s->context)
        return ur_fail(error, UR_ERR_USAGE, "`season` %zu is longer than the `context` of %zu rows", s->season,
                       s->context);
    if (s->context % s->segment)
        return ur_fail(error, UR_ERR_USAGE, "`segment` %zu does not divide the `context` of %zu rows", s->segment,
                       s->context);
    return UR_OK;
}

/* ---- Opening ------------------------------------------------------------------------------------------------------ */

/* Cuts "HUFL,OT" into a list. */
static ur_status cut_channels(ur_forecast *f, ur_error *error)
{
    const char *text = f->settings.channels;
    size_t count = 1;
    if (!text) return UR_OK;
    for (const char *c = text; *c; c++) count += *c == ',';
    f->channel_text = calloc(strlen(text) + 1, 1);
    f->wanted = calloc(count, sizeof *f->wanted);
    if (!f->channel_text || !f->wanted) return ur_fail_memory(error, "the channels");
    strcpy(f->channel_text, text);
    for (char *at = f->channel_text; at; f->wanted_count++) {
        char *comma = strchr(at, ',');
        if (comma) *comma++ = 0;
        f->wanted[f->wanted_count] = at;
        at = comma;
    }
    return UR_OK;
}

ur_series_options ur_forecast_series_options(const ur_forecast *f)
{
    return (ur_series_options){.watcher = &f->watcher,
                               .time_column = f->settings.time_column ? f->settings.time_column : f->wanted_time,
                               .channels = f->wanted,
                               .channel_count = f->wanted_count,
                               .header = f->settings.header,
                               .missing = (ur_missing)f->settings.missing};
}

static ur_status open_series(ur_forecast *f, const ur_settings *settings, ur_error *error)
{
    const ur_series_options options = ur_forecast_series_options(f);
    const char *path = settings->data.text[0];
    if (settings->data.count > 1)
        return ur_fail(error, UR_ERR_USAGE, "%s and %zu more: a forecast takes one table", path,
                       settings->data.count - 1);
    f->opened = true;
    UR_TRY(ur_series_open(&f->series, path, &options, error));
    f->channels = f->series.channels;
    f->group = f->settings.together ? f->channels : 1;
    return ur_forecast_split(&f->series, f->settings.split, f->part, error);
}

/* The default of `val-fraction`. The recorded settings of a run contain it, so it must be accepted. */
#define SHARE_UNSAID 0.1

static ur_status open_training(ur_forecast *f, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    if (run->validation)
        return ur_fail(error, UR_ERR_USAGE,
                       "`val` %s: a forecast validates on a later part of its own series; choose it with `split`",
                       run->validation);
    if (run->validation_share != SHARE_UNSAID)
        return ur_fail(error, UR_ERR_USAGE,
                       "`val-fraction` %g: a forecast validates on a later part of its series; choose it with `split`, "
                       "such as .7,.1,.2",
                       run->validation_share);
    UR_TRY(cut_channels(f, error));
    UR_TRY(open_series(f, settings, error));
    if (f->part[UR_PART_TRAIN].end < 2)
        return ur_fail(error, UR_ERR_DATA, "%s: of %zu rows %zu are to train on, which is too few", f->series.path,
                       f->series.rows, f->part[UR_PART_TRAIN].end);
    UR_TRY(ur_forecast_scale(f, error));
    UR_TRY(choose_windows(f, error));
    choose_segment(f);
    UR_TRY(check_windows(f, error));
    UR_TRY(check_parts(f, error));
    f->calendar = ur_forecast_calendar(f);
    return ur_forecast_transform(f, error);
}

/* Puts the part to be evaluated in place of the test part. */
static ur_status choose_judged(ur_forecast *f, const ur_model *model, ur_error *error)
{
    static const char *const NAMES[] = {"train", "val", "test"};
    const char *on = f->settings.on;
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)f->series.hash);
    const char *trained = json_string_value(json_object_get(json_object_get(model->record, "trained_on"), "hash"));
    f->judged = on ? on : trained && strcmp(trained, hash) == 0 ? "test" : "all";
    for (size_t i = 0; i < UR_PARTS; i++)
        if (strcmp(f->judged, NAMES[i]) == 0) f->part[UR_PART_TEST] = f->part[i];
    if (strcmp(f->judged, "all") == 0) f->part[UR_PART_TEST] = (ur_forecast_part){0, f->series.rows};
    size_t first;
    if (ur_forecast_windows(f, UR_PART_TEST, &first)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %zu rows in the part %s; a window takes %zu (`context` %zu, `horizon` %zu)",
                   f->series.path, f->part[UR_PART_TEST].end - f->part[UR_PART_TEST].begin, f->judged,
                   f->settings.context + f->settings.horizon, f->settings.context, f->settings.horizon);
}

ur_status ur_forecast_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_forecast *f = data;
    f->settings = *(const ur_forecast_settings *)settings->own;
    f->seed = settings->run.learning.seed;
    f->watcher = settings->run.watcher;
    UR_TRY(ur_forecast_levels(f, error));
    f->transform = from ? ur_forecast_transform_find(f->settings.transform) : UR_TRANSFORM_NONE;
    if (from) UR_TRY(ur_forecast_take_model(f, from, error));
    if (!settings->data.count)
        return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no data to train on; name a file or a folder");
    if (!from) return open_training(f, settings, error);
    UR_TRY(open_series(f, settings, error));
    UR_TRY(ur_forecast_apply(f, error));
    return choose_judged(f, from, error);
}

void ur_forecast_describe(const void *data, char *text, size_t size)
{
    const ur_forecast *f = data;
    size_t first, train = ur_forecast_windows(f, UR_PART_TRAIN, &first);
    size_t validation = ur_forecast_windows(f, UR_PART_VALIDATION, &first);
    const double *mse = f->baseline_mse;
    snprintf(text, size,
             "%s; %zu windows to train on, %zu to validate on; season %zu; without a network mse %.3f (naive), %.3f "
             "(seasonal), %.3f (linear)",
             f->series.found, train, validation, f->settings.season, mse[0], mse[1], mse[2]);
}

uint64_t ur_forecast_hash(const void *data, ur_part part)
{
    const ur_forecast *f = data;
    size_t first;
    if (part == UR_PART_TRAIN) return f->series.hash;
    return part == UR_PART_VALIDATION && ur_forecast_windows(f, part, &first) ? f->series.hash : 0;
}
