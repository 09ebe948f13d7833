/*
 * Inspects the end of a series: the network's steps, and what it adds to the base for one channel. `number` is the
 * channel.
 */
#include "task/forecast/forecast.h"

#include <stdlib.h>
#include <string.h>

static ur_status read_series(ur_forecast *f, const char *path, ur_error *error)
{
    const ur_series_options options = ur_forecast_series_options(f);
    if (f->opened) ur_series_close(&f->series);
    f->opened = true;
    UR_TRY(ur_series_open(&f->series, path, &options, error));
    UR_TRY(ur_forecast_apply(f, error));
    return ur_forecast_check_rows(f, error);
}

/* Writes the time of each step's last row. */
static ur_status write_moments(ur_forecast *f, size_t steps, ur_error *error)
{
    const ur_series *s = &f->series;
    size_t first = s->rows - f->settings.context, segment = ur_forecast_segment(f);
    free(f->moments);
    f->moments = s->times ? calloc(steps, sizeof *f->moments) : NULL;
    if (s->times && !f->moments) return ur_fail_memory(error, "the times");
    for (size_t i = 0; f->moments && i < steps; i++)
        ur_date_write(ur_series_moment(s, first + (i + 1) * segment - 1), s->form, f->moments[i]);
    return UR_OK;
}

ur_status ur_forecast_look_into(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                                ur_item *seen, ur_error *error)
{
    ur_forecast *f = data;
    size_t outputs = ur_forecast_outputs(f), horizon = f->settings.horizon;
    size_t steps = f->settings.context / ur_forecast_segment(f);
    bool stepped = f->settings.how == UR_WAY_STEP; /* rows after the first depend on the network's own outputs */
    (void)length;
    if (number >= f->channels)
        return ur_fail(error, UR_ERR_USAGE, "there is no channel %zu; the model has %zu", number + 1, f->channels);
    UR_TRY(read_series(f, item, error));
    UR_TRY(ur_forecast_room(f, 1, error));
    ur_forecast_put_lane(f, f->series.rows, number / f->group, 0, 1);
    UR_TRY(write_moments(f, steps, error));
    f->looked = number;
    *seen = (ur_item){.batch = ur_forecast_inputs(f, 1),
                      .steps = steps,
                      .answers = model->line_count - 1,
                      .each_step = stepped,
                      .apart = true,
                      .numbers = stepped ? 1 : horizon,
                      .first = number % f->group * (stepped ? 1 : horizon) * outputs + ur_forecast_middle(f),
                      .stride = outputs,
                      .name = ur_series_name(&f->series, number)};
    return UR_OK;
}

const char *ur_forecast_step_text(const void *data, size_t step, size_t *length)
{
    const ur_forecast *f = data;
    if (!f->moments) return NULL;
    *length = strlen(f->moments[step]);
    return f->moments[step];
}

/* Features are the values and gaps of each channel, and then the calendar. */
const char *ur_forecast_feature_text(const void *data, size_t feature)
{
    const ur_forecast *f = data;
    size_t segment = ur_forecast_segment(f), values = segment * f->group * (ur_forecast_masks(f) ? 2 : 1);
    if (feature >= ur_forecast_features(f)) return NULL;
    if (feature >= values) return "the calendar";
    return ur_series_name(&f->series, f->group == 1 ? f->looked : feature / segment % f->group);
}
