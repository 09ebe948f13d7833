/* The cells of a series: numbers, missing values, and the values that replace them. */
#include "data/table/series_body.h"

#include "base/number.h"
#include "data/folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool ur_series_lacks(ur_field cell)
{
    static const char *const WORDS[] = {"na", "n/a", "nan", "null", "none", "?", "-", "."};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (ur_same_word(cell.text, cell.length, WORDS[i])) return true;
    return cell.length == 0;
}

/* Reads up to 15 digits, with or without a point. Both numbers of the quotient are exact, so it is
 * rounded only once. */
static bool read_plain(ur_field cell, double *value)
{
    static const double TEN[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    size_t at = cell.length > 0 && cell.text[0] == '-', digits = 0, places = 0;
    int64_t whole = 0;
    bool point = false;
    for (; at < cell.length && digits <= 15; at++) {
        char byte = cell.text[at];
        if (byte == '.' && !point) {
            point = true;
            continue;
        }
        if (byte < '0' || byte > '9') return false;
        whole = whole * 10 + (byte - '0');
        digits++;
        places += point;
    }
    if (digits == 0 || digits > 15 || at < cell.length) return false;
    *value = (double)whole / TEN[places];
    if (cell.text[0] == '-') *value = -*value;
    return true;
}

bool ur_series_number(ur_field cell, double *value)
{
    char copy[64];
    if (read_plain(cell, value)) return true;
    if (cell.length == 0 || cell.length >= sizeof copy) return false;
    memcpy(copy, cell.text, cell.length);
    copy[cell.length] = 0;
    return ur_read_number(copy, value) && fabs(*value) < 1e30;
}

/* ---- Missing values ---------------------------------------------------------------------------------------------- */

/* Fills rows [begin, end) of a channel, from the value before them to the value after them. */
static void fill_gap(ur_series *s, size_t channel, size_t begin, size_t end)
{
    size_t n = s->channels;
    bool before = begin > 0, behind = end < s->rows;
    double a = before ? (double)s->values[(begin - 1) * n + channel] : 0;
    double b = behind ? (double)s->values[end * n + channel] : 0;
    if (!before && !behind) return;
    if (!before) a = b;
    if (!behind || s->options.missing == UR_MISSING_FORWARD) b = a;
    for (size_t i = begin; i < end; i++)
        s->values[i * n + channel] = (float)(a + (b - a) * (double)(i - begin + 1) / (double)(end - begin + 1));
}

static void fill_channel(ur_series *s, size_t channel)
{
    for (size_t i = 0; i < s->rows; i++) {
        size_t begin = i;
        while (i < s->rows && isnan(s->values[i * s->channels + channel])) i++;
        if (i > begin) fill_gap(s, channel, begin, i);
    }
}

/* ---- The step from row to row ------------------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Whole months from one time to another; 0 if they are no whole months apart. */
static int64_t count_months(int64_t from, int64_t to)
{
    ur_date_parts a = ur_date_split(from), b = ur_date_split(to);
    int64_t months = (b.year - a.year) * 12 + b.month - a.month;
    return a.day == b.day && a.second == b.second ? months : 0;
}

enum { LOOKED_AT = 512 };

/* The step is the median of the first differences. */
static void find_step(ur_series *s)
{
    int64_t seconds[LOOKED_AT], months[LOOKED_AT];
    size_t count = s->rows - 1 < LOOKED_AT ? s->rows - 1 : LOOKED_AT;
    for (size_t i = 0; i < count; i++) {
        seconds[i] = s->times[i + 1] - s->times[i];
        months[i] = count_months(s->times[i], s->times[i + 1]);
    }
    qsort(seconds, count, sizeof *seconds, by_size);
    qsort(months, count, sizeof *months, by_size);
    s->step = seconds[count / 2];
    s->months = months[0] > 0 ? months[count / 2] : 0;
}

void ur_series_settle(ur_series *s)
{
    if (s->options.missing != UR_MISSING_MASK && s->missing)
        for (size_t i = 0; i < s->channels; i++) fill_channel(s, i);
    if (s->times && s->rows > 1) find_step(s);
}

int64_t ur_series_moment(const ur_series *s, size_t row)
{
    if (row < s->rows) return s->times[row];
    int64_t last = s->times[s->rows - 1], steps = (int64_t)(row - s->rows + 1);
    return s->months ? ur_date_add_months(last, s->months * steps) : last + s->step * steps;
}

bool ur_series_time(const ur_series *s, size_t steps, char text[UR_DATE_TEXT])
{
    if (!s->times || !s->rows || s->step <= 0) return false;
    ur_date_write(ur_series_moment(s, s->rows - 1 + steps), s->form, text);
    return true;
}
