/* printf and strtod follow the host's locale; files and messages must not. */
#ifndef UR_BASE_LOCALE_H
#define UR_BASE_LOCALE_H

#include <locale.h>

typedef struct ur_c_locale {
    locale_t own, before;
} ur_c_locale;

/* Gives the calling thread the locale "C" until ur_c_locale_leave. Without memory the thread keeps its own locale. */
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
