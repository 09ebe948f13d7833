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
        "Trains a network that gives each word of a sentence a label: its part of speech, or whatever else a column of "
        "CoNLL-U has, such as names marked with B-X, I-X and O. Files may be packed with gzip. A word is read as one "
        "of "
        "the vocabulary and as its characters, so that words which the training has not are labelled, too.\n\n"
        "Without options the network is 'chars: embed 32 > lstm 64 bi > last; embed 100 > join chars > dropout 0.5 > "
        "lstm 200 bi > dropout 0.5 > dense'. In a --net of your own, the line called chars reads the characters of "
        "each "
        "word, other lines that begin with embed read words, the last line gives the labels, and the line called also "
        "those of --also. '> crf' behind the last dense finds the labels of a sentence together.\n\n"
        "'unroll predict' labels text, words one a line, or CoNLL-U; 'unroll eval' judges a tagger.",
    .examples = "unroll train tag train.conllu --val dev.conllu -o runs/pos  # part-of-speech tags\n"
                "unroll train tag train.conllu --val dev.conllu --also xpos  # a second column helps the first\n"
                "echo 'They can fish.' | unroll predict runs/pos --inline  # They/PRON can/AUX fish/VERB ./PUNCT\n"
                "unroll eval runs/pos test.conllu  # accuracy, of unknown words apart\n",
    .task = "tag",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
