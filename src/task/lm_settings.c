/* What a training is, when the caller leaves choices open. */
#include "task/lm.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ur_training ur_training_default(void)
{
    ur_training t = {.validation_share = 0.1,
                     .unit = "char",
                     .dropout = -1,
                     .schedule = UR_COSINE,
                     .rate_floor = 0.05,
                     .rate_factor = 0.5,
                     .smooth = 0.95,
                     .learning = ur_learning_default()};
    t.learning.optimizer = UR_ADAMW;
    t.learning.rate = 0;
    t.learning.weight_decay = 0.01;
    return t;
}

/* The arithmetic of the 112-line script, as ordinary options. */
static void min_char_rnn(ur_training *t)
{
    t->unit = "char";
    t->no_unknown = true;
    t->net = "onehot > rnn 100 > dense";
    t->init_scale = 0.01;
    t->batch = 1;
    t->bptt = t->bptt_step = 25;
    t->validation_share = -1;
    t->schedule = UR_CONSTANT;
    t->smooth = 0.999;
    t->sample_every = 100;
    t->dropout = 0;
    t->learning = (ur_learning){.sum = true,
                                .optimizer = UR_ADAGRAD,
                                .rate = 0.1,
                                .epsilon = 1e-8,
                                .epsilon_inside = true,
                                .clip_value = 5,
                                .one_bias = true,
                                .seed = t->learning.seed,
                                .threads = t->learning.threads};
}

ur_status ur_training_preset(ur_training *training, const char *name, ur_error *error)
{
    if (strcmp(name, "min-char-rnn") != 0)
        return ur_fail(error, UR_ERR_USAGE, "unknown preset \"%s\"; there is min-char-rnn", name);
    min_char_rnn(training);
    return UR_OK;
}

/* ---- checks ----------------------------------------------------------------------------------------------------- */

static ur_status check_share(const char *option, double value, double below, ur_error *error)
{
    if (value < below && !isnan(value)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "%s %g: must be below %g", option, value, below);
}

static ur_status check_windows(const ur_training *t, ur_error *error)
{
    if (t->batch > 65536) return ur_fail(error, UR_ERR_USAGE, "--batch %zu: at most 65536", t->batch);
    if (t->bptt > 1u << 20) return ur_fail(error, UR_ERR_USAGE, "--bptt %zu: at most %u", t->bptt, 1u << 20);
    if (t->bptt && t->bptt_step > t->bptt)
        return ur_fail(error, UR_ERR_USAGE, "--bptt-step %zu is more than --bptt %zu", t->bptt_step, t->bptt);
    return UR_OK;
}

ur_status ur_lm_check(const ur_training *t, ur_error *error)
{
    if (!t->path_count || !t->paths) return ur_fail(error, UR_ERR_USAGE, "no text to train on");
    if (t->cell && !ur_cell_find(t->cell, 0)) return ur_cell_missing(t->cell, error);
    UR_TRY(check_windows(t, error));
    UR_TRY(check_share("--val-fraction", t->validation_share, 1, error));
    UR_TRY(check_share("--dropout", t->dropout, 1, error));
    UR_TRY(check_share("--average", t->average, 1, error));
    UR_TRY(check_share("--smooth", t->smooth, 1, error));
    if (!(t->epochs >= 0) || !(t->minutes >= 0) || isinf(t->epochs) || isinf(t->minutes))
        return ur_fail(error, UR_ERR_USAGE, "--epochs and --minutes must not be negative");
    if (t->resume && t->overwrite) return ur_fail(error, UR_ERR_USAGE, "--resume and --overwrite exclude each other");
    if ((t->resume || t->overwrite) && !t->run) return ur_fail(error, UR_ERR_USAGE, "--resume needs a run folder");
    return UR_OK;
}

/* ---- choices ---------------------------------------------------------------------------------------------------- */

typedef struct ur_choice {
    uint64_t units; /* of training text, at least */
    double minutes; /* where --minutes is given, at least */
    const char *hidden;
    size_t layers, embed, batch, bptt;
    double dropout, rate;
} ur_choice;

/* Larger texts bear larger networks; small ones are read in fewer places, so that there are enough updates. A short
 * time bears only a network of which enough updates fit into it: a rule of the minutes asked for and not of the speed
 * that was found, so that the same command chooses the same network on any machine, and when it resumes. */
static const ur_choice choices[] = {
    {400000, 6, "512", 1, 64, 32, 128, 0.3, 4e-3},
    {50000, 0, "256", 1, 64, 32, 64, 0.3, 4e-3},
    {5000, 0, "128", 1, 32, 16, 64, 0.2, 5e-3},
    {0, 0, "64", 1, 16, 4, 16, 0, 1e-2},
};

static const ur_choice *choose(uint64_t units, double minutes)
{
    const ur_choice *c = choices;
    while (c->units > units || (minutes > 0 && minutes < c->minutes)) c++;
    return c;
}

static void choose_windows(ur_training *t, const ur_choice *c, uint64_t units)
{
    if (!t->bptt) t->bptt = t->bptt_step > c->bptt ? t->bptt_step : c->bptt;
    if (!t->bptt_step) t->bptt_step = t->bptt;
    if (t->batch) return;
    t->batch = c->batch;
    while (t->batch > 1 && units / t->batch < 2 * t->bptt + 2) t->batch /= 2;
}

void ur_lm_choose(ur_training *t, uint64_t units)
{
    const ur_choice *c = choose(units, t->minutes);
    if (!t->cell) t->cell = "lstm";
    if (!t->hidden) t->hidden = c->hidden;
    if (!t->layers) t->layers = c->layers;
    if (!t->embed) t->embed = c->embed;
    if (t->dropout < 0) t->dropout = c->dropout;
    if (!(t->learning.rate > 0)) t->learning.rate = c->rate;
    choose_windows(t, c, units);
    if (!(t->epochs > 0) && !t->steps && !(t->minutes > 0)) t->epochs = 10;
}

/* embed E > CELL H xL drop=p > dropout p > dense, a cell for each width where several are given. */
ur_status ur_lm_net(const ur_training *t, char *line, size_t size, ur_error *error)
{
    if (t->net) {
        if (strlen(t->net) >= size)
            return ur_fail(error, UR_ERR_USAGE, "the network line is longer than %zu bytes", size);
        memcpy(line, t->net, strlen(t->net) + 1);
        return UR_OK;
    }
    char drop[48] = "", last[48] = "";
    if (t->dropout > 0) snprintf(drop, sizeof drop, " drop=%.6g", t->dropout);
    if (t->dropout > 0) snprintf(last, sizeof last, " > dropout %.6g", t->dropout);
    int used = snprintf(line, size, "embed %zu", t->embed);
    bool several = strchr(t->hidden, ',') != NULL;
    for (const char *width = t->hidden; used >= 0 && (size_t)used < size; width++) {
        int digits = (int)strcspn(width, ",");
        used += snprintf(line + used, size - (size_t)used, " > %s %.*s%s", t->cell, digits, width, drop);
        width += digits;
        if (!*width) break;
    }
    if (!several && t->layers > 1 && (size_t)used < size)
        used += snprintf(line + used, size - (size_t)used, " x%zu", t->layers);
    if ((size_t)used < size) used += snprintf(line + used, size - (size_t)used, "%s > dense", last);
    if (used < 0 || (size_t)used >= size) return ur_fail(error, UR_ERR_USAGE, "--hidden \"%s\" is too long", t->hidden);
    return UR_OK;
}

/* ---- settings as text ------------------------------------------------------------------------------------------- */

/* An object being filled, and whether memory ran out on the way. */
typedef struct ur_settings {
    json_t *object;
    int failed;
} ur_settings;

static void put(ur_settings *o, const char *key, const char *value)
{
    o->failed |= json_object_set_new(o->object, key, json_string(value));
}

static void put_count(ur_settings *o, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    put(o, key, text);
}

/* The shortest text that reads as the same number. */
static void put_number(ur_settings *o, const char *key, double value)
{
    char text[32];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    put(o, key, text);
}

static void put_optimizer(ur_settings *o, const ur_learning *l)
{
    static const char *const names[] = {"sgd", "adagrad", "rmsprop", "adam", "adamw"};
    put(o, "optimizer", names[l->optimizer]);
    put_number(o, "lr", l->rate);
    if (l->optimizer == UR_SGD) put_number(o, "momentum", l->momentum);
    if (l->nesterov) put(o, "nesterov", "");
    if (l->optimizer >= UR_ADAM) put_number(o, "beta1", l->beta1);
    if (l->optimizer >= UR_RMSPROP) put_number(o, "beta2", l->beta2);
    if (l->optimizer != UR_SGD) put_number(o, "epsilon", l->epsilon);
    if (l->epsilon_inside) put(o, "epsilon-inside", "");
    if (l->weight_decay > 0) put_number(o, "weight-decay", l->weight_decay);
    put_number(o, "clip-norm", l->clip_norm);
    if (l->clip_value > 0) put_number(o, "clip-value", l->clip_value);
    if (l->one_bias) put(o, "one-bias", "");
    if (l->sum) put(o, "loss-sum", "");
    if (l->sampled) put_count(o, "sampled-softmax", l->sampled);
}

static void put_schedule(ur_settings *o, const ur_training *t)
{
    static const char *const names[] = {"constant", "cosine", "step", "plateau"};
    put(o, "schedule", names[t->schedule]);
    if (t->warmup) put_count(o, "warmup", t->warmup);
    if (t->schedule != UR_CONSTANT) put_number(o, "lr-floor", t->rate_floor);
    if (t->schedule == UR_STEPS || t->schedule == UR_PLATEAU) put_number(o, "lr-factor", t->rate_factor);
    if ((t->schedule == UR_STEPS || t->schedule == UR_PLATEAU) && t->rate_every)
        put_count(o, "lr-every", t->rate_every);
}

json_t *ur_lm_settings(const ur_training *t, const char *net)
{
    ur_settings settings = {json_object(), 0}, *o = &settings;
    put(o, "net", net);
    put(o, "unit", t->unit);
    if (t->replace_invalid) put(o, "invalid", "replace");
    if (t->no_unknown) put(o, "no-unknown", "");
    if (t->min_count > 1) put_count(o, "min-count", t->min_count);
    if (t->vocabulary_limit) put_count(o, "vocab-limit", t->vocabulary_limit);
    put_count(o, "batch", t->batch);
    put_count(o, "bptt", t->bptt);
    put_count(o, "bptt-step", t->bptt_step);
    put_optimizer(o, &t->learning);
    put_schedule(o, t);
    if (t->average > 0) put_number(o, "average", t->average);
    put_number(o, "smooth", t->smooth);
    if (t->init_scale > 0) put_number(o, "init-scale", t->init_scale);
    if (t->remember > 0) put_number(o, "remember", t->remember);
    put_count(o, "seed", t->learning.seed);
    if (!t->validation) put_number(o, "val-fraction", t->validation_share < 0 ? 0 : t->validation_share);
    if (!settings.failed) return settings.object;
    json_decref(settings.object);
    return NULL;
}
