/* Reads lists of numbers separated by commas: how a series is split into parts, and quantiles. */
#include "task/forecast/forecast.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* Takes the first number off a list. *unit is the letter after it, or 0. */
static bool take_number(const char **list, double *value, char *unit)
{
    char text[32];
    size_t length = strcspn(*list, ","), digits = length;
    *unit = 0;
    if (length == 0 || length >= sizeof text) return false;
    memcpy(text, *list, length);
    if (text[length - 1] == 'r') *unit = text[--digits];
    text[digits] = 0;
    *list += length + ((*list)[length] == ',');
    return ur_read_number(text, value);
}

/* Reads the sizes of the parts, and their common unit: 'r' rows, 'm' months, 's' shares. */
static bool read_parts(const char *text, double size[UR_PARTS], char *unit)
{
    double sum = 0;
    char first = 0;
    const char *rest = text;
    for (size_t i = 0; i < UR_PARTS; i++) {
        if (!take_number(&rest, &size[i], unit) || !(size[i] >= 0) || size[i] > 1e12) return false;
        if (i == 0) first = *unit;
        if (*unit != first) return false;
        sum += size[i];
    }
    if (!*unit) *unit = sum <= 1 + 1e-9 ? 's' : 'm';
    return !*rest && size[UR_PART_TRAIN] > 0;
}

/* The first row that is at least `months` of 30 days after row 0. */
static size_t find_month(const ur_series *s, double months)
{
    double seconds = months * 30 * UR_DAY_SECONDS;
    size_t low = 0, high = s->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((double)(s->times[middle] - s->times[0]) < seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t find_edge(const ur_series *s, double sum, char unit)
{
    double row = unit == 'r' ? sum : sum * (double)s->rows;
    if (unit == 'm') return find_month(s, sum);
    return row > (double)s->rows ? s->rows : (size_t)floor(row + 1e-6);
}

ur_status ur_forecast_split(const ur_series *s, const char *text, ur_forecast_part part[UR_PARTS], ur_error *error)
{
    double size[UR_PARTS], sum = 0;
    char unit;
    if (!read_parts(text, size, &unit))
        return ur_fail(error, UR_ERR_USAGE,
                       "`split` '%.60s': give the parts to train, validate and test on: shares such as .7,.1,.2, rows "
                       "such as 8640r,2880r,2880r, or months of 30 days such as 12,4,4",
                       text);
    if (unit == 'm' && !s->times)
        return ur_fail(error, UR_ERR_USAGE, "`split` %s: months need a time column; give shares or rows instead", text);
    for (size_t i = 0; i < UR_PARTS; i++) {
        part[i].begin = find_edge(s, sum, unit);
        sum += size[i];
        part[i].end = find_edge(s, sum, unit);
    }
    return UR_OK;
}

ur_status ur_forecast_levels(ur_forecast *f, ur_error *error)
{
    const char *rest = f->settings.quantiles;
    double before = 0;
    char unit;
    for (f->level_count = 0; rest && *rest; f->level_count++) {
        double *level = &f->levels[f->level_count];
        bool right = f->level_count < UR_FORECAST_LEVELS_MOST && take_number(&rest, level, &unit) && !unit;
        if (!right || !(*level > before && *level < 1))
            return ur_fail(error, UR_ERR_USAGE,
                           "`quantiles` '%.60s': give numbers between 0 and 1 that rise, such as 0.1,0.5,0.9",
                           f->settings.quantiles);
        before = *level;
    }
    return UR_OK;
}
