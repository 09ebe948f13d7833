/* Writes the network line that the settings `cell`, `hidden`, `layers`, `embed` and `dropout` describe. */
#ifndef UR_TRAIN_NET_TEXT_H
#define UR_TRAIN_NET_TEXT_H

#include "base/number.h"
#include "net/writing.h"
#include "train/run_settings.h"

/* Puts "embed E > dropout p/4 same > CELL H xL drop=p same > dropout p same". Several widths give one cell each. Without
 * `embeds` it begins with the cell. Defaults for what the task left open: one lstm layer of 128, and an embedding of
 * 64. */
void ur_net_put_run(ur_net_writing *w, const ur_run_settings *run, bool embeds);
/* Finds the dropout p of such a line that goes on with "dense" and ends. Returns false for any other line. */
bool ur_net_text_dropout(const char *line, char dropout[UR_NUMBER_MAX]);

#endif
