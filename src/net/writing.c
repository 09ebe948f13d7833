/* See writing.h. */
#include "net/writing.h"

#include "base/error.h"
#include "base/number.h"

#include <stdarg.h>
#include <stdio.h>

ur_net_writing ur_net_begin(char line[UR_LINE_TEXT_MAX])
{
    *line = 0;
    return (ur_net_writing){.line = line};
}

static void add(ur_net_writing *w, const char *form, va_list values)
{
    if (w->used >= UR_LINE_TEXT_MAX) return;
    int length = vsnprintf(w->line + w->used, UR_LINE_TEXT_MAX - w->used, form, values);
    w->used += length < 0 ? UR_LINE_TEXT_MAX : (size_t)length;
}

UR_PRINTF(2, 3) static void put(ur_net_writing *w, const char *form, ...)
{
    va_list values;
    va_start(values, form);
    add(w, form, values);
    va_end(values);
}

void ur_net_put_line(ur_net_writing *w, const char *name)
{
    put(w, "%s%s%s", w->used ? "; " : "", name, *name ? ": " : "");
    w->begun = false;
}

static void begin_layer(ur_net_writing *w)
{
    if (w->begun) put(w, " > ");
    w->begun = true;
}

void ur_net_put(ur_net_writing *w, const char *form, ...)
{
    va_list values;
    begin_layer(w);
    va_start(values, form);
    add(w, form, values);
    va_end(values);
}

void ur_net_put_cells(ur_net_writing *w, const ur_net_cells *cells)
{
    char number[UR_NUMBER_MAX];
    bool several = cells->layers > 1;
    ur_net_put(w, "%s %zu", cells->cell, cells->width);
    if (several) put(w, " x%zu", cells->layers);
    if (several && cells->drop > 0) ur_write_number(cells->drop, number), put(w, " drop=%s", number);
    if (cells->more) put(w, " %s", cells->more);
}

void ur_net_put_dropout(ur_net_writing *w, double p, const char *more)
{
    char number[UR_NUMBER_MAX];
    if (!(p > 0)) return;
    ur_write_number(p, number);
    ur_net_put(w, more ? "dropout %s %s" : "dropout %s", number, more);
}

ur_status ur_net_end(const ur_net_writing *w, ur_error *error)
{
    if (w->used < UR_LINE_TEXT_MAX) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "the network line is longer than %d bytes", UR_LINE_TEXT_MAX - 1);
}
