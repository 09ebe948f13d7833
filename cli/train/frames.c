/* unroll train frames: learns a label for each frame of a video. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, SIZE_MAX,
                         "which data? give clips and labels (two idx files), tables, videos, or folders of frames",
                         error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_frames = {
    .name = "train frames",
    .takes = "DATA... [-o RUN] [option...]",
    .summary = "train a network to label each frame of a video",
    .text =
        "Trains a network that labels each frame: the word that a mouth says, the phase of a gesture. The data are two "
        "idx files, clips (N, T, rows, columns) and labels (N, T); or CSV tables, a file a recording and a row a "
        "frame, "
        "with a column of labels; or a folder for each clip, with a PNG, JPEG, PGM or PPM file for each frame and "
        "labels.txt, "
        "a label a line; or videos, which the program ffmpeg reads, with NAME.txt beside NAME.mp4. Files may be packed "
        "with gzip. Behind two idx files, --val takes two as well.\n\n"
        "With --look back, a label depends on its frame and those before, so that unroll predict gives it as the frame "
        "enters. With --look both the whole clip is read first. Pictures are shifted, scaled and of another brightness "
        "each time that they are learnt from. The run folder holds what that of unroll train lm holds, and --resume "
        "goes "
        "on with it in the same way.",
    .examples = "unroll train frames clips-idx4 words-idx2 --names words.txt --look both  # mouths that speak\n"
                "unroll train frames a1.csv a2.csv b1.csv --val c1.csv  # a table of joints for each video\n"
                "unroll train frames clips/ --val-fold 1/10  # a folder for each clip\n",
    .task = "frames",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
