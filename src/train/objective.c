/* See objective.h. */
#include "train/objective.h"

#include <string.h>

const ur_dense *ur_wide_head(const ur_model *m)
{
    const ur_dense *head = ur_network_head(m);
    return head && head->outputs > UR_SOFTMAX_PART ? head : NULL;
}

const ur_dense *ur_objective_head(const ur_learner *l)
{
    return l->learning.sampled ? ur_network_head(l->model) : ur_wide_head(l->model);
}

ur_status ur_objective_give_outputs(ur_learner *l, ur_error *error)
{
    ur_dense *last = &l->model->layers[l->model->layer_count - 1].dense;
    if (!last->unpacked) return UR_OK;
    last->unpacked = false;
    return ur_model_prepare(l->model, true, error);
}

/* A target being prepared. */
typedef struct ur_aim {
    const ur_loss_kind *kind;
    const ur_target *target;
    const ur_dense *head; /* the last layer, if the loss is computed together with it; else NULL */
} ur_aim;

/* Whether the line's last layer applies σ and another line reads the result. */
static bool gives_sigmoid(const ur_model *m, size_t line)
{
    const ur_layer *ends = &m->layers[m->lines[line].first + m->lines[line].count - 1];
    bool read = false;
    for (const ur_layer *l = m->layers; l < m->layers + m->layer_count; l++)
        read = read || (l->named == ends && !l->giver && !l->spec.kind->reads_ids);
    return read && ends->dense.activation == UR_SIGMOID;
}

static ur_status check_extras(const ur_target *target, const ur_loss_kind *kind, ur_error *error)
{
    if (!(target->smoothing >= 0 && target->smoothing < 1))
        return ur_fail(error, UR_ERR_USAGE, "a label smoothing of %g; it must be at least 0 and below 1",
                       target->smoothing);
    if (target->smoothing > 0 && !kind->smooths)
        return ur_fail(error, UR_ERR_USAGE, "label smoothing works with softmax and sigmoid, not with the loss \"%s\"",
                       kind->word);
    if (target->weights && kind->layer)
        return ur_fail(error, UR_ERR_USAGE, "the loss \"%s\" is of whole sequences, so its steps have no weights",
                       kind->word);
    return UR_OK;
}

/* A layer that ends a line, such as a crf, needs the loss of the same name, and such a loss needs that layer. */
static ur_status check_ending(const char *word, const ur_loss_kind *kind, size_t line, ur_error *error)
{
    if (word ? strcmp(word, kind->word) == 0 : !kind->layer) return UR_OK;
    if (word) return ur_fail(error, UR_ERR_USAGE, "line %zu ends in \"%s\", so it takes that loss", line + 1, word);
    return ur_fail(error, UR_ERR_USAGE, "the loss \"%s\" needs a line that ends in one; line %zu does not", kind->word,
                   line + 1);
}

static ur_status aim_at(const ur_learner *l, const ur_target *target, ur_aim *aim, ur_error *error)
{
    bool is_last = target->line + 1 == l->model->line_count;
    *aim = (ur_aim){.kind = ur_loss_at((size_t)target->loss), .target = target};
    if (!aim->kind) return ur_fail(error, UR_ERR_USAGE, "there is no loss %d", (int)target->loss);
    if (target->line >= l->model->line_count)
        return ur_fail(error, UR_ERR_USAGE, "a target for line %zu of a network of %zu lines", target->line + 1,
                       l->model->line_count);
    if (aim->kind->logits && gives_sigmoid(l->model, target->line))
        return ur_fail(error, UR_ERR_USAGE,
                       "line %zu ends in \"sigmoid\" and another line reads it; its loss is computed from the logits: "
                       "leave out \"sigmoid\"",
                       target->line + 1);
    UR_TRY(check_ending(ur_line_ending(l->model, target->line), aim->kind, target->line, error));
    UR_TRY(check_extras(target, aim->kind, error));
    bool whole = l->judge || target->weights || target->smoothing > 0; /* the logits are needed */
    if (is_last && target->loss == UR_LOSS_SOFTMAX && !whole) aim->head = ur_objective_head(l);
    bool sampled = is_last && l->sampler.place && !l->judge;
    if (sampled && !aim->head)
        return ur_fail(
            error, UR_ERR_USAGE,
            "a sampled softmax needs the softmax loss without weights or smoothing; the last line's is \"%s\"",
            aim->kind->word);
    return UR_OK;
}

/* Decides for each line where its run ends. */
static ur_status end_lines(ur_learner *l, const ur_batch *batch, ur_aim *aims, ur_ending *endings, ur_error *error)
{
    bool taken[UR_LINES_MAX] = {false};
    if (!batch->target_count) return ur_fail(error, UR_ERR_USAGE, "the batch has no targets");
    if (batch->target_count > UR_MAX_LINES)
        return ur_fail(error, UR_ERR_USAGE, "%zu targets in a batch; the limit is %d", batch->target_count,
                       (int)UR_MAX_LINES);
    for (size_t i = 0; i < batch->target_count; i++) {
        size_t line = batch->target[i].line;
        UR_TRY(aim_at(l, &batch->target[i], &aims[i], error));
        if (taken[line]) return ur_fail(error, UR_ERR_USAGE, "two targets for line %zu", line + 1);
        taken[line] = true;
        endings[line] = aims[i].head ? UR_END_BODY : aims[i].kind->logits ? UR_END_LOGITS : UR_END_WHOLE;
    }
    if (endings[l->model->line_count - 1] == UR_END_BODY || l->judge) return UR_OK;
    return ur_objective_give_outputs(l, error);
}

/* The softmax loss of a last layer: over all outputs, or in training over a sample. */
static void head_loss(const ur_learner *l, ur_tape *tape, const ur_dense *head, ur_tensor *x, const int32_t *ids,
                      double scale, double *sum)
{
    if (tape->recording && l->sampler.place)
        ur_sampled_softmax_loss(tape, head, x, ids, &l->sampler, scale, sum);
    else
        ur_dense_softmax_loss(tape, head, x, ids, scale, sum);
}

/* Adds the loss of one target. The counts are those of the first. */
static void add_loss(const ur_learner *l, ur_tape *tape, const ur_aim *aim, const ur_value *value, bool first,
                     ur_window_result *r)
{
    const ur_target *t = aim->target;
    ur_targets targets = {.steps = value->y->steps,
                          .lanes = value->y->lanes,
                          .width = aim->head ? aim->head->outputs : value->y->width,
                          .given = t->steps ? t->steps : value->y->steps,
                          .ids = t->ids,
                          .values = t->values,
                          .crf = ur_line_crf(l->model, t->line),
                          .lengths = t->lengths || aim->kind->own_steps ? t->lengths : value->shape.lengths,
                          .ends = value->shape.lengths,
                          .weights = t->weights,
                          .smoothing = t->smoothing,
                          .levels = t->levels,
                          .level_count = t->level_count};
    aim->kind->take(tape, &targets);
    if (tape->status != UR_OK) return;
    double sum = 0, weight = t->weight != 0 ? t->weight : 1;
    double scale = weight * (l->learning.sum || !targets.count ? 1 : 1 / (double)targets.count);
    if (aim->head)
        head_loss(l, tape, aim->head, value->y, targets.ids, scale, &sum);
    else
        aim->kind->loss(tape, value->y, &targets, scale, &sum);
    r->sum += weight * sum;
    r->loss += weight * (l->learning.sum ? sum : sum / (double)(targets.count ? targets.count : 1));
    if (!first) return;
    r->count = targets.count;
    r->items = targets.places;
}

ur_status ur_objective_run(ur_learner *l, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                           ur_window_result *r, ur_error *error)
{
    ur_aim aims[UR_MAX_LINES];
    ur_ending endings[UR_LINES_MAX] = {UR_END_WHOLE};
    ur_value *values = l->output;
    *r = (ur_window_result){0};
    UR_TRY(end_lines(l, batch, aims, endings, error));
    if (ur_graph_run(l->model, tape, batch, carry, endings, values))
        for (size_t i = 0; i < batch->target_count && tape->status == UR_OK; i++)
            add_loss(l, tape, &aims[i], &values[aims[i].target->line], i == 0, r);
    return ur_tape_status(tape, error);
}
