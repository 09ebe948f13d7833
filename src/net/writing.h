/*
 * Writes a network line layer by layer, for tasks that choose their network:
 *
 *     ur_net_writing w = ur_net_begin(line);
 *     ur_net_put(&w, "embed %zu", embed);
 *     ur_net_put_dropout(&w, 0.3, NULL);
 *     ur_net_put_cells(&w, &(ur_net_cells){.cell = "lstm", .width = 128, .layers = 2, .more = "bi"});
 *     ur_net_put(&w, "dense");
 *     return ur_net_end(&w, error);
 *
 * gives "embed 64 > dropout 0.3 > lstm 128 x2 bi > dense". Nothing is checked but the length; the parser does the rest.
 */
#ifndef UR_NET_WRITING_H
#define UR_NET_WRITING_H

#include "net/line.h"

typedef struct ur_net_writing {
    char *line;  /* UR_LINE_TEXT_MAX bytes */
    size_t used; /* UR_LINE_TEXT_MAX or more: the line is too long */
    bool begun;  /* the line has a layer */
} ur_net_writing;

/* Equal recurrent layers, with dropout between them. */
typedef struct ur_net_cells {
    const char *cell;
    size_t width, layers; /* 0 layers count as 1 */
    double drop;
    const char *more; /* "bi" or "from encoder", say; NULL for nothing */
} ur_net_cells;

ur_net_writing ur_net_begin(char line[UR_LINE_TEXT_MAX]);
/* Begins the next line of the network. Not needed for a single line without a name. */
void ur_net_put_line(ur_net_writing *w, const char *name);
/* One layer, or several with " > " between them. */
void ur_net_put(ur_net_writing *w, const char *form, ...) UR_PRINTF(2, 3);
void ur_net_put_cells(ur_net_writing *w, const ur_net_cells *cells);
/* "dropout 0.3 MORE", where `more` is "same" or NULL; nothing if `p` is not above 0. */
void ur_net_put_dropout(ur_net_writing *w, double p, const char *more);
/* UR_ERR_USAGE if the line is too long. */
ur_status ur_net_end(const ur_net_writing *w, ur_error *error);

#endif
