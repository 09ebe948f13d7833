/* Captions as a task: its table. */
#include "task/caption/caption.h"

static const char *counts(const void *data)
{
    (void)data;
    return "token";
}

const ur_task ur_task_caption = {
    .name = "caption",
    .counts = counts,
    .instead_of_look = "unroll predict --attention shows where it looked",
    .settings = &ur_caption_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "lstm"}, {NULL, NULL}},
    .settings_size = sizeof(ur_caption_settings),
    .data_size = sizeof(ur_caption_task),
    .tally_size = sizeof(ur_caption_count),
    .metric = {{"bleu", true}, {"exact", true}, {"loss", false}},
    .open = ur_caption_open,
    .close = ur_caption_close,
    .choose = ur_caption_choose,
    .describe = ur_caption_describe,
    .hash = ur_caption_hash,
    .network = ur_caption_network,
    .record = ur_caption_record,
    .prepare = ur_caption_prepare,
    .batches = ur_caption_batches,
    .batch = ur_caption_batch,
    .tally = ur_caption_tally,
    .finish = ur_caption_finish,
    .source_text = ur_caption_source_text,
    .token_text = ur_caption_token_text,
    .answers = UR_ANSWER_TEXT,
    .answer = ur_caption_answer,
    .takes_files = ur_caption_takes_files,
    .answer_file = ur_caption_answer_file,
    .show = ur_caption_show,
};
