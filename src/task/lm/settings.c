/* What a language model is told, and what it chooses where it is told nothing. */
#include "task/lm/lm.h"

#include "train/net_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define S(field) offsetof(ur_lm_settings, field)
#define TOKENS   "char|byte|word"

static const ur_setting ROWS[] = {
    {"The text", "token", TOKENS, UR_SETTING_WORD, S(token), .initial = "char", .decides = true,
     .help = "what is read and written in one step"},
    {NULL, "unit", TOKENS, UR_SETTING_WORD, S(token), .help = NULL}, /* its name of before */
    {NULL, "no-unknown", NULL, UR_SETTING_FLAG, S(no_unknown), .decides = true,
     .help = "no token for what was never seen in training; it is an error then"},
    {NULL, "min-count", "N", UR_SETTING_SIZE, S(min_count), .least = 1, .most = 1e15, .unset = "1", .decides = true,
     .help = "tokens that occur less often are unknown"},
    {NULL, "vocab-limit", "N", UR_SETTING_SIZE, S(vocabulary_limit), .least = 1, .most = 1e9, .unset = "none",
     .decides = true, .help = "keep at most so many tokens, the most frequent ones"},
    {NULL, "invalid", "error|replace", UR_SETTING_CHOICE, S(invalid), .initial = "error", .decides = true,
     .help = "bytes that are not UTF-8: stop, or read them as U+FFFD"},
    {NULL, "val-tokens", "N", UR_SETTING_SIZE, S(validation_tokens), .most = 1e15, .initial = "1000000",
     .decides = true, .help = "at most so many tokens of the validation text are read at an evaluation; 0: all"},

    {"Windows", "bptt", "N", UR_SETTING_SIZE, S(bptt), .least = 1, .most = 1048576,
     .unset = "chosen by the size of the data", .decides = true, .help = "steps that are back-propagated"},
    {NULL, "bptt-step", "N", UR_SETTING_SIZE, S(bptt_step), .least = 1, .most = 1048576, .unset = "as --bptt",
     .decides = true, .help = "steps forward between two updates; their losses count"},
    {NULL, "whole-windows", NULL, UR_SETTING_FLAG, S(whole_windows), .decides = true,
     .help = "leave out what fills no whole window at the end of an epoch, as the script min-char-rnn does"},

    {"Samples", "sample-length", "N", UR_SETTING_SIZE, S(sample_length), .most = 1e6, .initial = "200",
     .help = "tokens in a sample; 0: none"},
    {NULL, "sample-temperature", "X", UR_SETTING_NUMBER, S(sample_temperature), .most = 1000, .initial = "1",
     .help = "below 1: surer and duller"},
};

const ur_setting_table ur_lm_setting_table = UR_SETTING_TABLE(ROWS);

/* min-char-rnn: the arithmetic of the 112-line script. */
const ur_preset ur_lm_presets[] = {
    {"min-char-rnn",
     "--token char --no-unknown --val-fraction 0 --net 'onehot > rnn 100 > dense' --init-scale 0.01 --batch 1 --bptt "
     "25 --bptt-step 25 --whole-windows --optimizer adagrad --lr 0.1 --epsilon-inside --weight-decay 0 --clip-norm 0 "
     "--clip-value 5 "
     "--one-bias --loss-sum --smooth 0.999 --schedule constant --sample-every 100"},
    {NULL, NULL},
};

/* ---- choices ---------------------------------------------------------------------------------------------------- */

typedef struct ur_lm_choice {
    uint64_t tokens; /* of training text, at least */
    double minutes;  /* at least; a run of epochs or steps counts as 6 */
    const char *hidden;
    size_t embed, batch, bptt, epochs;
    double passes; /* more of them, and the text is learnt by heart; 0: it may be */
    double rate;
} ur_lm_choice;

/* Larger texts bear larger networks; small ones are read in fewer places, so that there are enough updates. A short
 * time bears only a network of which enough updates fit into it: a rule of the minutes asked for and not of the speed
 * that was found, so that the same command chooses the same network on any machine, and when it resumes. */
static const ur_lm_choice choices[] = {
    {400000, 20, "768", 96, 32, 128, 10, 18, 3e-3}, {400000, 6, "512", 64, 32, 128, 10, 22, 4e-3},
    {50000, 6, "512", 64, 32, 64, 20, 30, 4e-3},    {50000, 0, "256", 64, 32, 64, 20, 40, 4e-3},
    {5000, 0, "256", 64, 16, 64, 20, 30, 4e-3},     {0, 0, "64", 16, 4, 16, 10, 0, 1e-2},
};

static const ur_lm_choice *choose(uint64_t tokens, double minutes)
{
    const ur_lm_choice *c = choices;
    while (c->tokens > tokens || (minutes > 0 ? minutes : 6) < c->minutes) c++;
    return c;
}

/* Weights of the recurrent layers, as if they were LSTMs: 4 H (inputs + H). */
static double count_weights(const ur_run_settings *run)
{
    double inputs = (double)run->embed, weights = 0;
    for (const char *at = run->hidden; *at; at += strspn(at, ",")) {
        char *end;
        double width = (double)strtoul(at, &end, 10);
        for (size_t i = 0; i < run->layers; i++, inputs = width) weights += 4 * width * (inputs + width);
        if (end == at) break;
        at = end;
    }
    return weights;
}

/* Passes over the text that the run has time for. Each token costs six operations a weight; a machine of two cores does
 * 130e9 a second. */
static double count_passes(const ur_run_settings *run, const ur_lm_settings *s, double weights, double tokens)
{
    double passes = run->epochs;
    if (run->steps) passes = fmin(passes, (double)run->steps * (double)(run->batch * s->bptt_step) / tokens);
    if (run->minutes > 0) passes = fmin(passes, 60 * run->minutes * 130e9 / (6 * weights * tokens));
    return passes;
}

/* How easily the network learns the text by heart decides: the more weights there are for a token, and the more often it
 * is seen, the more is dropped, and the less the rate falls. `load` is their product; the rules were found with 256, 512
 * and 768 neurons on 20,000 to 1,000,000 characters. A narrow layer has less to spare. */
static ur_status choose_restraint(ur_settings *settings, double load, ur_error *error)
{
    double spare = fmin(1, (double)strtoul(settings->run.hidden, NULL, 10) / 256);
    double dropout = spare * (0.04 + 0.1 * log2(load)), decay = 0.002 * load, rate = 0.008 * load;
    if (isnan(settings->run.dropout)) settings->run.dropout = round(20 * fmax(0, fmin(dropout, 0.6))) / 20;
    UR_TRY(ur_settings_prefer_number(settings, "weight-decay", round(100 * fmax(0.01, fmin(decay, 0.1))) / 100, error));
    UR_TRY(ur_settings_prefer_number(settings, "lr-floor", round(100 * fmax(0.05, fmin(rate, 0.4))) / 100, error));
    return ur_settings_prefer_number(settings, "average", 0.998, error);
}

static void choose_windows(ur_run_settings *run, ur_lm_settings *s, const ur_lm_choice *c, uint64_t tokens)
{
    bool open = !s->bptt;
    if (open) s->bptt = s->bptt_step > c->bptt ? s->bptt_step : c->bptt;
    if (!run->batch) {
        run->batch = c->batch;
        while (run->batch > 1 && tokens / run->batch < 2 * s->bptt + 2) run->batch /= 2;
    }
    uint64_t most = (tokens - 1) / run->batch;
    if (open && !s->bptt_step && most > 0 && s->bptt > most) s->bptt = (size_t)most;
    if (!s->bptt_step) s->bptt_step = s->bptt;
}

/* As many passes as the minutes and the steps allow, but with a network of our choice none that makes it worse. */
static void choose_length(ur_run_settings *run, const ur_lm_choice *c)
{
    bool open = !(run->epochs > 0);
    if (open && !run->steps && !(run->minutes > 0)) run->epochs = (double)c->epochs;
    if (open && !run->steps && run->minutes > 0 && c->passes > 0 && !run->net) run->epochs = c->passes;
}

ur_status ur_lm_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_lm *lm = data;
    ur_run_settings *run = &settings->run;
    const ur_lm_choice *c = choose(lm->train_end, run->minutes);
    if (!run->hidden) run->hidden = c->hidden;
    if (!run->layers) run->layers = 1;
    if (!run->embed) run->embed = c->embed;
    if (isnan(run->learning.rate)) run->learning.rate = c->rate;
    choose_windows(run, settings->own, c, lm->train_end);
    choose_length(run, c);
    if (run->net || !(c->passes > 0)) {
        if (isnan(run->dropout)) run->dropout = 0;
        return UR_OK;
    }
    double weights = count_weights(run), tokens = (double)lm->train_end;
    return choose_restraint(settings, count_passes(run, settings->own, weights, tokens) * weights / tokens, error);
}

ur_status ur_lm_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_lm *lm = data;
    request->sizes.symbols = request->sizes.outputs = ur_vocabulary_size(lm->vocabulary);
    return ur_net_text(&settings->run, true, "dense", request->line, error);
}
