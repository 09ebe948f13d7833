/* Classification as a task: its table. */
#include "task/classify/classify.h"

static const char *counts(const void *data)
{
    (void)data;
    return "example";
}

const ur_task ur_task_classify = {
    .name = "classify",
    .counts = counts,
    .settings = &ur_classify_setting_table,
    .settings_size = sizeof(ur_classify_settings),
    .data_size = sizeof(ur_classify),
    .tally_size = sizeof(ur_class_tally),
    .metric = {{"accuracy", true}, {"macro_f1", true}, {"loss", false}, {"ece", false}},
    .open = ur_classify_open,
    .close = ur_classify_close,
    .choose = ur_classify_choose,
    .describe = ur_classify_describe,
    .hash = ur_classify_hash,
    .network = ur_classify_network,
    .record = ur_classify_record,
    .initialize = ur_classify_initialize,
    .prepare = ur_classify_prepare,
    .batches = ur_classify_batches,
    .batch = ur_classify_batch,
    .tally = ur_classify_tally,
    .finish = ur_classify_finish,
    .look = ur_classify_look,
    .step_text = ur_classify_step_text,
    .read_text = ur_classify_read_text,
    .answers = UR_ANSWER_LABEL,
    .answer = ur_classify_answer,
    .takes_files = ur_classify_takes_files,
    .answer_file = ur_classify_answer_file,
    .cut = ur_classify_cut_items,
    .label = ur_classify_label,
};
