/*
 * Forecasting: the next values of a series from those before. A window is `context` rows and the `horizon` rows behind them;
 * it is known by the number of the first row to forecast. Values, or their logarithms or square roots, are scaled channel by
 * channel, z = (v − mean)/deviation of the training part.
 *
 * A simple forecast is the base: the last value, the value a season before, or a linear map. The network reads the context
 * relative to its last value and gives what is to be added to the base. Channels are read one by one by the same network, or
 * all together. Either the network gives the whole horizon at once (direct), `segment` rows being one step of it, or one row
 * at a time, reading what it gave (step).
 */
#ifndef UR_TASK_FORECAST_FORECAST_H
#define UR_TASK_FORECAST_FORECAST_H

#include "data/table/series.h"
#include "train/task.h"

typedef enum ur_base { UR_BASE_LINEAR, UR_BASE_SEASONAL, UR_BASE_LAST, UR_BASE_NONE, UR_BASES } ur_base;
typedef enum ur_transform { UR_TRANSFORM_NONE, UR_TRANSFORM_LOG, UR_TRANSFORM_SQRT, UR_TRANSFORMS } ur_transform;
typedef enum ur_forecast_way { UR_WAY_DIRECT, UR_WAY_STEP } ur_forecast_way;

/* As the rows of settings.c say. */
typedef struct ur_forecast_settings {
    const char *channels, *time_column, *header, *split, *on, *quantiles;
    const char *base, *transform; /* NULL: open */
    int missing, how, loss;       /* ur_missing; ur_forecast_way; 0 squared, 1 absolute */
    size_t context, horizon, season, segment;
    bool together, no_calendar;
} ur_forecast_settings;

enum {
    UR_FORECAST_ROWS_MOST = 8192,      /* of a context, and of a horizon */
    UR_FORECAST_LINEAR_MOST = 4000000, /* numbers of a linear map */
    UR_FORECAST_LEVELS_MOST = 32       /* quantiles */
};

/* What the calendar tells the network, two numbers each, as bits. */
enum { UR_CALENDAR_DAY = 1, UR_CALENDAR_WEEK = 2, UR_CALENDAR_YEAR = 4 };

/* Rows of a part: those that are forecast. A context may lie in the part before. */
typedef struct ur_forecast_part {
    size_t begin, end;
} ur_forecast_part;

/* The context of one channel in a window, scaled. */
typedef struct ur_forecast_view {
    double *x; /* (context): gaps are filled with what is before */
    bool *gap; /* (context): the value was missing */
    double last;
    double *base; /* (horizon): room for a forecast */
} ur_forecast_view;

/* What a lane of a batch is: the window whose forecast begins at a row, and a group of channels. */
typedef struct ur_forecast_example {
    size_t row, group;
} ur_forecast_example;

/* Squared and absolute errors, of scaled values and in units. */
typedef struct ur_forecast_errors {
    double squared, absolute, squared_data, absolute_data;
} ur_forecast_errors;

enum { UR_BASELINES = 3 }; /* naive, seasonal, linear */

/* What an evaluation adds up. */
typedef struct ur_forecast_tally {
    ur_forecast_errors ours, baseline[UR_BASELINES];
    size_t count;
    size_t below[UR_FORECAST_LEVELS_MOST]; /* targets below each quantile */
} ur_forecast_tally;

typedef struct ur_forecast {
    ur_forecast_settings settings;
    uint64_t seed;
    ur_watcher watcher; /* of the settings */
    ur_series series;
    bool opened;         /* the series */
    char *channel_text;  /* what `channels` asks for, cut at its commas */
    const char **wanted; /* channels that were asked for, or the model's; NULL: all */
    size_t wanted_count;
    const char *wanted_time;  /* the model's time column, or "none"; NULL: found by looking */
    double *mean, *deviation; /* (channel) */
    size_t channels, group;   /* of them the network reads so many at once: all or one */
    ur_forecast_part part[UR_PARTS];
    ur_base base;
    ur_transform transform; /* what the series' values have become */
    double base_error;      /* mean absolute one of the base on the validation part, in units */
    float *linear;          /* (horizon, context) */
    unsigned calendar;
    double levels[UR_FORECAST_LEVELS_MOST];
    size_t level_count;                /* 0: the network gives the value alone */
    double baseline_mse[UR_BASELINES]; /* on the validation part; 0: there is none */
    bool judging;                      /* a model that is there */
    const char *judged;                /* the part, by its name */
    bool sums;                         /* losses are summed */
    size_t lines;                      /* of the network */
    /* Room for a batch and for one view of each channel of a lane. */
    size_t batch, lanes;
    ur_forecast_example *example;
    real *inputs, *targets, *fed, *out;
    double *bases, *lasts; /* (lane, channel of the group, horizon); without the horizon */
    ur_forecast_view view;
    size_t looked;                 /* the channel whose forecast is looked into */
    char (*moments)[UR_DATE_TEXT]; /* (step): when its rows end; NULL: there are no times */
} ur_forecast;

extern const ur_task ur_task_forecast;
extern const ur_setting_table ur_forecast_setting_table;

static inline size_t ur_forecast_outputs(const ur_forecast *f) { return f->level_count ? f->level_count : 1; }
/* Rows of one step of the network. */
static inline size_t ur_forecast_segment(const ur_forecast *f)
{
    return f->settings.how == UR_WAY_STEP ? 1 : f->settings.segment;
}
static inline bool ur_forecast_masks(const ur_forecast *f) { return f->settings.missing == UR_MISSING_MASK; }
size_t ur_forecast_features(const ur_forecast *f); /* numbers of one step */

/* settings.c */
ur_status ur_forecast_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_forecast_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* open.c */
ur_status ur_forecast_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_forecast_close(void *data);
void ur_forecast_describe(const void *data, char *text, size_t size);
uint64_t ur_forecast_hash(const void *data, ur_part part);
/* How its tables are read. */
ur_series_options ur_forecast_series_options(const ur_forecast *f);
/* The first window of a part, as the row where its forecast begins, and how many there are. */
size_t ur_forecast_windows(const ur_forecast *f, ur_part part, size_t *first);

/* split.c: "12,4,4" months of 30 days, ".7,.1,.2" shares, "8640r,2880r,2880r" rows; rows from 0 on. */
ur_status ur_forecast_split(const ur_series *series, const char *text, ur_forecast_part part[UR_PARTS],
                            ur_error *error);
/* "0.1,0.5,0.9", rising. */
ur_status ur_forecast_levels(ur_forecast *f, ur_error *error);

/* scale.c: mean and deviation of the training part; then its season: the lag at which its changes are most alike, else
 * what the calendar has; 1: none. */
ur_status ur_forecast_scale(ur_forecast *f, ur_error *error);
ur_status ur_forecast_season(const ur_forecast *f, size_t *season, ur_error *error);
/* A scaled value; NaN where it is missing. */
static inline double ur_forecast_value(const ur_forecast *f, size_t row, size_t channel)
{
    return ((double)f->series.values[row * f->channels + channel] - f->mean[channel]) / f->deviation[channel];
}

/* transform.c */
const char *ur_forecast_transform_name(ur_transform transform);
ur_transform ur_forecast_transform_find(const char *word); /* NULL: none */
/* Turns the values of the series into what they are taken as. UR_ERR_DATA: one has no logarithm or root. */
ur_status ur_forecast_apply(ur_forecast *f, ur_error *error);
/* Chooses that, scales, fits the linear map and chooses the base. */
ur_status ur_forecast_transform(ur_forecast *f, ur_error *error);
/* A scaled value in the units of the data. */
double ur_forecast_unscale(const ur_forecast *f, size_t channel, double scaled);

/* view.c */
ur_status ur_forecast_view_make(const ur_forecast *f, ur_forecast_view *view, ur_error *error);
void ur_forecast_view_free(ur_forecast_view *view);
/* Of the window whose forecast begins at `row`; `base` is left to ur_forecast_base. */
void ur_forecast_look(const ur_forecast *f, size_t row, size_t channel, ur_forecast_view *view);
/* Its word; UR_BASES: there is no such base. */
const char *ur_forecast_base_name(ur_base base);
ur_base ur_forecast_base_find(const char *word);
/* What a simple forecast gives: (horizon) scaled values. */
void ur_forecast_base(const ur_forecast *f, ur_base base, const ur_forecast_view *view, double *forecast);

/* linear.c: the map W (horizon, context) that makes Σ (y − last − W(x − last))² + λ·Σ W² least, over the training part. */
ur_status ur_forecast_fit(ur_forecast *f, ur_error *error);
/* Mean squared errors of the simple forecasts on a part; chooses the base where that is open. */
ur_status ur_forecast_compare(ur_forecast *f, ur_error *error);

/* calendar.c: what the calendar may tell; its numbers for a row, which may lie behind the end. */
unsigned ur_forecast_calendar(const ur_forecast *f);
size_t ur_forecast_calendar_count(unsigned calendar);
void ur_forecast_calendar_put(const ur_forecast *f, size_t row, real *out);

/* batches.c */
ur_status ur_forecast_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error);
uint64_t ur_forecast_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_forecast_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error);
ur_status ur_forecast_room(ur_forecast *f, size_t lanes, ur_error *error);
/* Lane b of so many: the window that begins at `row`, and which group of channels. */
void ur_forecast_put_lane(ur_forecast *f, size_t row, size_t group, size_t b, size_t lanes);
ur_batch ur_forecast_inputs(const ur_forecast *f, size_t lanes);

/* forward.c: what the network gives for all lanes goes to f->out (lane, channel of the group, horizon, outputs). */
ur_status ur_forecast_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                              ur_error *error);

/* judge.c */
ur_status ur_forecast_tally_add(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error);
ur_status ur_forecast_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error);
/* Which of the levels is the forecast itself: the one that is nearest to the median. */
size_t ur_forecast_middle(const ur_forecast *f);
/* What lane b says of channel k of its group at place h of the horizon, scaled: an output for each level, rising. */
void ur_forecast_read(const ur_forecast *f, size_t b, size_t k, size_t h, double *out);

/* record.c: scaling, channels and linear map, in the model's file and out of it. */
ur_status ur_forecast_record(void *data, ur_model *model, ur_error *error);
ur_status ur_forecast_take_model(ur_forecast *f, const ur_model *model, ur_error *error);

/* look.c: the end of a series to be looked into. Steps as the time of their last row; features as their channel. */
ur_status ur_forecast_look_into(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                                ur_item *seen, ur_error *error);
const char *ur_forecast_step_text(const void *data, size_t step, size_t *length);
const char *ur_forecast_feature_text(const void *data, size_t feature);

/* answer.c */
/* UR_ERR_DATA: the series is shorter than what a forecast is made from. */
ur_status ur_forecast_check_rows(const ur_forecast *f, ur_error *error);
ur_status ur_forecast_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                             const ur_sink *sink, ur_error *error);

#endif
