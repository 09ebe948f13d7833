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
    .text = "Trains a network that labels each frame of a video: the word that lips form, the phase of a gesture. The "
            "data are of one of four kinds: two idx files, clips (N, T, rows, columns) and labels (N, T); CSV tables, "
            "one per recording, with a row for each frame and a column of labels; a folder for each clip, with a PNG, "
            "JPEG, PGM or PPM file for each frame and a file labels.txt, one label per line; or videos, which are read "
            "by ffmpeg, with NAME.txt beside NAME.mp4. Files may be compressed with gzip. If the data are two idx "
            "files, --val takes two as well.\n\n"
            "With --look back, a label depends on its frame and earlier ones, so that unroll predict can answer each "
            "frame as it arrives. With --look both the network reads the whole clip first. In training pictures are "
            "randomly shifted, scaled, rotated and changed in brightness and contrast. The run folder and --resume are "
            "as in unroll train lm.",
    .examples = "unroll train frames clips-idx4 words-idx2 --names words.txt --look both  # lip reading\n"
                "unroll train frames a1.csv a2.csv b1.csv --val c1.csv  # a table of joints for each video\n"
                "unroll train frames clips/ --val-fold 1/10  # a folder for each clip\n",
    .task = "frames",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
