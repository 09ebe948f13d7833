/* Translation as a task: its table. */
#include "task/translate/translate.h"

static const char *counts(const void *data)
{
    (void)data;
    return "token";
}

const ur_task ur_task_translate = {
    .name = "translate",
    .counts = counts,
    .instead_of_look = "unroll predict --attention shows where it looked",
    .settings = &ur_translate_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "lstm"}, {NULL, NULL}},
    .settings_size = sizeof(ur_translate_settings),
    .data_size = sizeof(ur_translate),
    .tally_size = sizeof(ur_translate_count),
    .metric = {{"chrf", true},
               {"bleu", true},
               {"bleu_lower", true},
               {"exact", true},
               {"loss", false},
               {"perplexity", false},
               {"own_loss", false}},
    .open = ur_translate_open,
    .close = ur_translate_close,
    .choose = ur_translate_choose,
    .describe = ur_translate_describe,
    .hash = ur_translate_hash,
    .network = ur_translate_network,
    .record = ur_translate_record,
    .prepare = ur_translate_prepare,
    .batches = ur_translate_batches,
    .batch = ur_translate_batch,
    .forward = ur_translate_forward,
    .tally = ur_translate_tally,
    .finish = ur_translate_finish,
    .source_text = ur_translate_source_text,
    .token_text = ur_translate_token_text,
    .answers = UR_ANSWER_TEXT,
    .answer = ur_translate_answer,
    .cut = ur_translate_cut,
    .show = ur_translate_show,
};
