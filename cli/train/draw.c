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
        "Trains a network that paints pictures like those given (DRAW, Gregor et al. 2015). An encoder looks at a "
        "picture "
        "and at what the canvas still lacks; a decoder makes the next stroke of what the encoder tells it. What is "
        "told is "
        "random in part, so that the decoder can paint new pictures alone: unroll sample RUN -o grid.png does so, and "
        "shows "
        "with --animate how they are painted. unroll eval gives the bound in nats that training lowers.\n\n"
        "The pictures are an idx file of (N, rows, columns), grey, of any size up to 1024 x 1024, or of (N, rows, "
        "columns, "
        "channels), of which the mean is taken. It may be packed with gzip. They are learnt in black and white. With "
        "--read-size and --write-size the network reads and writes through a grid of filters that it moves "
        "(attention); "
        "without, it sees all and writes everywhere at once.\n\n"
        "A --net has the lines decoder, reader, encoder, write and canvas, with attention also look and place; "
        "docs/draw.md "
        "says what each is for. The run folder holds what that of unroll train lm holds, and --resume goes on with it "
        "in the "
        "same way.",
    .examples = "unroll train draw train-images-idx3-ubyte.gz -o runs/digits --minutes 30  # handwritten ones\n"
                "unroll train draw digits.idx --read-size 5 --write-size 5 --strokes 16  # with attention\n"
                "unroll sample runs/digits --count 64 -o grid.png --animate digits.html  # new ones\n",
    .task = "draw",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
