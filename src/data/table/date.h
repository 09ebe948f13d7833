/* Times as tables contain them: dates with or without a time of day (ISO 8601, also with / or a space), months, years,
 * seconds since 1970. They are kept as seconds since 1970 in the Gregorian calendar, without time zones. */
#ifndef UR_DATA_DATE_H
#define UR_DATA_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum ur_date_kind {
    UR_DATE_NONE,
    UR_DATE_YEAR,    /* 1000 to 2999 */
    UR_DATE_SECONDS, /* since 1970 */
    UR_DATE_MILLISECONDS,
    UR_DATE_MONTH, /* 1949-01 */
    UR_DATE_DAY,   /* 1949-01-31 */
    UR_DATE_MINUTE,
    UR_DATE_SECOND
} ur_date_kind;

/* The way in which a time is written. */
typedef struct ur_date_form {
    ur_date_kind kind;
    char dash, middle; /* between the parts of the date; between date and time of day */
    bool zulu;         /* ends with Z */
} ur_date_form;

/* Reads a time in one of the forms above; false for anything else. The caller removes white space at both ends. */
bool ur_date_read(const char *text, size_t length, ur_date_form *form, int64_t *seconds);

enum { UR_DATE_TEXT = 40 };
void ur_date_write(int64_t seconds, ur_date_form form, char text[UR_DATE_TEXT]);

/* The calendar fields of a time. */
typedef struct ur_date_parts {
    int64_t year;
    int month, day;  /* from 1 */
    int second;      /* of the day, from 0 */
    int weekday;     /* Monday is 0 */
    int day_of_year; /* from 0 */
} ur_date_parts;
ur_date_parts ur_date_split(int64_t seconds);

/* The same day and time `months` later. If that month is too short, its last day. */
int64_t ur_date_add_months(int64_t seconds, int64_t months);

enum { UR_DAY_SECONDS = 86400 };

#endif
