/* unroll train translate: learns to write a text for a text that it reads. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(
        ur_cli_expect(arguments, 1, 3, "which data? give two files, line by line, or a table of two columns", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_translate = {
    .name = "train translate",
    .takes = "SOURCE TARGET [-o RUN] [option...]",
    .summary = "train a network to translate, answer or rewrite texts",
    .text =
        "Trains a network that reads a text and writes another one: a translation, an answer, a date in another form. "
        "The data are two files, where line i of the one belongs to line i of the other, or one table (TSV, CSV) with "
        "a column for each. Files may be packed with gzip. Data to validate on are two files as well, or a table: "
        "SOURCE TARGET --val SOURCE2 TARGET2.\n\n"
        "Texts are read and written as pieces of words, which are learnt from the data (--token bpe). Put together "
        "again, pieces are the text with all its blanks.\n\n"
        "The encoder reads the source from both ends, and the decoder looks at all of it at each step (attention). In "
        "a --net of "
        "your own, the last line is the decoder: it begins with embed, ends in dense, and takes what it knows of the "
        "source "
        "from the lines before it ('from NAME', 'attend NAME').\n\n"
        "In training the decoder is fed the true tokens (teacher forcing). With --teacher-forcing 0.5 half of them "
        "are in the end those that it has written itself, with 0 all.",
    .examples = "unroll train translate train.de train.en --val val.de val.en -o runs/de-en  # German to English\n"
                "unroll train translate pairs.tsv  # a table: the first column is read, the second is written\n"
                "unroll train translate chat.csv --source-column Q --target-column A  # questions and answers\n"
                "unroll eval runs/de-en test.de test.en  # BLEU, chrF and the losses\n",
    .task = "translate",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
