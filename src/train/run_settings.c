/* See run_settings.h. */
#include "train/run_settings.h"

#include "base/number.h"
#include "cell/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define R(field) offsetof(ur_run_settings, field)
#define L(field) offsetof(ur_run_settings, learning.field)

#define BY_SIZE "chosen by the size of the data"
#define BY_RUN  "chosen for the length of the run"
#define ADAM    "optimizer=adam|adamw"

static const ur_setting ROWS[] = {
    {"The run", "output", "RUN", UR_SETTING_TEXT, R(folder), .letter = 'o',
     .unset = "runs/ and the name of the first data", .help = "folder for the model, the checkpoint and the log"},
    {NULL, "resume", NULL, UR_SETTING_FLAG, R(resume), .unless = "overwrite",
     .help = "go on where the run stopped, in the same bits; begins where there is nothing to resume"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, R(overwrite), .unless = "resume",
     .help = "replace a run that is in the folder"},
    {NULL, "preset", "NAME", UR_SETTING_TEXT, R(preset), .unset = "none", .help = "a set of options, which is printed"},
    {NULL, "init-from", "MODEL", UR_SETTING_TEXT, R(init_from), .unset = "none",
     .help = "begin with the weights of a model of the same task and network"},

    {"Validation", "val", "DATA", UR_SETTING_TEXT, R(validation), .unset = "a share of the training data",
     .unless = "val-fraction", .help = "data to validate on"},
    {NULL, "val-fraction", "SHARE", UR_SETTING_NUMBER, R(validation_share), .most = 0.9, .initial = "0.1",
     .beside = "val=", .unless = "val", .decides = true,
     .help = "share of the training data to validate on; 0: no validation"},
    {NULL, "patience", "N", UR_SETTING_SIZE, R(patience), .least = 1, .most = 1e9, .unset = "no early stop",
     .help = "stop after this many evaluations without a better one"},
    {NULL, "until", "X", UR_SETTING_NUMBER, R(until), .most = 1e9, .unset = "never",
     .help = "stop at an evaluation that is this good"},

    {"The network", "net", "LINE", UR_SETTING_TEXT, R(net), .unset = "written from the options below", .decides = true,
     .help = "the network line, such as 'embed 64 > lstm 512 x2 drop=0.4 > dense'"},
    {NULL, "cell", "CELL", UR_SETTING_TEXT, R(cell), .unset = "chosen by the data", .unless = "net",
     .help = "the kind of recurrent layer; unroll --version lists them"},
    {NULL, "hidden", "N[,N...]", UR_SETTING_TEXT, R(hidden), .unset = BY_SIZE, .unless = "net",
     .help = "width, or a width for each layer"},
    {NULL, "layers", "N", UR_SETTING_SIZE, R(layers), .least = 1, .most = 64, .unset = BY_SIZE, .unless = "net",
     .help = "recurrent layers"},
    {NULL, "embed", "N", UR_SETTING_SIZE, R(embed), .least = 1, .most = 1048576, .unset = BY_SIZE, .unless = "net",
     .help = "width of the embedding"},
    {NULL, "dropout", "P", UR_SETTING_NUMBER, R(dropout), .most = 0.99, .unset = BY_SIZE, .unless = "net",
     .help =
         "share of a layer's outputs dropped in training, the same at all steps; of an embedding's a quarter of it"},
    {NULL, "init-scale", "X", UR_SETTING_NUMBER, R(init_scale), .most = 1e3, .above = true, .unset = "as PyTorch does",
     .decides = true, .help = "weights begin as X times N(0,1), biases as 0"},
    {NULL, "remember", "STEPS", UR_SETTING_NUMBER, R(remember), .least = 1, .most = 1e6, .above = true,
     .unset = "as PyTorch does", .decides = true, .unless = "init-from",
     .help = "the gates of lstm and gru layers begin so that their neurons keep what they hold for 1 to STEPS steps, "
             "not all for about two"},

    {"How long", "epochs", "X", UR_SETTING_NUMBER, R(epochs), .most = 1e9, .above = true, .unset = BY_RUN,
     .help = "passes over the data; these three count from the beginning of the run, the first reached ends it"},
    {NULL, "steps", "N", UR_SETTING_COUNT, R(steps), .least = 1, .most = 1e15, .unset = "no limit",
     .help = "updates; with another number a resumed run goes on, and its learning rate falls towards that one"},
    {NULL, "minutes", "X", UR_SETTING_NUMBER, R(minutes), .most = 1e6, .above = true, .unset = "no limit",
     .help = "becomes a number of steps after the first seconds; more of them choose a larger network"},

    {"Learning", "batch", "B", UR_SETTING_SIZE, R(batch), .least = 1, .most = 65536, .unset = BY_SIZE, .decides = true,
     .help = "sequences that are learnt from at once"},
    {NULL, "optimizer", "sgd|adagrad|rmsprop|adam|adamw", UR_SETTING_CHOICE, L(optimizer), .initial = "adamw",
     .decides = true, .help = "how weights are updated"},
    {NULL, "lr", "X", UR_SETTING_NUMBER, L(rate), .most = 1e3, .above = true, .unset = BY_SIZE, .decides = true,
     .help = "learning rate"},
    {NULL, "momentum", "X", UR_SETTING_NUMBER, L(momentum), .most = 0.9999, .initial = "0", .beside = "optimizer=sgd",
     .decides = true, .help = "of sgd"},
    {NULL, "nesterov", NULL, UR_SETTING_FLAG, L(nesterov), .decides = true, .help = "Nesterov's form of the momentum"},
    {NULL, "beta1", "X", UR_SETTING_NUMBER, L(beta1), .most = 0.999999, .initial = "0.9", .beside = ADAM,
     .decides = true, .help = "adam: share of the mean gradient that stays"},
    {NULL, "beta2", "X", UR_SETTING_NUMBER, L(beta2), .most = 0.99999999, .initial = "0.999",
     .beside = "optimizer=rmsprop|adam|adamw", .decides = true,
     .help = "adam, rmsprop: share of the mean square that stays"},
    {NULL, "epsilon", "X", UR_SETTING_NUMBER, L(epsilon), .most = 1, .initial = "1e-8",
     .beside = "optimizer=adagrad|rmsprop|adam|adamw", .decides = true,
     .help = "keeps the division by the root from exploding"},
    {NULL, "epsilon-inside", NULL, UR_SETTING_FLAG, L(epsilon_inside), .decides = true,
     .help = "add it inside the root"},
    {NULL, "weight-decay", "X", UR_SETTING_NUMBER, L(weight_decay), .most = 1e3, .initial = "0.01", .decides = true,
     .help = "pull of the weights towards 0; where the network is chosen, this may be, too"},
    {NULL, "clip-norm", "X", UR_SETTING_NUMBER, L(clip_norm), .most = 1e9, .initial = "1", .decides = true,
     .help = "the gradient's norm is held at this; 0: not"},
    {NULL, "clip-value", "X", UR_SETTING_NUMBER, L(clip_value), .most = 1e9, .initial = "0", .decides = true,
     .help = "each element of the gradient is held within this; 0: not"},
    {NULL, "one-bias", NULL, UR_SETTING_FLAG, L(one_bias), .decides = true,
     .help = "of the two biases of a cell, which are added, only the first learns"},
    {NULL, "sampled-softmax", "N", UR_SETTING_SIZE, L(sampled), .most = 1e9, .decides = true,
     .help = "learn from so many classes besides the right one, drawn for each step, not from all of a large "
             "vocabulary; 0: from all"},
    {NULL, "loss-sum", NULL, UR_SETTING_FLAG, L(sum), .decides = true,
     .help = "sum the loss over a batch instead of averaging it"},
    {NULL, "average", "X", UR_SETTING_NUMBER, R(average), .most = 0.999999, .initial = "0", .decides = true,
     .help = "share of averaged weights that stays at each step, such as 0.999; 0: no averaging. Where the network is "
             "chosen, this may be, too"},
    {NULL, "smooth", "X", UR_SETTING_NUMBER, R(smooth), .most = 0.999999, .initial = "0.95", .decides = true,
     .help = "share of the loss shown that stays at each step"},

    {"Schedule of the learning rate", "schedule", "constant|cosine|linear|step|plateau", UR_SETTING_CHOICE, R(schedule),
     .initial = "cosine", .decides = true, .help = "how the rate falls"},
    {NULL, "warmup", "N", UR_SETTING_SIZE, R(warmup), .most = 1e9, .decides = true,
     .help = "steps in which it rises from 0"},
    {NULL, "lr-floor", "SHARE", UR_SETTING_NUMBER, R(rate_floor), .most = 1, .initial = "0.05",
     .beside = "schedule=cosine|linear|step|plateau", .decides = true,
     .help = "lowest rate, as a share of the highest; where the network is chosen, this may be, too"},
    {NULL, "lr-factor", "X", UR_SETTING_NUMBER, R(rate_factor), .most = 1, .above = true, .initial = "0.5",
     .beside = "schedule=step|plateau", .decides = true, .help = "step, plateau: what the rate is multiplied by"},
    {NULL, "lr-every", "N", UR_SETTING_SIZE, R(rate_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .beside = "schedule=step|plateau", .decides = true,
     .help = "after so many steps, or evaluations without a better one"},

    {"Reports", "eval-every", "N", UR_SETTING_COUNT, R(evaluate_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "steps between two evaluations on the validation data"},
    {NULL, "sample-every", "N", UR_SETTING_COUNT, R(sample_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "steps between two samples"},
    {NULL, "save-every", "N", UR_SETTING_COUNT, R(save_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "steps between two checkpoints"},
    {NULL, "no-events", NULL, UR_SETTING_FLAG, R(no_events), .help = "no event file for TensorBoard in the run folder"},

    {"The machine", "seed", "N", UR_SETTING_COUNT, L(seed), .initial = "1", .decides = true,
     .help = "equal seeds and data give equal bits"},
    {NULL, "threads", "N", UR_SETTING_SIZE, L(threads), .least = 1, .most = 256,
     .unset = "the machine's cores, at most 16", .help = "the result does not depend on it"},
    {NULL, "isa", "portable|avx2|avx512|neon", UR_SETTING_WORD, R(isa), .help = NULL},
};

const ur_setting_table ur_run_setting_table = UR_SETTING_TABLE(ROWS);

/* "512" or "512,256": whole numbers with commas between; as many as `layers` says, if it was given. */
static ur_status check_hidden(const ur_run_settings *run, ur_error *error)
{
    size_t widths = 0;
    for (const char *text = run->hidden; text; widths++) {
        size_t digits = strspn(text, "0123456789");
        bool right = digits > 0 && text[0] != '0' && digits <= 7 && (!text[digits] || text[digits] == ',');
        if (!right)
            return ur_fail(error, UR_ERR_USAGE,
                           "`hidden`: '%.80s' is not allowed; give a whole number from 1 to 1048576, or one for each "
                           "layer with commas between",
                           run->hidden);
        text = text[digits] ? text + digits + 1 : NULL;
    }
    if (widths > 1 && run->layers && run->layers != widths)
        return ur_fail(error, UR_ERR_USAGE, "`hidden` '%.80s' is %zu layers, `layers` says %zu", run->hidden, widths,
                       run->layers);
    return UR_OK;
}

ur_status ur_run_settings_check(const ur_run_settings *run, ur_error *error)
{
    if (run->cell && !ur_cell_find(run->cell, 0)) return ur_cell_missing(run->cell, error);
    if ((run->resume || run->overwrite) && !run->folder)
        return ur_fail(error, UR_ERR_USAGE, "`%s` needs a run folder: give `output`",
                       run->resume ? "resume" : "overwrite");
    return check_hidden(run, error);
}

ur_status ur_val_fold_read(const char *fold, const ur_run_settings *run, const char *other, size_t *part, size_t *parts,
                           ur_error *error)
{
    const char *slash = strchr(fold, '/');
    char first[32] = "";
    uint64_t i = 0, k = 0;
    if (slash) snprintf(first, sizeof first, "%.*s", (int)(slash - fold), fold);
    if (!slash || !ur_read_whole(first, &i) || !ur_read_whole(slash + 1, &k) || k < 2 || k > 1000 || i < 1 || i > k)
        return ur_fail(error, UR_ERR_USAGE, "`val-fold` %.40s: give part I of K parts, such as 2/5", fold);
    if (run->validation || other)
        return ur_fail(error, UR_ERR_USAGE, "`val-fold` and --folds exclude other data to validate on");
    *part = (size_t)i - 1;
    *parts = (size_t)k;
    return UR_OK;
}
