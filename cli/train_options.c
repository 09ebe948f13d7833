/* The options of `unroll train`: the table, presets, and what a table cannot say. */
#include "train.h"

#include "reading.h"

#include "base/error.h"

#include <string.h>

#define PLACE(field) offsetof(ur_cli_train_settings, field)
#define T(field)     PLACE(training.field)
#define L(field)     PLACE(training.learning.field)

#define BY_SIZE "chosen by the size of the text"
#define BY_RUN  "chosen for the length of the run"

static const ur_cli_option OPTIONS[] = {
    {"The run", "output", "RUN", UR_CLI_TEXT, T(run), .letter = 'o', .unset = "runs/ and the name of the first text",
     .help = "folder for the model, the checkpoint and the log"},
    {NULL, "resume", NULL, UR_CLI_FLAG, T(resume),
     .help = "go on where the run stopped, in the same bits; begins where there is nothing to resume"},
    {NULL, "overwrite", NULL, UR_CLI_FLAG, T(overwrite), .help = "replace a run that is in the folder"},
    {NULL, "preset", "NAME", UR_CLI_TEXT, PLACE(preset), .unset = "none",
     .help = "a set of options, which is printed; min-char-rnn has the arithmetic of the well-known script"},
    {NULL, "init-from", "MODEL", UR_CLI_TEXT, T(init_from), .unset = "none",
     .help = "begin with the weights of a model of the same network and units"},

    {"The text", "unit", "char|byte|word", UR_CLI_WORD, T(unit), .unset = "char",
     .help = "what is read and written in one step"},
    {NULL, "val", "PATH", UR_CLI_TEXT, T(validation), .unset = "the tail of the text", .help = "text to validate on"},
    {NULL, "val-fraction", "SHARE", UR_CLI_NUMBER, T(validation_share), .most = 0.9, .unset = BY_SIZE,
     .help = "the share of that tail; 0: no validation"},
    {NULL, "no-unknown", NULL, UR_CLI_FLAG, T(no_unknown),
     .help = "no unit for what was never seen in training; it is an error then"},
    {NULL, "min-count", "N", UR_CLI_SIZE, T(min_count), .least = 1, .most = 1e15, .unset = "1",
     .help = "units that occur less often are unknown"},
    {NULL, "vocab-limit", "N", UR_CLI_SIZE, T(vocabulary_limit), .least = 1, .most = 1e9, .unset = "none",
     .help = "keep at most so many units, the most frequent ones"},
    UR_CLI_INVALID_ROW(NULL, PLACE(invalid)),

    {"The network", "net", "LINE", UR_CLI_TEXT, T(net), .unset = "written from the options below",
     .help = "the network line, such as 'embed 64 > lstm 512 x2 drop=0.4 > dense'"},
    {NULL, "cell", "CELL", UR_CLI_TEXT, T(cell), .unset = "lstm",
     .help = "the kind of recurrent layer; unroll --version lists them"},
    {NULL, "hidden", "N[,N...]", UR_CLI_TEXT, T(hidden), .unset = BY_SIZE, .help = "width, or a width for each layer"},
    {NULL, "layers", "N", UR_CLI_SIZE, T(layers), .least = 1, .most = 64, .unset = BY_SIZE, .help = "recurrent layers"},
    {NULL, "embed", "N", UR_CLI_SIZE, T(embed), .least = 1, .most = 1048576, .unset = BY_SIZE,
     .help = "width of the embedding"},
    {NULL, "dropout", "P", UR_CLI_NUMBER, T(dropout), .most = 0.99, .unset = BY_SIZE,
     .help = "share of a layer's outputs dropped in training"},
    {NULL, "init-scale", "X", UR_CLI_NUMBER, T(init_scale), .most = 1e3, .above = true, .unset = "as PyTorch does",
     .help = "weights begin as X times N(0,1), biases as 0"},
    {NULL, "remember", "STEPS", UR_CLI_NUMBER, T(remember), .least = 1, .most = 1e6, .above = true,
     .unset = "as PyTorch does",
     .help = "biases of the gates begin so that the units of an lstm or gru layer keep what they hold for 1 to so many "
             "steps, not all for about two"},

    {"Windows", "batch", "B", UR_CLI_SIZE, T(batch), .least = 1, .most = 65536, .unset = BY_SIZE,
     .help = "places at which the text is read at once"},
    {NULL, "bptt", "N", UR_CLI_SIZE, T(bptt), .least = 1, .most = 1048576, .unset = BY_SIZE,
     .help = "steps that are back-propagated"},
    {NULL, "bptt-step", "N", UR_CLI_SIZE, T(bptt_step), .least = 1, .most = 1048576, .unset = "as --bptt",
     .help = "steps forward between two updates; their losses count"},

    {"How long", "epochs", "X", UR_CLI_NUMBER, T(epochs), .most = 1e9, .above = true, .unset = BY_RUN,
     .help = "passes over the text; these three count from the beginning of the run, the first reached ends it"},
    {NULL, "steps", "N", UR_CLI_COUNT, T(steps), .least = 1, .most = 1e15, .unset = "no limit",
     .help = "updates; with another number a resumed run goes on, and its learning rate falls towards that one"},
    {NULL, "minutes", "X", UR_CLI_NUMBER, T(minutes), .most = 1e6, .above = true, .unset = "no limit",
     .help = "becomes a number of steps after the first seconds; less than 6 choose a smaller network"},
    {NULL, "patience", "N", UR_CLI_SIZE, T(patience), .least = 1, .most = 1e9, .unset = "no early stop",
     .help = "stop after so many evaluations without a better one"},

    {"Learning", "optimizer", "sgd|adagrad|rmsprop|adam|adamw", UR_CLI_CHOICE, L(optimizer),
     .help = "how weights are updated"},
    {NULL, "lr", "X", UR_CLI_NUMBER, L(rate), .most = 1e3, .above = true, .unset = BY_SIZE, .help = "learning rate"},
    {NULL, "momentum", "X", UR_CLI_NUMBER, L(momentum), .most = 0.9999, .help = "of sgd"},
    {NULL, "nesterov", NULL, UR_CLI_FLAG, L(nesterov), .help = "Nesterov's form of the momentum"},
    {NULL, "beta1", "X", UR_CLI_NUMBER, L(beta1), .most = 0.999999,
     .help = "adam: share of the mean gradient that stays"},
    {NULL, "beta2", "X", UR_CLI_NUMBER, L(beta2), .most = 0.99999999,
     .help = "adam, rmsprop: share of the mean square that stays"},
    {NULL, "epsilon", "X", UR_CLI_NUMBER, L(epsilon), .most = 1,
     .help = "keeps the division by the root from exploding"},
    {NULL, "epsilon-inside", NULL, UR_CLI_FLAG, L(epsilon_inside), .help = "add it inside the root"},
    {NULL, "weight-decay", "X", UR_CLI_NUMBER, L(weight_decay), .most = 1e3, .help = "pull of the weights towards 0"},
    {NULL, "clip-norm", "X", UR_CLI_NUMBER, L(clip_norm), .most = 1e9,
     .help = "the gradient's norm is held at this; 0: not"},
    {NULL, "clip-value", "X", UR_CLI_NUMBER, L(clip_value), .most = 1e9,
     .help = "each element of the gradient is held within this; 0: not"},
    {NULL, "one-bias", NULL, UR_CLI_FLAG, L(one_bias),
     .help = "of the two biases of a cell, which are added, only the first learns"},
    {NULL, "sampled-softmax", "N", UR_CLI_SIZE, L(sampled), .most = 1e9,
     .help = "learn from so many units besides the right one, drawn for each step, not from all of a large vocabulary; "
             "0: from all"},
    {NULL, "loss-sum", NULL, UR_CLI_FLAG, L(sum), .help = "sum the loss over a window instead of averaging it"},
    {NULL, "average", "X", UR_CLI_NUMBER, T(average), .most = 0.999999,
     .help = "share of averaged weights that stays at each step, such as 0.999; 0: no averaging"},
    {NULL, "smooth", "X", UR_CLI_NUMBER, T(smooth), .most = 0.999999,
     .help = "share of the loss shown that stays at each step"},

    {"Schedule of the learning rate", "schedule", "constant|cosine|step|plateau", UR_CLI_CHOICE, T(schedule),
     .help = "how the rate falls"},
    {NULL, "warmup", "N", UR_CLI_SIZE, T(warmup), .most = 1e9, .help = "steps in which it rises from 0"},
    {NULL, "lr-floor", "SHARE", UR_CLI_NUMBER, T(rate_floor), .most = 1,
     .help = "lowest rate, as a share of the highest"},
    {NULL, "lr-factor", "X", UR_CLI_NUMBER, T(rate_factor), .most = 1, .above = true,
     .help = "step, plateau: what the rate is multiplied by"},
    {NULL, "lr-every", "N", UR_CLI_SIZE, T(rate_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "after so many steps, or evaluations without a better one"},

    {"Reports", "eval-every", "N", UR_CLI_COUNT, T(evaluate_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "steps between two readings of the validation text"},
    {NULL, "sample-every", "N", UR_CLI_COUNT, T(sample_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "steps between two samples"},
    {NULL, "sample-length", "N", UR_CLI_SIZE, PLACE(sample_length), .most = 1e6, .help = "units in a sample; 0: none"},
    {NULL, "sample-temperature", "X", UR_CLI_NUMBER, PLACE(sample_temperature), .most = 1000,
     .help = "below 1: surer and duller"},
    {NULL, "save-every", "N", UR_CLI_COUNT, T(save_every), .least = 1, .most = 1e15, .unset = BY_RUN,
     .help = "steps between two checkpoints"},
    {NULL, "no-events", NULL, UR_CLI_FLAG, T(no_events), .help = "no event file for TensorBoard in the run folder"},
    {NULL, "watch", NULL, UR_CLI_FLAG, PLACE(watch),
     .help = "a view of the whole terminal: curves of the losses, gradient norms, gates, the last sample"},
    {NULL, "quiet", NULL, UR_CLI_FLAG, PLACE(quiet), .help = "no progress, no samples"},
    {NULL, "json", NULL, UR_CLI_FLAG, PLACE(json), .help = "the result as one JSON object"},

    {"The machine", "seed", "N", UR_CLI_COUNT, L(seed), .help = "equal seeds and data give equal bits"},
    UR_CLI_THREADS_ROW(NULL, L(threads)),
    {NULL, "precision", "f32|bf16", UR_CLI_CHOICE, PLACE(precision), .help = "of the products"},
};

const ur_cli_table ur_cli_train_options = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

void ur_cli_train_defaults(void *settings)
{
    ur_cli_train_settings *s = settings;
    *s = (ur_cli_train_settings){.training = ur_training_default(), .sample_length = 200, .sample_temperature = 1};
}

/* The preset's settings first, then once more the options given. */
static ur_status apply_preset(ur_cli_train_settings *s, const ur_cli_arguments *given, ur_error *error)
{
    const char *name = s->preset;
    ur_cli_arguments again;
    ur_cli_train_defaults(s);
    UR_TRY(ur_training_preset(&s->training, name, error));
    ur_status status = ur_cli_parse(&ur_cli_train_options, given->line, given->line_count, s, &again, error);
    ur_cli_arguments_free(&again);
    return status;
}

/* A line says everything about the network; the shorthands would be ignored beside it. */
static ur_status check_net(const ur_cli_train_settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    static const char *const SHORTHANDS[] = {"cell", "hidden", "layers", "embed", "dropout"};
    for (size_t i = 0; s->training.net && i < sizeof SHORTHANDS / sizeof SHORTHANDS[0]; i++)
        if (ur_cli_given(&ur_cli_train_options, arguments, SHORTHANDS[i]))
            return ur_fail(error, UR_ERR_USAGE, "--%s has no effect beside the network line '%.200s'; change --net",
                           SHORTHANDS[i], s->training.net);
    return UR_OK;
}

/* "512" or "512,256": whole numbers with commas between; as many as --layers says, if it was given. */
static ur_status check_hidden(const ur_training *t, ur_error *error)
{
    size_t widths = 0;
    for (const char *text = t->hidden; text; widths++) {
        size_t digits = strspn(text, "0123456789");
        bool right = digits > 0 && text[0] != '0' && digits <= 7 && (!text[digits] || text[digits] == ',');
        if (!right)
            return ur_fail(error, UR_ERR_USAGE,
                           "--hidden: '%.80s' is not allowed; give a whole number from 1 to 1048576, or one for each "
                           "layer with commas between",
                           t->hidden);
        text = text[digits] ? text + digits + 1 : NULL;
    }
    if (widths > 1 && t->layers && t->layers != widths)
        return ur_fail(error, UR_ERR_USAGE, "--hidden '%.80s' is %zu layers, --layers says %zu", t->hidden, widths,
                       t->layers);
    return UR_OK;
}

ur_status ur_cli_train_settle(ur_cli_train_settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    if (s->preset) UR_TRY(apply_preset(s, arguments, error));
    ur_training *t = &s->training;
    bool share_given = ur_cli_given(&ur_cli_train_options, arguments, "val-fraction");
    if (s->precision != 0)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "--precision bf16 is not built yet; leave it out to train in f32");
    if (t->resume && t->overwrite)
        return ur_fail(error, UR_ERR_USAGE, "--resume and --overwrite contradict each other; give one of them");
    if (s->watch && s->quiet)
        return ur_fail(error, UR_ERR_USAGE, "--watch and --quiet contradict each other; give one of them");
    if (t->init_from && t->remember > 0)
        return ur_fail(error, UR_ERR_USAGE,
                       "--remember sets first weights, which --init-from takes from a model; give one of them");
    if (t->validation && share_given)
        return ur_fail(error, UR_ERR_USAGE,
                       "--val and --val-fraction both choose the validation text; give one of them");
    UR_TRY(check_net(s, arguments, error));
    UR_TRY(check_hidden(t, error));
    if (share_given && t->validation_share == 0) t->validation_share = -1;
    t->replace_invalid = s->invalid == 1;
    return UR_OK;
}

/* ---- Printing --------------------------------------------------------------------------------------------------- */

void ur_cli_print_word(FILE *file, const char *word)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@";
    if (*word && !word[strspn(word, plain)]) {
        fputs(word, file);
        return;
    }
    putc('\'', file);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", file);
        else
            putc(*word, file);
    putc('\'', file);
}

void ur_cli_print_preset(const char *name)
{
    ur_cli_train_settings before, after;
    ur_cli_train_defaults(&before);
    ur_cli_train_defaults(&after);
    if (ur_training_preset(&after.training, name, NULL) != UR_OK) return;
    fprintf(stderr, "--preset %s stands for:", name);
    for (size_t i = 0; i < ur_cli_train_options.count; i++) {
        const ur_cli_option *option = &OPTIONS[i];
        char was[UR_CLI_VALUE_MAX], is[UR_CLI_VALUE_MAX];
        ur_cli_value_text(option, &before, was);
        ur_cli_value_text(option, &after, is);
        bool flag = option->type == UR_CLI_FLAG;
        bool set = flag && !ur_cli_value_empty(option, &after) && ur_cli_value_empty(option, &before);
        if (!set && (flag || strcmp(was, is) == 0)) continue;
        fprintf(stderr, " --%s", option->name);
        if (set) continue;
        putc(' ', stderr);
        ur_cli_print_word(stderr, is);
    }
    putc('\n', stderr);
}
