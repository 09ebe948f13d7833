/* See net_text.h. */
#include "train/net_text.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

/* A line that grows; too long once `used` has passed its size. */
typedef struct ur_net_writing {
    char *line;
    size_t used;
} ur_net_writing;

static void put(ur_net_writing *w, const char *text)
{
    size_t length = strlen(text);
    if (w->used + length < UR_LINE_TEXT_MAX) memcpy(w->line + w->used, text, length + 1);
    w->used += length;
}

/* " > lstm 256 drop=0.3" for each width of "256,128". */
static void put_cells(ur_net_writing *w, const ur_run_settings *run, const char *drop)
{
    for (const char *width = run->hidden; *width;) {
        char digits[16];
        size_t length = strcspn(width, ",");
        snprintf(digits, sizeof digits, "%.*s", (int)length, width);
        if (w->used) put(w, " > ");
        put(w, run->cell);
        put(w, " ");
        put(w, digits);
        put(w, drop);
        width += length + (width[length] == ',');
    }
}

ur_status ur_net_text(const ur_run_settings *run, bool embeds, const char *tail, char line[UR_LINE_TEXT_MAX],
                      ur_error *error)
{
    ur_net_writing w = {line, 0};
    char number[UR_NUMBER_MAX], text[64] = "";
    if (run->net) {
        put(&w, run->net);
    } else {
        char drop[64] = "", behind[64] = "";
        ur_write_number(run->dropout > 0 ? run->dropout : 0, number);
        if (run->dropout > 0) snprintf(drop, sizeof drop, " drop=%s", number);
        if (run->dropout > 0) snprintf(behind, sizeof behind, " > dropout %s", number);
        if (embeds) snprintf(text, sizeof text, "embed %zu", run->embed);
        put(&w, text);
        put_cells(&w, run, drop);
        if (!strchr(run->hidden, ',') && run->layers > 1) {
            snprintf(text, sizeof text, " x%zu", run->layers);
            put(&w, text);
        }
        put(&w, behind);
        put(&w, " > ");
        put(&w, tail);
    }
    if (w.used < UR_LINE_TEXT_MAX) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "the network line is longer than %d bytes", UR_LINE_TEXT_MAX);
}
