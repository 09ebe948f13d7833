/* What the calendar tells about a row, as points on circles: the time of day, the day of the week, the day of the year.
 * Only what changes from row to row, and has passed at least two full cycles in the training part, is used. */
#include "task/forecast/forecast.h"

#include "base/scalar.h"

#include <math.h>

enum { YEAR_SECONDS = 31556952 };

unsigned ur_forecast_calendar(const ur_forecast *f)
{
    const ur_series *s = &f->series;
    const ur_forecast_part *p = &f->part[UR_PART_TRAIN];
    unsigned calendar = 0;
    if (f->settings.no_calendar || !s->times || s->step <= 0 || p->end - p->begin < 2) return 0;
    int64_t span = s->times[p->end - 1] - s->times[p->begin];
    if (s->step < UR_DAY_SECONDS && span > 2 * UR_DAY_SECONDS) calendar |= UR_CALENDAR_DAY;
    if (s->step <= UR_DAY_SECONDS && span > 14 * UR_DAY_SECONDS) calendar |= UR_CALENDAR_WEEK;
    if (s->step < YEAR_SECONDS / 2 && span > 2 * (int64_t)YEAR_SECONDS) calendar |= UR_CALENDAR_YEAR;
    return calendar;
}

size_t ur_forecast_calendar_count(unsigned calendar)
{
    return 2 * (size_t)((calendar & 1) + (calendar >> 1 & 1) + (calendar >> 2 & 1));
}

/* Writes cos and sin of a turn, from 0 to 1. */
static real *put_turn(real *out, double turn)
{
    *out++ = (real)ur_cos_turn(turn);
    *out++ = (real)ur_cos_turn(turn < 0.25 ? turn + 0.75 : turn - 0.25);
    return out;
}

void ur_forecast_calendar_put(const ur_forecast *f, size_t row, real *out)
{
    ur_date_parts p = ur_date_split(ur_series_moment(&f->series, row));
    double day = (double)p.second / UR_DAY_SECONDS;
    if (f->calendar & UR_CALENDAR_DAY) out = put_turn(out, day);
    if (f->calendar & UR_CALENDAR_WEEK) out = put_turn(out, (p.weekday + day) / 7);
    if (f->calendar & UR_CALENDAR_YEAR) put_turn(out, (p.day_of_year + day) / 366);
}
