/* unroll train caption: learns to describe pictures from pictures with captions. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which captions? give a table, and the pictures with --images", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_caption = {
    .name = "train caption",
    .takes = "TABLE --images PATH [-o RUN] [option...]",
    .summary = "train a network to say what pictures show",
    .text = "Trains a network that looks at a picture and writes a caption, in any language. TABLE is TSV or CSV with "
            "one caption per row. The pictures are an idx file (N, rows, columns[, channels]) in the order of the "
            "rows, or a folder of PNG, JPEG, PGM or PPM files of any size. For a folder, a column of the table names "
            "the files, and a picture may have several captions. Pictures are scaled to one size. --features replaces "
            "pictures by the output of another network. Tables, idx files and features may be compressed with gzip.\n\n"
            "In the network line, the line called image turns the picture into places. The last line is the decoder, "
            "which begins from them and writes. In a --net of your own, all lines but the last read the picture. In "
            "training pictures are randomly shifted, scaled and changed in brightness and contrast. They are not "
            "mirrored, since captions speak of left and right.\n\n"
            "--val takes another table, with its pictures in --val-images or --val-features.",
    .examples = "unroll train caption train.tsv --images train-idx4 --caption-column caption_en -o runs/emoji  # "
                "pictures in an idx file\n"
                "unroll train caption captions.tsv --images photos/  # a column of the table names the files\n"
                "unroll train caption train.tsv --images train-idx4 --val dev.tsv --val-images dev-idx4 --token char  "
                "# character by character\n"
                "unroll eval runs/emoji dev.tsv --images dev-idx4  # how good it is\n",
    .task = "caption",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
