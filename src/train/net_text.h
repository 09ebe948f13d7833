/* The network line that `cell`, `hidden`, `layers`, `embed` and `dropout` stand for. */
#ifndef UR_TRAIN_NET_TEXT_H
#define UR_TRAIN_NET_TEXT_H

#include "net/line.h"
#include "train/run_settings.h"

/* "embed E > CELL H xL drop=p > dropout p > TAIL", with a cell for each width where several are given; without `embeds` the
 * line begins with the cell. Or the setting `net`, where there is one. */
ur_status ur_net_text(const ur_run_settings *run, bool embeds, const char *tail, char line[UR_LINE_TEXT_MAX],
                      ur_error *error);

#endif
