/* The network line that `cell`, `hidden`, `layers`, `embed` and `dropout` stand for. */
#ifndef UR_TRAIN_NET_TEXT_H
#define UR_TRAIN_NET_TEXT_H

#include "base/number.h"
#include "net/line.h"
#include "train/run_settings.h"

/* "embed E > dropout p/4 same > CELL H xL drop=p same > dropout p same > TAIL", with a cell for each width where several are
 * given; without `embeds` the line begins with the cell. Or the setting `net`, where there is one. What a task has left open
 * is one lstm of 128, and an embedding of 64. */
ur_status ur_net_text(const ur_run_settings *run, bool embeds, const char *tail, char line[UR_LINE_TEXT_MAX],
                      ur_error *error);
/* The dropout p of such a line with the tail "dense"; false for any other line. */
bool ur_net_text_dropout(const char *line, char dropout[UR_NUMBER_MAX]);

#endif
