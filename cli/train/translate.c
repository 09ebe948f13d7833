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
    .text = "Trains a network that reads a text and writes another one: a translation, an answer, a date in another "
            "format. The data are two files, in which line i of one belongs to line i of the other, or one table (TSV "
            "or CSV) with a column for each. Files may be compressed with gzip. Validation data are also two files or "
            "a table: SOURCE TARGET --val SOURCE2 TARGET2.\n\n"
            "By default a token is a piece of a word, learnt from the data by byte-pair encoding (--token bpe). Joined "
            "together, the pieces give the text with its spaces.\n\n"
            "The encoder reads the source in both directions, and the decoder attends to all of it at each step. In a "
            "--net of your own, the last line is the decoder. It begins with embed, ends in dense, and takes from the "
            "lines before it what it knows of the source ('from NAME', 'attend NAME').\n\n"
            "In training the decoder is fed the true tokens (teacher forcing). With --teacher-forcing 0.5, in the end "
            "half of them are its own instead; with 0, all of them.",
    .examples = "unroll train translate train.de train.en --val val.de val.en -o runs/de-en  # German to English\n"
                "unroll train translate pairs.tsv  # a table: source and target in the first two columns\n"
                "unroll train translate chat.csv --source-column Q --target-column A  # questions and answers\n"
                "unroll eval runs/de-en test.de test.en  # BLEU, chrF and the losses\n",
    .task = "translate",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
