/* See run_settings.h. */
#include "train/run_settings.h"

#include "base/number.h"
#include "cell/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define R(field) offsetof(ur_run_settings, field)
#define L(field) offsetof(ur_run_settings, learning.field)

#define BY_SIZE "chosen by the size of the data"
#define BY_RUN  "chosen for the length of the run"
#define ADAM    "optimizer=adam|adamw"

static const ur_setting ROWS[] = {
    {"The run", "output", "RUN", UR_SETTING_TEXT, R(folder), .letter = 'o',
     .unset = "runs/ and the name of the first data file", .help = "folder for the model, the checkpoint and the log"},
    {NULL, "resume", NULL, UR_SETTING_FLAG, R(resume), .unless = "overwrite",
     .help =
         "continue the run where it stopped, with the same bits as if it had not; starts a new run if there is none"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, R(overwrite), .unless = "resume",
     .help = "replace a run that is already in the folder"},
    {NULL, "preset", "NAME", UR_SETTING_TEXT, R(preset), .unset = "none",
     .help = "a named set of options, which is printed"},
    {NULL, "init-from", "MODEL", UR_SETTING_TEXT, R(init_from), .unset = "none",
     .help = "begin with the weights of another model with the same task and network"},

    {"Validation", "val", "DATA", UR_SETTING_TEXT, R(validation), .unset = "a share of the training data",
     .unless = "val-fraction", .help = "validation data"},
    {NULL, "val-fraction", "SHARE", UR_SETTING_NUMBER, R(validation_share), .most = 0.9, .initial = "0.1",
     .beside = "val=", .unless = "val", .decides = true,
     .help = "share of the training data held out for validation; 0: no validation"},
    {NULL, "patience", "N", UR_SETTING_SIZE, R(patience), .least = 1, .most = 1e9, .unset = "no early stop",
     .help = "stop after N evaluations in a row without improvement"},
    {NULL, "until", "X", UR_SETTING_NUMBER, R(until), .most = 1e9, .unset = "never",
     .help = "stop at the first evaluation at least this good"},

    {"The network", "net", "LINE", UR_SETTING_TEXT, R(net), .unset = "written from the options below", .decides = true,
     .help = "the network line, such as 'embed 64 > lstm 512 x2 drop=0.4 > dense'"},
    {NULL, "cell", "CELL", UR_SETTING_TEXT, R(cell), .unset = "chosen by the data", .unless = "net",
     .help = "kind of recurrent layer; unroll --version lists them"},
    {NULL, "hidden", "N[,N...]", UR_SETTING_TEXT, R(hidden), .unset = BY_SIZE, .unless = "net",
     .help = "neurons in each recurrent layer, or one number for each layer"},
    {NULL, "layers", "N", UR_SETTING_SIZE, R(layers), .least = 1, .most = 64, .unset = "chosen by the task, mostly 1",
     .unless = "net", .help = "number of recurrent layers"},
    {NULL, "embed", "N", UR_SETTING_SIZE, R(embed), .least = 1, .most = 1048576, .unset = BY_SIZE, .unless = "net",
     .help = "width of the embedding"},
    {NULL, "dropout", "P", UR_SETTING_NUMBER, R(dropout), .most = 0.99, .unset = BY_SIZE, .unless = "net",
     .help = "share of a layer's outputs set to 0 in training, the same ones at all steps; less after an "
             "embedding"},
    {NULL, "init-scale", "X", UR_SETTING_NUMBER, R(init_scale), .most = 1e3, .above = true, .unset = "as PyTorch does",
     .decides = true, .help = "draw initial weights from X times N(0, 1) and set biases to 0"},
    {NULL, "remember", "STEPS", UR_SETTING_NUMBER, R(remember), .least = 1, .most = 1e6, .above = true,
     .unset = "as PyTorch does, for about two steps", .decides = true, .unless = "init-from",
     .help = "initialise the gates of LSTMs and GRUs so that their neurons remember for 1 to STEPS steps"},

    {"How long", "epochs", "X", UR_SETTING_NUMBER, R(epochs), .most = 1e9, .above = true, .unset = BY_RUN,
     .help = "passes over the data. The first limit reached ends the run: epochs, steps or minutes, counted from its "
             "beginning"},
    {NULL, "steps", "N", UR_SETTING_COUNT, R(steps), .least = 1, .most = 1e15, .unset = "no limit",
     .help = "updates. A resumed run may be given another number; its learning rate then follows the new schedule"},
    {NULL, "minutes", "X", UR_SETTING_NUMBER, R(minutes), .most = 1e6, .above = true, .unset = "no limit",
     .help = "time, converted to a number of updates after the first seconds; in little time some tasks choose a "
             "smaller network"},

    {"Learning", "batch", "B", UR_SETTING_SIZE, R(batch), .least = 1, .most = 65536, .unset = BY_SIZE, .decides = true,
     .help = "sequences per batch"},
    {NULL, "optimizer", UR_OPTIMIZERS, UR_SETTING_CHOICE, L(optimizer), .initial = "adamw", .decides = true,
     .help = "optimizer"},
    {NULL, "lr", "X", UR_SETTING_NUMBER, L(rate), .most = 1e3, .above = true, .unset = BY_SIZE, .decides = true,
     .help = "learning rate"},
    {NULL, "momentum", "X", UR_SETTING_NUMBER, L(momentum), .most = 0.9999, .initial = "0", .beside = "optimizer=sgd",
     .decides = true, .help = "momentum of sgd"},
    {NULL, "nesterov", NULL, UR_SETTING_FLAG, L(nesterov), .decides = true, .help = "use Nesterov momentum"},
    {NULL, "beta1", "X", UR_SETTING_NUMBER, L(beta1), .most = 0.999999, .initial = "0.9", .beside = ADAM,
     .decides = true, .help = "adam, adamw: decay rate of the running mean of the gradient"},
    {NULL, "beta2", "X", UR_SETTING_NUMBER, L(beta2), .most = 0.99999999, .initial = "0.999",
     .beside = "optimizer=rmsprop|adam|adamw", .decides = true,
     .help = "rmsprop, adam, adamw: decay rate of the running mean of the squared gradient"},
    {NULL, "epsilon", "X", UR_SETTING_NUMBER, L(epsilon), .most = 1, .initial = "1e-8",
     .beside = "optimizer=adagrad|rmsprop|adam|adamw", .decides = true,
     .help = "added to the root that an update is divided by, so that it is never 0"},
    {NULL, "epsilon-inside", NULL, UR_SETTING_FLAG, L(epsilon_inside), .decides = true,
     .help = "add epsilon inside the root"},
    {NULL, "weight-decay", "X", UR_SETTING_NUMBER, L(weight_decay), .most = 1e3, .initial = "0.01", .decides = true,
     .help = "pull of the weights towards 0; may be chosen together with the network"},
    {NULL, "clip-norm", "X", UR_SETTING_NUMBER, L(clip_norm), .most = 1e9, .initial = "1", .decides = true,
     .help = "clip the norm of the gradient to this; 0: no clipping"},
    {NULL, "clip-value", "X", UR_SETTING_NUMBER, L(clip_value), .most = 1e9, .initial = "0", .decides = true,
     .help = "clip each element of the gradient to this; 0: no clipping"},
    {NULL, "one-bias", NULL, UR_SETTING_FLAG, L(one_bias), .decides = true,
     .help = "train only the first of a cell's two biases, which are added"},
    {NULL, "sampled-softmax", "N", UR_SETTING_SIZE, L(sampled), .most = 1e9, .decides = true,
     .help = "train against N randomly drawn classes besides the right one, instead of a whole large vocabulary; 0: "
             "against all"},
    {NULL, "loss-sum", NULL, UR_SETTING_FLAG, L(sum), .decides = true,
     .help = "sum the loss over a batch instead of averaging it"},
    {NULL, "average", "X", UR_SETTING_NUMBER, R(average), .most = 0.999999, .initial = "0", .decides = true,
     .help = "average the weights: decay rate of their running mean, such as 0.999; 0: no averaging. May be chosen "
             "together with the network"},
    {NULL, "smooth", "X", UR_SETTING_NUMBER, R(smooth), .most = 0.999999, .initial = "0.95", .decides = true,
     .help = "decay rate of the running mean of the loss that is shown"},

    {"Schedule of the learning rate", "schedule", "constant|cosine|linear|step|plateau", UR_SETTING_CHOICE, R(schedule),
     .initial = "cosine", .decides = true, .help = "how the learning rate falls"},
    {NULL, "warmup", "N", UR_SETTING_SIZE, R(warmup), .most = 1e9, .decides = true,
     .help = "updates in which the learning rate rises from 0"},
    {NULL, "lr-floor", "SHARE", UR_SETTING_NUMBER, R(rate_floor), .most = 1, .initial = "0.05",
     .beside = "schedule=cosine|linear|step|plateau", .decides = true,
     .help = "lowest learning rate, as a share of the highest; may be chosen together with the network"},
    {NULL, "lr-factor", "X", UR_SETTING_NUMBER, R(rate_factor), .most = 1, .above = true, .initial = "0.5",
     .beside = "schedule=step|plateau", .decides = true, .help = "step, plateau: factor by which the rate falls"},
    {NULL, "lr-every", "N", UR_SETTING_SIZE, R(rate_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .beside = "schedule=step|plateau", .decides = true,
     .help = "step: updates between two falls; plateau: evaluations without improvement before a fall"},

    {"Reports", "eval-every", "N", UR_SETTING_COUNT, R(evaluate_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "updates between two evaluations on the validation data"},
    {NULL, "sample-every", "N", UR_SETTING_COUNT, R(sample_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "updates between two samples"},
    {NULL, "save-every", "N", UR_SETTING_COUNT, R(save_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "updates between two checkpoints"},
    {NULL, "no-events", NULL, UR_SETTING_FLAG, R(no_events), .help = "write no event file for TensorBoard"},

    {"The machine", "seed", "N", UR_SETTING_COUNT, L(seed), .initial = "1", .decides = true,
     .help = "seed of all random numbers; the same seed and data give the same bits"},
    {NULL, "threads", "N", UR_SETTING_SIZE, L(threads), .least = 1, .most = 256,
     .unset = "the machine's cores, at most 16", .help = "number of threads; the result does not depend on it"},
    {NULL, "isa", "portable|avx2|avx512|neon", UR_SETTING_WORD, R(isa), .help = NULL},
};

const ur_setting_table ur_run_setting_table = UR_SETTING_TABLE(ROWS);

/* Checks "512" or "512,256": whole numbers separated by commas, as many as `layers` says if it was given. */
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
        return ur_fail(error, UR_ERR_USAGE, "`hidden` '%.80s' gives %zu layers, but `layers` gives %zu", run->hidden,
                       widths, run->layers);
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

ur_status ur_run_width(const ur_run_settings *run, size_t *width, ur_error *error)
{
    *width = strtoul(run->hidden, NULL, 10);
    if (!strchr(run->hidden, ',')) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`hidden` %s: give one width, or the whole network as `net`", run->hidden);
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
        return ur_fail(error, UR_ERR_USAGE, "`val-fold` and `folds` exclude other validation data");
    *part = (size_t)i - 1;
    *parts = (size_t)k;
    return UR_OK;
}
