/*
 * Forecasting: predicts the next values of a series from earlier ones. A window is `context` rows and the `horizon`
 * rows after them. It is identified by the index of the first row to forecast. Values, or their logarithms or square
 * roots, are scaled channel by channel, z = (v − mean)/deviation, with mean and standard deviation of the training
 * part.
 *
 * A simple forecast is the base: the last value, the value a season before, or a linear map. The network reads the
 * context relative to its last value; its output is added to the base. The same network reads channels one by one, or
 * all of them together. Either it gives the whole horizon at once (direct), where one step reads `segment` rows, or one
 * row at a time, and reads its own outputs (step).
 */
#ifndef UR_TASK_FORECAST_FORECAST_H
#define UR_TASK_FORECAST_FORECAST_H

#include "data/table/series.h"
#include "train/task.h"

typedef enum ur_base { UR_BASE_LINEAR, UR_BASE_SEASONAL, UR_BASE_LAST, UR_BASE_NONE, UR_BASES } ur_base;
typedef enum ur_transform { UR_TRANSFORM_NONE, UR_TRANSFORM_LOG, UR_TRANSFORM_SQRT, UR_TRANSFORMS } ur_transform;
typedef enum ur_forecast_way { UR_WAY_DIRECT, UR_WAY_STEP } ur_forecast_way;

/* Settings; see the rows of settings.c. */
typedef struct ur_forecast_settings {
    const char *channels, *time_column, *header, *split, *on, *quantiles;
    const char *base, *transform; /* NULL if left open */
    int missing, how, loss;       /* ur_missing; ur_forecast_way; 0 squared, 1 absolute */
    size_t context, horizon, season, segment;
    bool together, no_calendar;
} ur_forecast_settings;

enum {
    UR_FORECAST_ROWS_MOST = 8192,      /* most rows of a context, and of a horizon */
    UR_FORECAST_LINEAR_MOST = 4000000, /* most numbers of a linear map */
    UR_FORECAST_LEVELS_MOST = 32       /* most quantiles */
};

/* What the calendar tells the network, as bits. Each gives two numbers. */
enum { UR_CALENDAR_DAY = 1, UR_CALENDAR_WEEK = 2, UR_CALENDAR_YEAR = 4 };

/* The rows of a part that are forecast. A context may lie in the part before. */
typedef struct ur_forecast_part {
    size_t begin, end;
} ur_forecast_part;

/* The scaled context of one channel in a window. */
typedef struct ur_forecast_view {
    double *x; /* (context) values; a gap holds the value before it */
    bool *gap; /* (context) whether the value was missing */
    double last;
    double *base; /* (horizon) space for a forecast */
} ur_forecast_view;

/* A lane of a batch: the window whose forecast begins at `row`, and a group of channels. */
typedef struct ur_forecast_example {
    size_t row, group;
} ur_forecast_example;

/* Sums of squared and absolute errors, of scaled values and in the data's units. */
typedef struct ur_forecast_errors {
    double squared, absolute, squared_data, absolute_data;
} ur_forecast_errors;

enum { UR_BASELINES = 3 }; /* naive, seasonal, linear */

/* Sums over an evaluation. */
typedef struct ur_forecast_tally {
    ur_forecast_errors ours, baseline[UR_BASELINES];
    size_t count;
    size_t below[UR_FORECAST_LEVELS_MOST]; /* targets at or below each quantile */
} ur_forecast_tally;

typedef struct ur_forecast {
    ur_forecast_settings settings;
    uint64_t seed;
    ur_watcher watcher; /* a copy of the settings' watcher */
    ur_series series;
    bool opened;         /* the series is open */
    char *channel_text;  /* the setting `channels`, cut at its commas */
    const char **wanted; /* channels asked for, or the model's; NULL for all */
    size_t wanted_count;
    const char *wanted_time;  /* the model's time column, or "none"; NULL to find it by looking */
    double *mean, *deviation; /* (channel), both */
    size_t channels, group;   /* number of channels; how many the network reads at once: all or one */
    ur_forecast_part part[UR_PARTS];
    ur_base base;
    ur_transform transform; /* transform of the series' values */
    double base_error; /* mean absolute error of the best simple forecast on the validation part, in the data's units */
    float *linear;     /* (horizon, context) weights of the linear map */
    unsigned calendar;
    double levels[UR_FORECAST_LEVELS_MOST];
    size_t level_count;                /* 0 if the network gives only one value */
    double baseline_mse[UR_BASELINES]; /* of the simple forecasts on the validation part; 0 if there is none */
    bool judging;                      /* an existing model is evaluated or gives forecasts */
    const char *judged;                /* name of the part that is evaluated */
    bool sums;                         /* losses are summed, not averaged */
    size_t lines;                      /* number of lines of the network */
    /* Space for a batch, and for a view of one channel. */
    size_t batch, lanes;
    ur_forecast_example *example;
    real *inputs, *targets, *fed, *out;
    double *bases, *lasts; /* (lane, channel of the group, horizon); lasts: (lane, channel of the group) */
    ur_forecast_view view;
    size_t looked;                 /* the channel whose forecast is inspected */
    char (*moments)[UR_DATE_TEXT]; /* (step) time of the last row of each step; NULL if there are no times */
} ur_forecast;

extern const ur_task ur_task_forecast;
extern const ur_setting_table ur_forecast_setting_table;

static inline size_t ur_forecast_outputs(const ur_forecast *f) { return f->level_count ? f->level_count : 1; }
/* Number of rows in one step of the network. */
static inline size_t ur_forecast_segment(const ur_forecast *f)
{
    return f->settings.how == UR_WAY_STEP ? 1 : f->settings.segment;
}
static inline bool ur_forecast_masks(const ur_forecast *f) { return f->settings.missing == UR_MISSING_MASK; }
size_t ur_forecast_features(const ur_forecast *f); /* numbers in one step */

/* In settings.c: */
ur_status ur_forecast_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_forecast_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c: */
ur_status ur_forecast_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_forecast_close(void *data);
void ur_forecast_describe(const void *data, char *text, size_t size);
uint64_t ur_forecast_hash(const void *data, ur_part part);
/* How tables of this task are read. */
ur_series_options ur_forecast_series_options(const ur_forecast *f);
/* The number of windows in a part. *first is the row at which the first window's forecast begins. */
size_t ur_forecast_windows(const ur_forecast *f, ur_part part, size_t *first);

/* In split.c: splits rows into parts, as "12,4,4" (months of 30 days), ".7,.1,.2" (shares) or "8640r,2880r,2880r"
 * (rows). The first part begins at row 0. */
ur_status ur_forecast_split(const ur_series *series, const char *text, ur_forecast_part part[UR_PARTS],
                            ur_error *error);
/* Reads the quantiles: "0.1,0.5,0.9", rising. */
ur_status ur_forecast_levels(ur_forecast *f, ur_error *error);

/* In scale.c: ur_forecast_scale computes mean and standard deviation of the training part. ur_forecast_season finds its
 * season: the lag at which its changes are most alike, or else the calendar's. 1 means no season. */
ur_status ur_forecast_scale(ur_forecast *f, ur_error *error);
ur_status ur_forecast_season(const ur_forecast *f, size_t *season, ur_error *error);
/* A scaled value; NaN if it is missing. */
static inline double ur_forecast_value(const ur_forecast *f, size_t row, size_t channel)
{
    return ((double)f->series.values[row * f->channels + channel] - f->mean[channel]) / f->deviation[channel];
}

/* In transform.c: */
const char *ur_forecast_transform_name(ur_transform transform);
ur_transform ur_forecast_transform_find(const char *word); /* `word` may be NULL, which gives UR_TRANSFORM_NONE */
/* Transforms the values of the series. UR_ERR_DATA if a value has no logarithm or root. */
ur_status ur_forecast_apply(ur_forecast *f, ur_error *error);
/* Chooses the transform, scales, fits the linear map and chooses the base. */
ur_status ur_forecast_transform(ur_forecast *f, ur_error *error);
/* Converts a scaled value to the units of the data. */
double ur_forecast_unscale(const ur_forecast *f, size_t channel, double scaled);

/* In view.c: */
ur_status ur_forecast_view_make(const ur_forecast *f, ur_forecast_view *view, ur_error *error);
void ur_forecast_view_free(ur_forecast_view *view);
/* Fills the view with the context of the window whose forecast begins at `row`. Its `base` is not set. */
void ur_forecast_look(const ur_forecast *f, size_t row, size_t channel, ur_forecast_view *view);
/* The word of a base, and the base of a word; UR_BASES if there is no such base. */
const char *ur_forecast_base_name(ur_base base);
ur_base ur_forecast_base_find(const char *word);
/* Computes a simple forecast: (horizon) scaled values. */
void ur_forecast_base(const ur_forecast *f, ur_base base, const ur_forecast_view *view, double *forecast);

/* In linear.c: fits the map W (horizon, context) that minimises Σ (y − last − W(x − last))² + λ·Σ W² over the training
 * part. */
ur_status ur_forecast_fit(ur_forecast *f, ur_error *error);
/* Computes the mean squared errors of the simple forecasts on the validation part (or, if there is none, on the
 * training part). Chooses the base if it was left open. */
ur_status ur_forecast_compare(ur_forecast *f, ur_error *error);

/* In calendar.c: what the calendar can tell, and its numbers for a row, which may come after the end of the series. */
unsigned ur_forecast_calendar(const ur_forecast *f);
size_t ur_forecast_calendar_count(unsigned calendar);
void ur_forecast_calendar_put(const ur_forecast *f, size_t row, real *out);

/* In batches.c: */
ur_status ur_forecast_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error);
uint64_t ur_forecast_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_forecast_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error);
ur_status ur_forecast_room(ur_forecast *f, size_t lanes, ur_error *error);
/* Fills lane b of `lanes` with the window that begins at `row`, for a group of channels. */
void ur_forecast_put_lane(ur_forecast *f, size_t row, size_t group, size_t b, size_t lanes);
ur_batch ur_forecast_inputs(const ur_forecast *f, size_t lanes);

/* In forward.c: runs the network. Its outputs for all lanes go to f->out (lane, channel of the group, horizon,
 * outputs). */
ur_status ur_forecast_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                              ur_error *error);

/* In judge.c: */
ur_status ur_forecast_tally_add(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error);
ur_status ur_forecast_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error);
/* The index of the quantile that serves as the forecast: the one nearest to the median. */
size_t ur_forecast_middle(const ur_forecast *f);
/* The scaled forecast of lane b for channel k of its group, at place h of the horizon: one value per quantile,
 * rising. */
void ur_forecast_read(const ur_forecast *f, size_t b, size_t k, size_t h, double *out);

/* In record.c: writes scaling, channels and linear map into the model's record, and reads them from there. */
ur_status ur_forecast_record(void *data, ur_model *model, ur_error *error);
ur_status ur_forecast_take_model(ur_forecast *f, const ur_model *model, ur_error *error);

/* In look.c: the end of a series, to be inspected. A step is named by the time of its last row, a feature by its
 * channel. */
ur_status ur_forecast_look_into(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                                ur_item *seen, ur_error *error);
const char *ur_forecast_step_text(const void *data, size_t step, size_t *length);
const char *ur_forecast_feature_text(const void *data, size_t feature);

/* In answer.c: */
/* UR_ERR_DATA if the series is shorter than the context. */
ur_status ur_forecast_check_rows(const ur_forecast *f, ur_error *error);
ur_status ur_forecast_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                             const ur_sink *sink, ur_error *error);

#endif
