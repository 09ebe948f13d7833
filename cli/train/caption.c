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
    .text =
        "Trains a network that looks at a picture and writes a line about it, in any language. TABLE is TSV or CSV "
        "with a caption a row. The pictures are an idx file (N, rows, columns[, channels]) in the order of the rows, "
        "or a folder: then the table has a column with the names of the files, PNG or JPEG, PGM or PPM, of any size, "
        "and a file may have several captions. They are scaled to one size. With --features the network sees what "
        "another one has made of the pictures. Files but pictures may be packed with gzip.\n\n"
        "A line of the network called image finds places in the picture; the last line, the decoder, begins from "
        "them and writes. In a --net of your own, all lines but the last take the picture. Pictures are shifted, "
        "scaled and of another brightness each time that they are learnt from; they are not mirrored, since captions "
        "speak of left and right, and keep their colours.\n\n"
        "--val takes a table of its own, with --val-images or --val-features.",
    .examples =
        "unroll train caption train.tsv --images train-images-idx4-ubyte.gz --caption-column caption_en -o runs/emoji\n"
        "unroll train caption captions.tsv --images photos/  # a column of the table names the files\n"
        "unroll train caption train.tsv --images train-idx4 --val dev.tsv --val-images dev-idx4 --token char\n"
        "unroll eval runs/emoji dev.tsv --images dev-images-idx4-ubyte.gz  # how good it is\n",
    .task = "caption",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
