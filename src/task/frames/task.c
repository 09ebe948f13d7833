/* Frames as a task: its table. */
#include "task/frames/frames.h"

static const char *counts(const void *data)
{
    (void)data;
    return "frame";
}

const ur_task ur_task_frames = {
    .name = "frames",
    .counts = counts,
    .settings = &ur_frames_setting_table,
    .settings_size = sizeof(ur_frames_settings),
    .data_size = sizeof(ur_frames),
    .tally_size = sizeof(ur_frames_tally),
    .metric = {{"accuracy", true}, {"macro_f1", true}, {"edit_distance", false}, {"loss", false}},
    .open = ur_frames_open,
    .close = ur_frames_close,
    .choose = ur_frames_choose,
    .describe = ur_frames_describe,
    .hash = ur_frames_hash,
    .network = ur_frames_network,
    .record = ur_frames_record,
    .prepare = ur_frames_prepare,
    .batches = ur_frames_batches,
    .batch = ur_frames_batch,
    .tally = ur_frames_tally_batch,
    .finish = ur_frames_finish,
    .look = ur_frames_look,
    .answers = UR_ANSWER_FRAMES,
    .answer = ur_frames_answer,
    .takes_files = ur_frames_takes_files,
    .item_size = ur_frames_item_size,
    .answer_file = ur_frames_answer_file,
};
