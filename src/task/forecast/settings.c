/* The settings of a forecast, and what it chooses for those that are left open. */
#include "task/forecast/forecast.h"

#include "base/number.h"
#include "task/rows.h"

#include <stdio.h>

#define S(field) offsetof(ur_forecast_settings, field)

static const ur_setting ROWS[] = {
    {"The series", "channels", "COLUMN[,COLUMN...]", UR_SETTING_TEXT, S(channels), .unset = "all columns of numbers",
     .decides = true, .help = "columns to forecast, by name or by number from 1"},
    {NULL, "time-column", "COLUMN", UR_SETTING_TEXT, S(time_column), .unset = "the first column of dates",
     .decides = true, .reads = true,
     .help = "column of the times, by name or by number from 1; none: rows have no times"},
    {NULL, UR_ROW_HEADER(S(header)), .unset = "detected"},
    {NULL, "missing", "refuse|forward|linear|mask", UR_SETTING_CHOICE, S(missing), .initial = "refuse", .decides = true,
     .reads = true,
     .help = "missing values: refuse them, repeat the value before (forward), interpolate (linear), or leave them out "
             "of the loss and mark them for the network (mask)"},
    {NULL, "split", "A,B,C", UR_SETTING_TEXT, S(split), .initial = ".7,.1,.2", .decides = true, .reads = true,
     .help = "parts to train, validate and test on: shares, rows (8640r,2880r,2880r), or months of 30 days (12,4,4)"},
    {NULL, "on", "train|val|test|all", UR_SETTING_WORD, S(on),
     .unset = "test for the file trained on, all for any other", .reads = true, .help = "eval: part to judge on"},

    {"The forecast", "horizon", "N", UR_SETTING_SIZE, S(horizon), .least = 1, .most = UR_FORECAST_ROWS_MOST,
     .unset = "one season", .decides = true, .help = "rows to forecast"},
    {NULL, "context", "N", UR_SETTING_SIZE, S(context), .least = 1, .most = UR_FORECAST_ROWS_MOST,
     .unset = "four seasons", .decides = true, .help = "rows that a forecast is made from"},
    {NULL, "season", "N", UR_SETTING_SIZE, S(season), .least = 1, .most = UR_FORECAST_ROWS_MOST, .unset = "detected",
     .decides = true, .help = "length of a season in rows"},
    {NULL, "how", "direct|step", UR_SETTING_CHOICE, S(how), .initial = "direct", .decides = true,
     .help = "forecast all rows of the horizon at once, or step by step, each row from those before"},
    {NULL, "base", "linear|seasonal|last|none", UR_SETTING_WORD, S(base), .unset = "the best on the validation part",
     .decides = true, .help = "the simple forecast that the network corrects"},
    {NULL, "transform", "none|log|sqrt", UR_SETTING_WORD, S(transform), .unset = "the best on the validation part",
     .decides = true,
     .help = "transform values before they are read: logarithms for exponential growth, square roots for counts"},
    {NULL, "segment", "N", UR_SETTING_SIZE, S(segment), .least = 1, .most = UR_FORECAST_ROWS_MOST,
     .unset = "half a season, at most 32", .decides = true, .help = "direct: rows read in one step"},
    {NULL, "together", NULL, UR_SETTING_FLAG, S(together), .decides = true,
     .help = "read all channels at once instead of each by itself"},
    {NULL, "no-calendar", NULL, UR_SETTING_FLAG, S(no_calendar), .decides = true,
     .help = "do not tell the network the time of the day, the week and the year"},
    {NULL, "quantiles", "P[,P...]", UR_SETTING_TEXT, S(quantiles), .unset = "none", .decides = true,
     .help = "also forecast these quantiles, such as 0.1,0.5,0.9"},
    {NULL, "loss", "squared|absolute", UR_SETTING_CHOICE, S(loss), .initial = "absolute", .decides = true,
     .help = "loss to minimise; quantiles have their own"},
};

const ur_setting_table ur_forecast_setting_table = UR_SETTING_TABLE(ROWS);

static ur_status prefer_size(ur_settings *settings, const char *name, size_t value, ur_error *error)
{
    char text[UR_NUMBER_MAX];
    snprintf(text, sizeof text, "%zu", value);
    return ur_settings_prefer(settings, name, text, error);
}

/* Sizes and rates were found by trial on validation parts. */
static ur_status choose_run(const ur_forecast *f, ur_settings *settings, ur_error *error)
{
    ur_run_settings *run = &settings->run;
    size_t first, examples = ur_forecast_windows(f, UR_PART_TRAIN, &first) * (f->channels / f->group);
    bool few = examples < 128, small = examples < 5000;
    UR_TRY(ur_settings_prefer(settings, "hidden", small ? "32" : "128", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer(settings, "dropout", f->settings.how == UR_WAY_STEP ? "0" : "0.3", error));
    UR_TRY(ur_settings_prefer(settings, "batch", small ? "32" : "256", error));
    UR_TRY(ur_settings_prefer(settings, "lr", few ? "0.001" : "0.002", error));
    if (ur_run_is_endless(run)) run->steps = small ? 1500 : 2000;
    return UR_OK;
}

ur_status ur_forecast_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_forecast *f = data;
    UR_TRY(prefer_size(settings, "horizon", f->settings.horizon, error));
    UR_TRY(prefer_size(settings, "context", f->settings.context, error));
    UR_TRY(prefer_size(settings, "season", f->settings.season, error));
    UR_TRY(prefer_size(settings, "segment", f->settings.segment, error));
    UR_TRY(ur_settings_prefer(settings, "base", ur_forecast_base_name(f->base), error));
    UR_TRY(ur_settings_prefer(settings, "transform", ur_forecast_transform_name(f->transform), error));
    return choose_run(f, settings, error);
}

/* Writes the network. Direct: dense H/2 relu > CELL H > last > dropout > dense. Step by step: CELL H > dropout >
 * dense. */
static ur_status write_network(const ur_run_settings *run, bool steps, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {.cell = run->cell, .layers = run->layers};
    UR_TRY(ur_run_width(run, &cells.width, error));
    if (!steps) ur_net_put(&w, "dense %zu relu", (cells.width + 1) / 2);
    ur_net_put_cells(&w, &cells);
    if (!steps) ur_net_put(&w, "last");
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}

ur_status ur_forecast_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_forecast *f = data;
    bool steps = f->settings.how == UR_WAY_STEP;
    request->sizes.features = ur_forecast_features(f);
    request->sizes.outputs = f->group * ur_forecast_outputs(f) * (steps ? 1 : f->settings.horizon);
    return *request->line ? UR_OK : write_network(&settings->run, steps, request->line, error);
}
