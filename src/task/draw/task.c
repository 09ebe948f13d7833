/* DRAW as a task: its table. */
#include "task/draw/draw.h"

static const char *counts(const void *data)
{
    (void)data;
    return "picture";
}

const ur_task ur_task_draw = {
    .name = "draw",
    .counts = counts,
    .use = "unroll sample paints with it",
    .instead_of_look = "unroll sample --animate shows how it paints",
    .settings = &ur_draw_setting_table,
    .defaults =
        (const ur_own_default[]){
            {"cell", "lstm"}, {"dropout", "0"}, {"clip-norm", "5"}, {"weight-decay", "0"}, {NULL, NULL}},
    .settings_size = sizeof(ur_draw_settings),
    .data_size = sizeof(ur_draw),
    .tally_size = sizeof(ur_draw_tally),
    .loops = true,
    .metric = {{"nats", false}, {"reconstruction", false}, {"kl", false}},
    .open = ur_draw_open,
    .close = ur_draw_close,
    .choose = ur_draw_choose,
    .describe = ur_draw_describe,
    .hash = ur_draw_hash,
    .network = ur_draw_network,
    .record = ur_draw_record,
    .initialize = ur_draw_initialize,
    .prepare = ur_draw_prepare,
    .batches = ur_draw_batches,
    .batch = ur_draw_batch,
    .forward = ur_draw_forward,
    .tally = ur_draw_tally_batch,
    .finish = ur_draw_finish,
    .paint = ur_draw_paint,
    .show = ur_draw_show,
};
