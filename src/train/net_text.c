/* See net_text.h. */
#include "train/net_text.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

/* A line being written. It is too long once `used` has reached UR_LINE_TEXT_MAX. */
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

/* "lstm 256 drop=0.3 same > lstm 128 drop=0.3 same" for the widths "256,128". */
static void put_cells(ur_net_writing *w, const ur_run_settings *run, const char *drop)
{
    for (const char *width = run->hidden; *width;) {
        char digits[16];
        size_t length = strcspn(width, ",");
        snprintf(digits, sizeof digits, "%.*s", (int)length, width);
        if (width != run->hidden) put(w, " > ");
        put(w, run->cell);
        put(w, " ");
        put(w, digits);
        put(w, drop);
        width += length + (width[length] == ',');
    }
}

/* "embed 64 > dropout 0.1 same > ". The embedding's dropout is a quarter of the layers' dropout. */
static void put_embedding(ur_net_writing *w, const ur_run_settings *run)
{
    char text[64], number[UR_NUMBER_MAX];
    snprintf(text, sizeof text, "embed %zu > ", run->embed);
    put(w, text);
    if (!(run->dropout > 0)) return;
    ur_write_number(run->dropout / 4, number);
    snprintf(text, sizeof text, "dropout %s same > ", number);
    put(w, text);
}

/* The recurrent layers, with dropout between them and after the last one. */
static void put_layers(ur_net_writing *w, const ur_run_settings *run)
{
    char drop[64] = "", text[64], number[UR_NUMBER_MAX];
    bool widths = strchr(run->hidden, ','), drops = run->dropout > 0;
    ur_write_number(drops ? run->dropout : 0, number);
    if (drops && (widths || run->layers > 1)) snprintf(drop, sizeof drop, " drop=%s same", number);
    put_cells(w, run, drop);
    if (!widths && run->layers > 1) {
        snprintf(text, sizeof text, " x%zu", run->layers);
        put(w, text);
    }
    if (!drops) return;
    snprintf(text, sizeof text, " > dropout %s same", number);
    put(w, text);
}

/* Defaults for what neither the caller nor the task has set. */
static ur_run_settings fill_open(const ur_run_settings *run)
{
    ur_run_settings told = *run;
    if (!told.cell) told.cell = "lstm";
    if (!told.hidden) told.hidden = "128";
    if (!told.embed) told.embed = 64;
    return told;
}

ur_status ur_net_text(const ur_run_settings *run, bool embeds, const char *tail, char line[UR_LINE_TEXT_MAX],
                      ur_error *error)
{
    ur_net_writing w = {line, 0};
    if (run->net) {
        put(&w, run->net);
    } else {
        const ur_run_settings told = fill_open(run);
        if (embeds) put_embedding(&w, &told);
        put_layers(&w, &told);
        put(&w, " > ");
        put(&w, tail);
    }
    if (w.used < UR_LINE_TEXT_MAX) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "the network line is longer than %d bytes", UR_LINE_TEXT_MAX);
}

bool ur_net_text_dropout(const char *line, char dropout[UR_NUMBER_MAX])
{
    static const char before[] = " > dropout ", behind[] = " same > dense";
    size_t length = strlen(line), tail = sizeof behind - 1;
    snprintf(dropout, UR_NUMBER_MAX, "0");
    if (!strstr(line, "drop")) return true;
    if (length < tail || strcmp(line + length - tail, behind) != 0) return false;
    const char *at = line + length - tail;
    while (at > line && at[-1] != ' ') at--;
    size_t digits = (size_t)(line + length - tail - at);
    if (digits >= UR_NUMBER_MAX || at < line + sizeof before - 1) return false;
    if (memcmp(at - (sizeof before - 1), before, sizeof before - 1) != 0) return false;
    memcpy(dropout, at, digits);
    dropout[digits] = 0;
    return true;
}
