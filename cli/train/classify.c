/* unroll train classify: learns one label for a whole sequence. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, SIZE_MAX,
                         "which data? give a table, lines with labels, a folder, or pictures and labels", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_classify = {
    .name = "train classify",
    .takes = "DATA... [-o RUN] [option...]",
    .summary = "train a network to label sequences",
    .text = "Trains a network that gives each sequence one label: the sentiment of a sentence, the language of a name, "
            "the digit in a picture or a recording. The data may be a table (TSV or CSV), lines \"label text\" or "
            "\"__label__x text\", sentiment trees, a folder with a file or a folder for each label, a folder of "
            "recordings (WAV), or two idx files with pictures and labels. The format is detected and printed. Files "
            "may be compressed with gzip.\n\n"
            "The size of the data decides whether a text is cut into words or characters. A share of the examples is "
            "held out for validation; equal examples stay on the same side. The run folder and --resume are as in "
            "unroll train lm.",
    .examples = "unroll train classify reviews.tsv  # a table of texts and labels\n"
                "unroll train classify names/ --minutes 2  # a file of names for each language\n"
                "unroll train classify train.txt --val dev.txt --net 'embed 100 > lstm 128 > last > dense'  # a "
                "network of your own\n",
    .task = "classify",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
