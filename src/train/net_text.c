/* See net_text.h. */
#include "train/net_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "embed 64 > dropout 0.1 same". The embedding's dropout is a quarter of the layers' dropout. */
static void put_embedding(ur_net_writing *w, const ur_run_settings *run)
{
    ur_net_put(w, "embed %zu", run->embed ? run->embed : 64);
    ur_net_put_dropout(w, run->dropout / 4, "same");
}

/* The recurrent layers: "lstm 128 x2 drop=0.3 same", or "lstm 256 drop=0.3 same > lstm 128 drop=0.3 same" for the
 * widths "256,128". */
static void put_cells(ur_net_writing *w, const ur_run_settings *run)
{
    const char *width = run->hidden ? run->hidden : "128";
    bool widths = strchr(width, ',');
    ur_net_cells cells = {.cell = run->cell ? run->cell : "lstm", .layers = widths ? 1 : run->layers};
    char number[UR_NUMBER_MAX], drop[UR_NUMBER_MAX + 16];
    if (run->dropout > 0 && (widths || cells.layers > 1)) {
        ur_write_number(run->dropout, number);
        snprintf(drop, sizeof drop, "drop=%s same", number);
        cells.more = drop;
    }
    for (char *end; *width; width = end + (*end == ',')) {
        cells.width = strtoul(width, &end, 10);
        if (end == width) return;
        ur_net_put_cells(w, &cells);
    }
}

void ur_net_put_run(ur_net_writing *w, const ur_run_settings *run, bool embeds)
{
    if (embeds) put_embedding(w, run);
    put_cells(w, run);
    ur_net_put_dropout(w, run->dropout, "same");
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
