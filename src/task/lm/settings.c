/* The settings of a language model, and what it chooses for those that are left open. */
#include "task/lm/lm.h"

#include "task/rows.h"
#include "train/net_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define S(field) offsetof(ur_lm_settings, field)
#define TOKENS   "char|byte|word"

static const ur_setting ROWS[] = {
    {"The text", "token", TOKENS, UR_SETTING_WORD, S(token), .initial = "char", .decides = true,
     .help = "what one token is"},
    {NULL, "unit", TOKENS, UR_SETTING_WORD, S(token), .help = NULL}, /* an older name of `token` */
    {NULL, "no-unknown", NULL, UR_SETTING_FLAG, S(no_unknown), .decides = true,
     .help = "have no unknown token; a token never seen in training is then an error"},
    {NULL, UR_ROW_MIN_COUNT(S(min_count)), .unset = "1"},
    {NULL, UR_ROW_VOCAB_LIMIT(S(vocabulary_limit)), .unset = "none"},
    {NULL, "invalid", "error|replace", UR_SETTING_CHOICE, S(invalid), .initial = "error", .decides = true,
     .help = "bytes that are not UTF-8: stop with an error, or read them as U+FFFD"},
    {NULL, "val-tokens", "N", UR_SETTING_SIZE, S(validation_tokens), .most = 1e15, .initial = "1000000",
     .decides = true, .help = "largest number of tokens of the validation text to read at an evaluation; 0: all"},

    {"Windows", "bptt", "N", UR_SETTING_SIZE, S(bptt), .least = 1, .most = 1048576,
     .unset = "chosen by the size of the data", .decides = true,
     .help = "length of a window of truncated backpropagation through time, in steps"},
    {NULL, "bptt-step", "N", UR_SETTING_SIZE, S(bptt_step), .least = 1, .most = 1048576, .unset = "as --bptt",
     .decides = true,
     .help = "steps from one window to the next; only the losses of these last steps of a window count"},
    {NULL, "zero-state", "SHARE", UR_SETTING_NUMBER, S(zero_state), .most = 1, .decides = true,
     .unset = "0.05 if --hidden is 512 or more, else 0",
     .help = "share of the windows that begin from a zero state, so that the network learns to begin anywhere; the "
             "others go on from the state that the window before left"},
    {NULL, "whole-windows", NULL, UR_SETTING_FLAG, S(whole_windows), .decides = true,
     .help = "skip the incomplete window at the end of an epoch, as min-char-rnn does"},

    {"Samples", "sample-length", "N", UR_SETTING_SIZE, S(sample_length), .most = 1e6, .initial = "200",
     .help = "tokens in a sample; 0: no samples"},
    {NULL, "sample-temperature", "X", UR_SETTING_NUMBER, S(sample_temperature), .most = 1000, .initial = "1",
     .help = "below 1: likelier, duller text; above 1: more varied text"},
};

const ur_setting_table ur_lm_setting_table = UR_SETTING_TABLE(ROWS);

/* min-char-rnn: the same arithmetic as the 112-line script. */
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
    uint64_t tokens; /* least number of tokens of training text */
    double minutes;  /* least number of minutes; a run of epochs or steps counts as 6 */
    const char *hidden;
    size_t embed, batch, bptt, epochs;
    double passes; /* passes beyond which the network memorises the text; 0 if it may */
    double rate;
} ur_lm_choice;

/* Larger texts can train larger networks. Small texts use fewer lanes, so that an epoch has enough updates. A short
 * time allows only a network that gets enough updates in it. This follows the minutes asked for and not the speed
 * measured, so that the same command chooses the same network on any machine, and on resuming. */
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

/* Number of weights of the recurrent layers, counted as if they were LSTMs: 4 H (inputs + H). */
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

/* Passes over the text that the run has time for. Each token costs six operations per weight; a machine with two cores
 * does 130e9 operations a second. */
static double count_passes(const ur_run_settings *run, const ur_lm_settings *s, double weights, double tokens)
{
    double passes = run->epochs;
    if (run->steps) passes = fmin(passes, (double)run->steps * (double)(run->batch * s->bptt_step) / tokens);
    if (run->minutes > 0) passes = fmin(passes, 60 * run->minutes * 130e9 / (6 * weights * tokens));
    return passes;
}

/* Dropout, decay and the lowest rate follow from how easily the network can memorise the text: the more weights there
 * are per token, and the more often each token is seen, the more is dropped, and the less the rate falls. `load` is the
 * product of the two. The rules were found with 256, 512 and 768 neurons on 20,000 to 1,000,000 characters. A load of 48
 * with a dropout of 0.6, a decay of 0.1 and a lowest rate of 0.38 was worse than the same network and updates with the
 * values of a load of 39 (1.438 and 1.429 nats), so those are the limits. A narrow layer can spare fewer neurons. */
static ur_status choose_restraint(ur_settings *settings, double load, ur_error *error)
{
    double spare = fmin(1, (double)strtoul(settings->run.hidden, NULL, 10) / 256);
    double dropout = fmin(spare * (0.04 + 0.095 * log2(load)), 0.6);
    double decay = fmax(0.01, fmin(0.002 * load, 0.08)), lowest = fmax(0.05, fmin(0.008 * load, 0.31));
    if (isnan(settings->run.dropout)) settings->run.dropout = round(20 * fmax(0, dropout)) / 20;
    UR_TRY(ur_settings_prefer_number(settings, "weight-decay", round(100 * decay) / 100, error));
    UR_TRY(ur_settings_prefer_number(settings, "lr-floor", round(100 * lowest) / 100, error));
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

/* Allows as many passes as the minutes and the steps permit, but, with a network that was chosen here, no more than
 * help. */
static void choose_length(ur_run_settings *run, const ur_lm_choice *c)
{
    bool open = !(run->epochs > 0);
    if (open && !run->steps && !(run->minutes > 0)) run->epochs = (double)c->epochs;
    if (open && !run->steps && run->minutes > 0 && c->passes > 0 && !run->net) run->epochs = c->passes;
}

/* Networks of 768 neurons that always went on from the state of the window before could not begin from a zero state in
 * 4 of 203 windows of the Korean book and 6 of 1,260 of War and Peace: for hundreds of steps the likeliest tokens were
 * those that never occur. So wide networks practise it. With 512 neurons this made windows better, too (tiny
 * Shakespeare, 10 minutes: 1.4453 nats instead of 1.4529), and one pass no worse. */
static double choose_zero_states(const ur_run_settings *run)
{
    enum { WIDE = 512 };
    return !run->net && strtoul(run->hidden, NULL, 10) >= WIDE ? 0.05 : 0;
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
    UR_TRY(ur_settings_prefer_number(settings, "zero-state", choose_zero_states(run), error));
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
    if (*request->line) return UR_OK;
    ur_net_writing w = ur_net_begin(request->line);
    ur_net_put_run(&w, &settings->run, true);
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}
