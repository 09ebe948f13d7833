/* Runs the glimpses: the lines of the network, one after another; see glimpse.h. */
#include "kernel/scalar.h"
#include "layer/policy.h"
#include "tape/operations.h"
#include "task/glimpse/glimpse.h"

#include <string.h>

/* Runs a line for one glimpse, on x or on the lines that it joins. */
static ur_tensor *step(ur_looking *l, ur_glimpse_line which, ur_tensor *x)
{
    ur_value *value = &l->values[l->net->line[which]];
    const ur_line_call call = {.x = x, .states = value->y ? &value->states : NULL};
    return ur_line_step(l->model, l->tape, l->net->line[which], &call, l->values) ? value->y : NULL;
}

/* Runs a line on the core's output without sending a gradient back to the core. */
static ur_tensor *step_apart(ur_looking *l, ur_glimpse_line which)
{
    ur_value *core = &l->values[l->net->line[UR_GLIMPSE_CORE]];
    ur_tensor *h = core->y;
    core->y = ur_detach(l->tape, h);
    ur_tensor *y = core->y ? step(l, which, NULL) : NULL;
    core->y = h;
    return y;
}

/* The first place: the middle of the picture, which is all zeros. A hard glimpse in training begins near it. */
static ur_tensor *first_place(const ur_looking *l)
{
    ur_tensor *place = ur_tensor_make(l->tape, 1, l->lanes, ur_glimpse_numbers(l->net));
    if (!place) return NULL;
    place->wanted = false;
    memset(place->value, 0, ur_tensor_size(place) * sizeof(real));
    return l->net->soft || !l->noise ? place : ur_policy_draw(l->tape, place, l->noise, l->net->first_spread);
}

static bool choose_place(ur_looking *l, size_t t)
{
    ur_glimpsed *at = &l->at[t];
    if (t && l->net->soft) at->place = step(l, UR_GLIMPSE_PLACE, NULL);
    if (t && !l->net->soft) {
        at->mean = step_apart(l, UR_GLIMPSE_PLACE);
        at->expected = step_apart(l, UR_GLIMPSE_BASELINE);
        const real *noise = l->noise ? l->noise + t * l->lanes * UR_RETINA_NUMBERS : NULL;
        at->place = ur_policy_draw(l->tape, at->mean, noise, l->net->spread);
    }
    if (!t) at->place = first_place(l);
    return at->place != NULL;
}

static ur_tensor *see(ur_looking *l, ur_tensor *place)
{
    const ur_glimpse_net *n = l->net;
    const ur_grid grid = {n->rows, n->columns, 1, n->size};
    const ur_retina retina = {n->rows, n->columns, n->size, n->scales};
    return n->soft ? ur_grid_read(l->tape, &grid, place, l->picture)
                   : ur_retina_look(l->tape, &retina, place, l->picture);
}

static bool glimpse(ur_looking *l, size_t t)
{
    ur_glimpsed *at = &l->at[t];
    if (!choose_place(l, t) || !(at->seen = see(l, at->place))) return false;
    if (!step(l, UR_GLIMPSE_SEEN, at->seen) || !step(l, UR_GLIMPSE_WHERE, at->place)) return false;
    if (!step(l, UR_GLIMPSE_CORE, NULL)) return false;
    return (at->logits = step(l, UR_GLIMPSE_ANSWER, NULL)) != NULL;
}

bool ur_looking_run(ur_looking *l)
{
    memset(l->at, 0, sizeof l->at);
    for (size_t t = 0; t < l->net->glimpses; t++)
        if (!glimpse(l, t)) return false;
    return true;
}

/* ---- Learning ----------------------------------------------------------------------------------------------------- */

/* The probability of a lane's right label. */
static double find_probability(const ur_tensor *logits, size_t lane, int32_t label)
{
    const real *row = logits->value + lane * logits->row;
    double sum = 0;
    for (size_t i = 0; i < logits->width; i++) sum += ur_exp((double)row[i] - (double)row[label]);
    return 1 / sum;
}

/* The reward of a choice is the mean probability of the right label in all answers from its glimpse on. It equals the
 * expected reward if answers were drawn at random and rewarded by 0 or 1, and it varies less. On entry `reward` holds
 * the mean over the later answers. */
static void find_rewards(const ur_looking *l, size_t t, const int32_t *labels, real *reward)
{
    const double behind = (double)(l->net->glimpses - 1 - t);
    for (size_t b = 0; b < l->lanes; b++)
        reward[b] =
            (real)((behind * (double)reward[b] + find_probability(l->at[t].logits, b, labels[b])) / (behind + 1));
}

/* Adds the losses of one choice of place, and of the reward that was expected. */
static void learn_choice(ur_looking *l, size_t t, const int32_t *labels, real *reward, double policy_weight)
{
    const ur_glimpsed *at = &l->at[t];
    const double lanes = (double)l->lanes, choices = (double)l->net->glimpses - 1;
    real *better = ur_tape_alloc(l->tape, l->lanes, sizeof *better);
    double lost;
    if (!better) return;
    find_rewards(l, t, labels, reward);
    for (size_t b = 0; b < l->lanes; b++) better[b] = reward[b] - at->expected->value[b * at->expected->row];
    ur_squared_loss(l->tape, at->expected, reward, 1 / (lanes * choices), &lost);
    ur_policy_loss(l->tape, at->mean, l->noise + t * l->lanes * UR_RETINA_NUMBERS, better, l->net->spread,
                   policy_weight / lanes);
}

/* Adds the losses of the answers before the last one. All of them together weigh as much as the last. */
static void learn_answers(ur_looking *l, const int32_t *labels)
{
    const size_t before = l->net->glimpses - 1;
    double lost;
    for (size_t t = 0; t < before; t++)
        ur_softmax_loss(l->tape, l->at[t].logits, labels, 1 / (double)(l->lanes * before), &lost);
}

/* Adds the losses of where to look, from the last choice to the first. */
static void learn_choices(ur_looking *l, const int32_t *labels, double policy_weight)
{
    real *reward = ur_tape_alloc(l->tape, l->lanes, sizeof *reward);
    if (!reward) return;
    memset(reward, 0, l->lanes * sizeof *reward);
    for (size_t t = l->net->glimpses - 1; t > 0; t--) learn_choice(l, t, labels, reward, policy_weight);
}

bool ur_looking_learn(ur_looking *l, const int32_t *labels, double policy_weight, double *sum)
{
    ur_softmax_loss(l->tape, l->at[l->net->glimpses - 1].logits, labels, 1 / (double)l->lanes, sum);
    learn_answers(l, labels);
    if (!l->net->soft) learn_choices(l, labels, policy_weight);
    return l->tape->status == UR_OK;
}
