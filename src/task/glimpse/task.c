/* Glimpses as a task: its table. */
#include "task/glimpse/glimpse.h"

static const char *counts(const void *data)
{
    (void)data;
    return "picture";
}

const ur_task ur_task_glimpse = {
    .name = "glimpse",
    .counts = counts,
    .instead_of_look = "unroll inspect glimpses shows where it looked",
    .settings = &ur_glimpse_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "rnn"},
                                         {"hidden", "256"},
                                         {"dropout", "0"},
                                         {"clip-norm", "5"},
                                         {"weight-decay", "0"},
                                         {NULL, NULL}},
    .settings_size = sizeof(ur_glimpse_settings),
    .data_size = sizeof(ur_glimpse),
    .tally_size = sizeof(ur_glimpse_tally),
    .loops = true,
    .metric = {{"accuracy", true}, {"loss", false}},
    .open = ur_glimpse_open,
    .close = ur_glimpse_close,
    .choose = ur_glimpse_choose,
    .describe = ur_glimpse_describe,
    .hash = ur_glimpse_hash,
    .network = ur_glimpse_network,
    .record = ur_glimpse_record,
    .prepare = ur_glimpse_prepare,
    .batches = ur_glimpse_batches,
    .batch = ur_glimpse_batch,
    .forward = ur_glimpse_forward,
    .tally = ur_glimpse_tally_batch,
    .finish = ur_glimpse_finish,
    .answers = UR_ANSWER_LABEL,
    .answer = ur_glimpse_answer,
    .takes_files = ur_glimpse_takes_files,
    .answer_file = ur_glimpse_answer_file,
};
