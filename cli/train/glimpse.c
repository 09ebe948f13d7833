/* unroll train glimpse: learns to label pictures by looking at their parts. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, 3, "which pictures? give an idx file, then one of their labels", error));
    UR_TRY(
        ur_cli_expect(arguments, 2, 3, "which labels? give their idx file after the idx file of the pictures", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_glimpse = {
    .name = "train glimpse",
    .takes = "IMAGES.idx LABELS.idx [-o RUN] [option...]",
    .summary = "train a network to label pictures, looking at parts of them",
    .text =
        "Trains a network that labels a picture by looking at small parts of it, one after another (Mnih et al. 2014, "
        "Recurrent Models of Visual Attention). After each glimpse it decides where to look next. Where to look is "
        "learnt by trial (REINFORCE): the network tries a place near the one it prefers, and places that led to the "
        "right answer become likelier. With --gaze soft it reads through a movable grid of filters instead, which has "
        "a gradient.\n\n"
        "The pictures are an idx file of shape (N, rows, columns), grey, or (N, rows, columns, channels), whose "
        "channels are averaged. The labels are an idx file of shape (N). Both may be compressed with gzip. A share of "
        "them is held out for validation, unless --val IMAGES LABELS names others. --place puts each picture somewhere "
        "on a larger one, of which glimpses need to read only a part. --clutter adds pieces of other pictures.\n\n"
        "A --net has the lines glimpse, where, core, place, baseline and, as the last, answer. docs/glimpse.md says "
        "what each does. The run folder and --resume are as in unroll train lm.",
    .examples =
        "unroll train glimpse train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz --minutes 20  # digits\n"
        "unroll train glimpse digits.idx labels.idx --place 60x60 --clutter 4  # digits somewhere on a larger picture\n"
        "unroll inspect glimpses runs/digits t10k-images-idx3-ubyte.gz --html paths.html  # where it looks\n",
    .task = "glimpse",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
