/* What a language model is told, and what it chooses where it is told nothing. */
#include "task/lm/lm.h"

#include "train/net_text.h"

#include <math.h>
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
    double minutes;  /* where `minutes` is given, at least */
    const char *hidden;
    size_t layers, embed, batch, bptt;
    double dropout, rate;
} ur_lm_choice;

/* Larger texts bear larger networks; small ones are read in fewer places, so that there are enough updates. A short
 * time bears only a network of which enough updates fit into it: a rule of the minutes asked for and not of the speed
 * that was found, so that the same command chooses the same network on any machine, and when it resumes. */
static const ur_lm_choice choices[] = {
    {400000, 6, "512", 1, 64, 32, 128, 0.3, 4e-3},
    {50000, 0, "256", 1, 64, 32, 64, 0.3, 4e-3},
    {5000, 0, "128", 1, 32, 16, 64, 0.2, 5e-3},
    {0, 0, "64", 1, 16, 4, 16, 0, 1e-2},
};

static const ur_lm_choice *choose(uint64_t tokens, double minutes)
{
    const ur_lm_choice *c = choices;
    while (c->tokens > tokens || (minutes > 0 && minutes < c->minutes)) c++;
    return c;
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

ur_status ur_lm_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_lm *lm = data;
    ur_run_settings *run = &settings->run;
    const ur_lm_choice *c = choose(lm->train_end, run->minutes);
    if (!run->cell) run->cell = "lstm";
    if (!run->hidden) run->hidden = c->hidden;
    if (!run->layers) run->layers = c->layers;
    if (!run->embed) run->embed = c->embed;
    if (isnan(run->dropout)) run->dropout = c->dropout;
    if (isnan(run->learning.rate)) run->learning.rate = c->rate;
    choose_windows(run, settings->own, c, lm->train_end);
    if (!(run->epochs > 0) && !run->steps && !(run->minutes > 0)) run->epochs = 10;
    (void)error;
    return UR_OK;
}

ur_status ur_lm_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_lm *lm = data;
    request->sizes.symbols = request->sizes.outputs = ur_vocabulary_size(lm->vocabulary);
    return ur_net_text(&settings->run, true, "dense", request->line, error);
}
