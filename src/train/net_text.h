/* Writes the network line that the settings `cell`, `hidden`, `layers`, `embed` and `dropout` describe. */
#ifndef UR_TRAIN_NET_TEXT_H
#define UR_TRAIN_NET_TEXT_H

#include "base/number.h"
#include "net/line.h"
#include "train/run_settings.h"

/* "embed E > dropout p/4 same > CELL H xL drop=p same > dropout p same > TAIL". Several widths give one cell each.
 * Without `embeds` the line begins with the cell. If the setting `net` is given, it is the line. Defaults for what the
 * task left open: one lstm layer of 128, and an embedding of 64. */
ur_status ur_net_text(const ur_run_settings *run, bool embeds, const char *tail, char line[UR_LINE_TEXT_MAX],
                      ur_error *error);
/* Finds the dropout p of such a line whose tail is "dense". Returns false for any other line. */
bool ur_net_text_dropout(const char *line, char dropout[UR_NUMBER_MAX]);

#endif
