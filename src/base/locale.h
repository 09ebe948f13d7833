/* printf and strtod write and read numbers as the host's locale has them; a file and a message must not depend on it. */
#ifndef UR_BASE_LOCALE_H
#define UR_BASE_LOCALE_H

#include <locale.h>

typedef struct ur_c_locale {
    locale_t own, before;
} ur_c_locale;

/* The calling thread has the locale "C" until it leaves it; where there is no memory for that, its own. */
static inline ur_c_locale ur_c_locale_enter(void)
{
    ur_c_locale c = {.own = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    if (c.own) c.before = uselocale(c.own);
    return c;
}

static inline void ur_c_locale_leave(ur_c_locale c)
{
    if (!c.own) return;
    uselocale(c.before);
    freelocale(c.own);
}

#endif
