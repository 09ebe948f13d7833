/* The language model as a task: its table. */
#include "task/lm/lm.h"

static const char *counts(const void *data)
{
    const ur_lm *lm = data;
    return lm->settings.token;
}

const ur_task ur_task_lm = {
    .name = "lm",
    .counts = counts,
    .use = "unroll sample writes with it",
    .settings = &ur_lm_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "lstm"}, {NULL, NULL}},
    .presets = ur_lm_presets,
    .settings_size = sizeof(ur_lm_settings),
    .data_size = sizeof(ur_lm),
    .language = true,
    .carries = true,
    .metric = {{"loss", false}},
    .open = ur_lm_open,
    .close = ur_lm_close,
    .choose = ur_lm_choose,
    .describe = ur_lm_describe,
    .hash = ur_lm_hash,
    .network = ur_lm_network,
    .record = ur_lm_record,
    .prepare = ur_lm_prepare,
    .batches = ur_lm_batches,
    .batch = ur_lm_batch,
    .show = ur_lm_show,
};
