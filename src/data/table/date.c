/* See date.h. Days are counted as in Howard Hinnant's "chrono-compatible low-level date algorithms": years begin in
 * March, so that the leap day is at the end. */
#include "data/table/date.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_IN_400_YEARS = 146097, DAYS_TO_1970 = 719468 }; /* days from March of the year 0 to 1970 */

static int64_t divide_down(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int64_t count_days(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1, era = divide_down(y, 400), of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * DAYS_IN_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_1970;
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int days_of_month(int64_t year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return DAYS[month - 1] + (month == 2 && is_leap(year));
}

ur_date_parts ur_date_split(int64_t seconds)
{
    int64_t days = divide_down(seconds, UR_DAY_SECONDS), z = days + DAYS_TO_1970;
    int64_t era = divide_down(z, DAYS_IN_400_YEARS), of_era = z - era * DAYS_IN_400_YEARS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    ur_date_parts p = {.second = (int)(seconds - days * UR_DAY_SECONDS),
                       .day = (int)(of_year - (153 * month + 2) / 5 + 1),
                       .month = (int)(month < 10 ? month + 3 : month - 9),
                       .weekday = (int)(((days + 3) % 7 + 7) % 7)};
    p.year = year + era * 400 + (p.month <= 2);
    p.day_of_year = (int)(days - count_days(p.year, 1, 1));
    return p;
}

int64_t ur_date_add_months(int64_t seconds, int64_t months)
{
    ur_date_parts p = ur_date_split(seconds);
    int64_t all = p.year * 12 + p.month - 1 + months, year = divide_down(all, 12);
    int month = (int)(all - year * 12) + 1, most = days_of_month(year, month);
    return count_days(year, month, p.day < most ? p.day : most) * UR_DAY_SECONDS + p.second;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

typedef struct scan {
    const char *text;
    size_t length, at;
} scan;

static char next_byte(const scan *s) { return s->at < s->length ? s->text[s->at] : 0; }

/* Takes `least` to `most` digits. */
static bool take_number(scan *s, size_t least, size_t most, int64_t *value)
{
    size_t digits = 0;
    for (*value = 0; digits < most && next_byte(s) >= '0' && next_byte(s) <= '9'; s->at++, digits++)
        *value = *value * 10 + (next_byte(s) - '0');
    return digits >= least;
}

static bool take_byte(scan *s, char wanted)
{
    if (next_byte(s) != wanted) return false;
    s->at++;
    return true;
}

/* "13:45", "13:45:06", "13:45:06.000". */
static bool take_clock(scan *s, ur_date_form *form, int64_t *second)
{
    int64_t hour, minute, more = 0, ignored;
    if (!take_number(s, 1, 2, &hour) || !take_byte(s, ':') || !take_number(s, 2, 2, &minute)) return false;
    form->kind = UR_DATE_MINUTE;
    if (take_byte(s, ':')) {
        form->kind = UR_DATE_SECOND;
        if (!take_number(s, 2, 2, &more)) return false;
        if (take_byte(s, '.') && !take_number(s, 1, 9, &ignored)) return false;
    }
    *second = hour * 3600 + minute * 60 + more;
    return hour < 24 && minute < 60 && more < 61;
}

static bool take_day(scan *s, ur_date_form *form, int64_t year, int64_t month, int64_t *seconds)
{
    int64_t day, second = 0;
    form->kind = UR_DATE_DAY;
    if (!take_number(s, 1, 2, &day) || day < 1 || day > days_of_month(year, (int)month)) return false;
    if (next_byte(s) == ' ' || next_byte(s) == 'T') {
        form->middle = next_byte(s);
        s->at++;
        if (!take_clock(s, form, &second)) return false;
        form->zulu = take_byte(s, 'Z');
    }
    *seconds = count_days(year, (int)month, (int)day) * UR_DAY_SECONDS + second;
    return true;
}

static bool take_date(scan *s, ur_date_form *form, int64_t year, int64_t *seconds)
{
    int64_t month;
    form->dash = next_byte(s);
    s->at++;
    if (!take_number(s, 1, 2, &month) || month < 1 || month > 12) return false;
    if (take_byte(s, form->dash)) return take_day(s, form, year, month, seconds) && s->at == s->length;
    form->kind = UR_DATE_MONTH;
    *seconds = count_days(year, (int)month, 1) * UR_DAY_SECONDS;
    return s->at == s->length;
}

/* Digits alone: a year has four digits, seconds since 1970 have nine or ten, milliseconds twelve or thirteen. */
static bool take_plain(ur_date_form *form, size_t digits, int64_t value, int64_t *seconds)
{
    if (digits == 4 && value >= 1000 && value < 3000) {
        form->kind = UR_DATE_YEAR;
        *seconds = count_days(value, 1, 1) * UR_DAY_SECONDS;
        return true;
    }
    form->kind = digits > 11 ? UR_DATE_MILLISECONDS : UR_DATE_SECONDS;
    *seconds = digits > 11 ? value / 1000 : value;
    return digits == 9 || digits == 10 || digits == 12 || digits == 13;
}

bool ur_date_read(const char *text, size_t length, ur_date_form *form, int64_t *seconds)
{
    scan s = {text, length, 0};
    int64_t first;
    *form = (ur_date_form){0};
    if (!take_number(&s, 4, 13, &first)) return false;
    if (s.at == length) return take_plain(form, s.at, first, seconds);
    return s.at == 4 && (next_byte(&s) == '-' || next_byte(&s) == '/') && take_date(&s, form, first, seconds);
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static size_t write_date(const ur_date_parts *p, ur_date_form f, char *text)
{
    if (f.kind == UR_DATE_MONTH)
        return (size_t)snprintf(text, UR_DATE_TEXT, "%04d%c%02d", (int)p->year, f.dash, p->month);
    return (size_t)snprintf(text, UR_DATE_TEXT, "%04d%c%02d%c%02d", (int)p->year, f.dash, p->month, f.dash, p->day);
}

void ur_date_write(int64_t seconds, ur_date_form f, char text[UR_DATE_TEXT])
{
    ur_date_parts p = ur_date_split(seconds);
    text[0] = 0;
    if (f.kind == UR_DATE_YEAR) snprintf(text, UR_DATE_TEXT, "%04d", (int)p.year);
    if (f.kind == UR_DATE_SECONDS) snprintf(text, UR_DATE_TEXT, "%lld", (long long)seconds);
    if (f.kind == UR_DATE_MILLISECONDS) snprintf(text, UR_DATE_TEXT, "%lld000", (long long)seconds);
    if (f.kind < UR_DATE_MONTH) return;
    size_t used = write_date(&p, f, text);
    if (f.kind >= UR_DATE_MINUTE)
        used += (size_t)snprintf(text + used, UR_DATE_TEXT - used, "%c%02d:%02d", f.middle, p.second / 3600,
                                 p.second / 60 % 60);
    if (f.kind == UR_DATE_SECOND) used += (size_t)snprintf(text + used, UR_DATE_TEXT - used, ":%02d", p.second % 60);
    if (f.zulu) snprintf(text + used, UR_DATE_TEXT - used, "Z");
}
