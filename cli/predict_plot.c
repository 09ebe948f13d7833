/* See predict_plot.h. Rows are numbered from the last known row, which is 0. */
#include "cli/predict_plot.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"

#include "base/error.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHOWN: channels drawn on a terminal; PAST: length of the past that is drawn, in horizons. */
enum { COLUMNS = 78, ROWS = 14, SHOWN = 8, BANDS = 8, PAST = 4 };

typedef struct band {
    double *low, *high;
    char name[64];
} band;

/* One channel of a forecast. */
typedef struct plot {
    const char *name, *last;
    double *past_x, *past, *next_x, *next;
    size_t past_count, next_count; /* the forecast begins with the last known value */
    band bands[BANDS];
    size_t band_count;
} plot;

/* ---- Reading the object -------------------------------------------------------------------------------------------- */

static void free_plot(plot *p)
{
    free(p->past_x);
    free(p->past);
    free(p->next_x);
    free(p->next);
    for (size_t i = 0; i < p->band_count; i++) {
        free(p->bands[i].low);
        free(p->bands[i].high);
    }
}

/* Copies the last `count` numbers of a list to the result from index `begin` on. NULL if memory is lacking; the caller
 * frees it. */
static double *read_numbers(const json_t *list, size_t begin, size_t count)
{
    double *numbers = calloc(begin + count + 1, sizeof *numbers);
    size_t first = json_array_size(list) - count;
    for (size_t i = 0; numbers && i < count; i++) {
        const json_t *value = json_array_get(list, first + i);
        numbers[begin + i] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    return numbers;
}

static double *count_from(double first, size_t count)
{
    double *x = calloc(count + 1, sizeof *x);
    for (size_t i = 0; x && i < count; i++) x[i] = first + (double)i;
    return x;
}

/* Reads the i-th quantile from below and the i-th from above. The band between them begins at `from`, the last known
 * value. */
static bool read_band(plot *p, const json_t *quantiles, size_t i, double from)
{
    size_t count = json_object_size(quantiles), at = 0;
    band *b = &p->bands[p->band_count++];
    const char *level, *names[2] = {"", ""};
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)quantiles, level, values)
    {
        double **to = at == i ? &b->low : at == count - 1 - i ? &b->high : NULL;
        if (to) *to = read_numbers(values, 1, p->next_count - 1);
        if (to && !*to) return false;
        if (to) (*to)[0] = from;
        if (to) names[at != i] = level;
        at++;
    }
    snprintf(b->name, sizeof b->name, "between the quantiles %.20s and %.20s", names[0], names[1]);
    return b->low && b->high;
}

static ur_status read_plot(plot *p, const json_t *channel, const char *last, ur_error *error)
{
    const json_t *past = json_object_get(channel, "past"), *next = json_object_get(channel, "forecast");
    const json_t *quantiles = json_object_get(channel, "quantiles");
    size_t shown = PAST * json_array_size(next), known = json_array_size(past);
    *p = (plot){.name = json_string_value(json_object_get(channel, "name")), .last = last};
    p->past_count = known < shown ? known : shown;
    p->next_count = json_array_size(next) + 1;
    p->past_x = count_from(1 - (double)p->past_count, p->past_count);
    p->past = read_numbers(past, 0, p->past_count);
    p->next_x = count_from(0, p->next_count);
    p->next = read_numbers(next, 1, p->next_count - 1);
    bool made = p->past_x && p->past && p->next_x && p->next && p->past_count;
    if (made) p->next[0] = p->past[p->past_count - 1];
    for (size_t i = 0; made && i < json_object_size(quantiles) / 2 && i < BANDS; i++)
        made = read_band(p, quantiles, i, p->next[0]);
    return made ? UR_OK : ur_fail_memory(error, "a picture");
}

/* ---- Drawing ------------------------------------------------------------------------------------------------------- */

typedef void draw_chart(FILE *file, const ur_cli_chart *chart);

static void draw_plot(FILE *file, const plot *p, draw_chart *draw)
{
    ur_cli_series series[2 + BANDS] = {
        {.name = "known", .x = p->past_x, .y = p->past, .count = p->past_count},
        {.name = "forecast", .x = p->next_x, .y = p->next, .count = p->next_count},
    };
    char label[96];
    for (size_t i = 0; i < p->band_count; i++)
        series[2 + i] = (ur_cli_series){.name = p->bands[i].name,
                                        .x = p->next_x,
                                        .y = p->bands[i].low,
                                        .upper = p->bands[i].high,
                                        .count = p->next_count};
    snprintf(label, sizeof label, *p->last ? "rows from %.60s" : "rows from the last one that was known", p->last);
    draw(file, &(ur_cli_chart){.title = p->name, .x_label = label, .series = series, .count = 2 + p->band_count});
}

static void draw_terminal(FILE *file, const ur_cli_chart *chart)
{
    ur_cli_chart_terminal(file, chart, COLUMNS, ROWS);
    fputc('\n', file);
}

/* Draws the channels, but at most `most` of them. */
static ur_status draw_all(FILE *file, const json_t *object, size_t most, draw_chart *draw, ur_error *error)
{
    const json_t *channels = json_object_get(object, "channels");
    const char *last = json_string_value(json_object_get(object, "last"));
    for (size_t i = 0; i < json_array_size(channels) && i < most; i++) {
        plot p;
        ur_status status = read_plot(&p, json_array_get(channels, i), last ? last : "", error);
        if (status == UR_OK) draw_plot(file, &p, draw);
        free_plot(&p);
        if (status != UR_OK) return status;
    }
    return UR_OK;
}

ur_status ur_cli_plot_terminal(const char *text, ur_error *error)
{
    json_t *object = json_loads(text, 0, NULL);
    if (!object) return ur_fail_memory(error, "a picture");
    size_t count = json_array_size(json_object_get(object, "channels"));
    ur_status status = draw_all(stdout, object, SHOWN, draw_terminal, error);
    if (status == UR_OK && count > SHOWN) printf("and %zu more channels; --html draws all\n", count - SHOWN);
    json_decref(object);
    return status;
}

static ur_status write_page(const json_t *object, const char *html, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    UR_TRY(ur_cli_page_begin(&page, "Forecast", error));
    ur_status status = draw_all(page.out, object, SIZE_MAX, ur_cli_chart_svg, error);
    if (status == UR_OK) return ur_cli_page_save(&page, html, overwrite, error);
    ur_cli_page_drop(&page);
    return status;
}

ur_status ur_cli_plot_page(const char *text, const char *html, bool overwrite, ur_error *error)
{
    json_t *object = json_loads(text, 0, NULL);
    if (!object) return ur_fail_memory(error, "a picture");
    ur_status status = write_page(object, html, overwrite, error);
    json_decref(object);
    return status;
}
