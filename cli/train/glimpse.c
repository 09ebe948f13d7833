/* unroll train glimpse: learns to label pictures by looking at their parts. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, 3, "which pictures? give an idx file, then one of their labels", error));
    UR_TRY(ur_cli_expect(arguments, 2, 3, "which labels? give their idx file behind that of the pictures", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_glimpse = {
    .name = "train glimpse",
    .takes = "IMAGES.idx LABELS.idx [-o RUN] [option...]",
    .summary = "train a network to label pictures, looking at parts of them",
    .text = "Trains a network that looks at small parts of a picture, one after the other, decides after each where to "
            "look next, and in the end says the picture's label (Mnih et al. 2014, Recurrent Models of Visual "
            "Attention). Where to look is learnt by trial: a place is tried near the one that the network wants, and "
            "what led to a right answer becomes likelier. With --gaze soft it reads through a grid of filters "
            "instead, which moves by its gradient.\n\n"
            "The pictures are an idx file of (N, rows, columns), grey, or of (N, rows, columns, channels), of which "
            "the mean is taken; the labels one of (N). Both may be packed with gzip. A share of them is held out to "
            "validate on, or give --val IMAGES LABELS. --place puts each picture somewhere on a larger one, where a "
            "network that looks about has less to read than one that reads all; --clutter adds pieces of others.\n\n"
            "A --net has the lines glimpse, where, core, place, baseline and, as the last, answer; docs/glimpse.md "
            "says what each is for. The run folder holds what that of unroll train lm holds, and --resume goes on "
            "with it in the same way.",
    .examples = "unroll train glimpse train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz --minutes 20  # digits\n"
                "unroll train glimpse digits.idx labels.idx --place 60x60 --clutter 4                 # anywhere\n"
                "unroll inspect glimpses runs/digits t10k-images-idx3-ubyte.gz --html paths.html  # where it looks\n",
    .task = "glimpse",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
