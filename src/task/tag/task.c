/* Tagging as a task: its table. */
#include "task/tag/tag.h"

static const char *counts(const void *data)
{
    (void)data;
    return "word";
}

const ur_task ur_task_tag = {
    .name = "tag",
    .counts = counts,
    .settings = &ur_tag_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "lstm"}, {NULL, NULL}},
    .settings_size = sizeof(ur_tag_settings),
    .data_size = sizeof(ur_tag),
    .tally_size = sizeof(ur_tag_count),
    .metric = {{"accuracy", true}, {"unknown_accuracy", true}, {"sentences_right", true}, {"loss", false}},
    .open = ur_tag_open,
    .close = ur_tag_close,
    .choose = ur_tag_choose,
    .describe = ur_tag_describe,
    .hash = ur_tag_hash,
    .network = ur_tag_network,
    .record = ur_tag_record,
    .initialize = ur_tag_initialize,
    .prepare = ur_tag_prepare,
    .batches = ur_tag_batches,
    .batch = ur_tag_batch,
    .tally = ur_tag_tally,
    .finish = ur_tag_finish,
    .look = ur_tag_look,
    .step_text = ur_tag_step_text,
    .read_text = ur_tag_read_text,
    .answers = UR_ANSWER_TAGS,
    .answer = ur_tag_answer,
    .keeps_ends = true,
};
