/* unroll train lm: trains a language model. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, SIZE_MAX, "which text? give files or folders, or - for standard input", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_lm = {
    .name = "train lm",
    .takes = "TEXT... [-o RUN] [option...]",
    .summary = "train a language model on texts",
    .text = "Trains a language model on texts: files, folders (all text files in them, in order of path), or - for "
            "standard input. Options that are not given are chosen by the size of the text and the time available. "
            "They are printed, and kept in the run.\n\n"
            "The run folder holds model.safetensors (the best model on the validation text), last.safetensors "
            "(everything needed to resume), log.jsonl and an event file for TensorBoard. Ctrl-C or SIGTERM saves and "
            "ends with status 0; a second one ends at once. The same command with --resume continues a run with the "
            "same bits, and can be repeated until the run is done. Options left out are taken from the run.",
    .examples = "unroll train lm input.txt  # learn to write like a text\n"
                "unroll train lm src include -o runs/code --minutes 10  # folders, for ten minutes\n"
                "unroll train lm input.txt --cell gru --hidden 256,256 --epochs 5  # another network\n"
                "unroll train lm input.txt --preset min-char-rnn  # Karpathy's min-char-rnn\n",
    .task = "lm",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
