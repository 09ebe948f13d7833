/* unroll train tag: learns a label for each word. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, SIZE_MAX, "which data? give a file of CoNLL-U", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_tag = {
    .name = "train tag",
    .takes = "FILE.conllu... [-o RUN] [option...]",
    .summary = "train a network to label every word",
    .text =
        "Trains a network that labels each word of a sentence: with its part of speech, or with any other column of a "
        "CoNLL-U file, such as names marked with B-X, I-X and O. Files may be compressed with gzip. The network reads "
        "each word twice, from the vocabulary and character by character, so that it can also label words that did not "
        "occur in the training.\n\n"
        "The default network is 'chars: embed 32 > lstm 64 bi > last; embed 100 > join chars > dropout 0.5 > lstm 200 "
        "bi > dropout 0.5 > dense'. In a --net of your own, the line called chars reads the characters of each word "
        "and other lines that begin with embed read words. The last line gives the labels, and the line called also "
        "gives those of --also. '> crf' after the last dense layer chooses the labels of a sentence jointly.\n\n"
        "'unroll predict' labels plain text, one word per line, or CoNLL-U. 'unroll eval' judges a tagger.",
    .examples = "unroll train tag train.conllu --val dev.conllu -o runs/pos  # part-of-speech tags\n"
                "unroll train tag train.conllu --val dev.conllu --also xpos  # a second column helps the first\n"
                "echo 'They can fish.' | unroll predict runs/pos --inline  # They/PRON can/AUX fish/VERB ./PUNCT\n"
                "unroll eval runs/pos test.conllu  # accuracy, also on unknown words alone\n",
    .task = "tag",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
