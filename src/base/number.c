/* See number.h. printf and strtod write and read the locale's decimal point: it is exchanged here. */
#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *decimal_point(void)
{
    const struct lconv *locale = localeconv();
    return locale && locale->decimal_point && *locale->decimal_point ? locale->decimal_point : ".";
}

/* Copies `from` with the first `old` in it replaced; what does not fit is cut off. */
static void replace_point(const char *from, const char *old, const char *new, char *to, size_t size)
{
    const char *at = strstr(from, old);
    if (at)
        snprintf(to, size, "%.*s%s%s", (int)(at - from), from, new, at + strlen(old));
    else
        snprintf(to, size, "%s", from);
}

bool ur_read_number(const char *text, double *value)
{
    char local[128], *end;
    if (!*text || text[strspn(text, "+-.0123456789eE")] || strlen(text) + 8 > sizeof local) return false;
    replace_point(text, ".", decimal_point(), local, sizeof local);
    *value = strtod(local, &end);
    return !*end && isfinite(*value);
}

bool ur_read_whole(const char *text, uint64_t *value)
{
    if (!*text || text[strspn(text, "0123456789")]) return false;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0;
}

void ur_write_number(double value, char text[UR_NUMBER_MAX])
{
    char local[UR_NUMBER_MAX];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(local, sizeof local, "%.*g", digits, value);
        if (strtod(local, NULL) == value) break;
    }
    replace_point(local, decimal_point(), ".", text, UR_NUMBER_MAX);
}
