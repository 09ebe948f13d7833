/* unroll train recall: tests what a cell can remember, as a training like any other. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 0, 0, "", error));
    return ur_cli_train(settings, arguments, "recall", error);
}

const ur_cli_verb ur_cli_train_recall = {
    .name = "train recall",
    .takes = "[-o RUN] [option...]",
    .summary = "train a network to remember over a gap",
    .text = "Trains a network on a memory task, in which the answer is due a fixed number of steps after what it "
            "depends on. The examples are generated, so no data are given. unroll inspect memory does this for many "
            "gaps and cells, and plots the longest gap that each cell bridges.",
    .examples = "unroll train recall --gap 50  # repeat two letters 50 steps later\n"
                "unroll train recall --kind who --gap 30 --cell gru --until 0.95  # who began the story\n",
    .task = "recall",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
