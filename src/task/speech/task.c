/* Speech as a task: its table. */
#include "task/speech/speech.h"

static const char *counts(const void *data)
{
    (void)data;
    return "utterance";
}

const ur_task ur_task_speech = {
    .name = "speech",
    .counts = counts,
    .instead_of_look = "unroll predict --attention shows where one with --decoder attention looked",
    .settings = &ur_speech_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "lstm"}, {NULL, NULL}},
    .settings_size = sizeof(ur_speech_settings),
    .data_size = sizeof(ur_listener),
    .tally_size = sizeof(ur_speech_tally),
    .metric = {{"cer", false}, {"wer", false}, {"loss", false}},
    .open = ur_speech_open,
    .close = ur_speech_close,
    .choose = ur_speech_choose,
    .describe = ur_speech_describe,
    .hash = ur_speech_hash,
    .network = ur_speech_network,
    .record = ur_speech_record,
    .prepare = ur_speech_prepare,
    .batches = ur_speech_batches,
    .batch = ur_speech_batch,
    .tally = ur_speech_tally_batch,
    .finish = ur_speech_finish,
    .source_text = ur_speech_source_text,
    .token_text = ur_speech_token_text,
    .answers = UR_ANSWER_TRANSCRIPT,
    .answer = ur_speech_answer,
    .takes_files = ur_speech_takes_files,
    .item_size = ur_speech_item_size,
    .answer_file = ur_speech_answer_file,
};
