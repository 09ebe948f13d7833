/* See number.h. */
#include "base/number.h"

#include "base/locale.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double ur_parse_number(const char *text, char **end)
{
    ur_c_locale locale = ur_c_locale_enter();
    double value = strtod(text, end);
    ur_c_locale_leave(locale);
    return value;
}

bool ur_read_number(const char *text, double *value)
{
    char *end;
    if (!*text || text[strspn(text, "+-.0123456789eE")]) return false;
    *value = ur_parse_number(text, &end);
    return !*end && isfinite(*value);
}

bool ur_read_whole(const char *text, uint64_t *value)
{
    if (!*text || text[strspn(text, "0123456789")]) return false;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0;
}

void ur_format_number(char *text, size_t size, const char *format, double value)
{
    ur_c_locale locale = ur_c_locale_enter();
    snprintf(text, size, format, value);
    ur_c_locale_leave(locale);
}

void ur_write_number(double value, char text[UR_NUMBER_MAX])
{
    ur_c_locale locale = ur_c_locale_enter();
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, UR_NUMBER_MAX, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    ur_c_locale_leave(locale);
}
