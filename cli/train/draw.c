/* unroll train draw: learns to paint pictures stroke by stroke. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which pictures? give an idx file", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_draw = {
    .name = "train draw",
    .takes = "IMAGES.idx [-o RUN] [option...]",
    .summary = "train a network to paint pictures, stroke by stroke",
    .text =
        "Trains a network that paints pictures like those given (DRAW, Gregor et al. 2015). At each stroke the encoder "
        "reads the picture and what the canvas still lacks, and passes a few random numbers to the decoder, which adds "
        "to the canvas. To paint new pictures, the decoder draws these numbers itself: unroll sample RUN -o grid.png; "
        "--animate also shows the strokes. unroll eval prints the variational bound, in nats, that the training "
        "minimises.\n\n"
        "The pictures are an idx file of shape (N, rows, columns), grey, of any size up to 1024 x 1024, or (N, rows, "
        "columns, channels), whose channels are averaged. It may be compressed with gzip. Pictures are made black and "
        "white (--binarise). With --read-size and --write-size the network reads and writes through a grid of filters "
        "that it moves (attention). Without, it reads the whole picture and writes on the whole canvas.\n\n"
        "A --net has the lines decoder, reader, encoder, write and canvas, and with attention also look and place. "
        "docs/draw.md says what each does. The run folder and --resume are as in unroll train lm.",
    .examples = "unroll train draw train-images-idx3-ubyte.gz -o runs/digits --minutes 30  # handwritten digits\n"
                "unroll train draw digits.idx --read-size 5 --write-size 5 --strokes 16  # with attention\n"
                "unroll sample runs/digits --count 64 -o grid.png --animate digits.html  # new digits\n",
    .task = "draw",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
