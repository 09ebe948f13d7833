/*
 * A flow of gradients through any network, for a batch. The tape goes back from the loss of one step of each lane, and
 * each recurrent layer shows the steps that it goes back. The loss is that of a lane's last step. For layers that read
 * from the end, it is that of the first step, in a second pass. Gradients are not scaled on their way, so a gradient
 * below 1e-38 counts as 0.
 */
#include "inspect/flow.h"

#include "base/float_mode.h"
#include "layer/loss.h"
#include "model/finite.h"

#include <math.h>
#include <string.h>

/* One pass over a batch. */
typedef struct ur_pass_back {
    ur_flow *flow;
    const ur_batch *batch;
    const ur_task_data *data; /* of the task whose own loop is run, or NULL if the network is run on the batch */
    const ur_task_batch *whole;
    ur_tape *tape;
    bool from_end; /* the loss is that of the first step, and layers that read from the end are measured */
} ur_pass_back;

/* ---- Showing a layer's steps ----------------------------------------------------------------------------------- */

/* The stream of a step's layer, or NULL if the layer is not measured in this pass. */
static ur_stream *find_stream(const ur_pass_back *p, const ur_window *step)
{
    for (size_t i = 0; i < p->flow->stream_count; i++) {
        ur_stream *s = &p->flow->streams[i];
        if (&s->layer->recurrent == step->layer) return s->from_end == p->from_end ? s : NULL;
    }
    return NULL;
}

static bool begin_stream(const ur_pass_back *p, ur_stream *s, const ur_window *step)
{
    s->late = ur_tape_alloc(p->tape, step->lanes, sizeof *s->late);
    if (s->late) memset(s->late, 0, step->lanes * sizeof *s->late);
    ur_flow_stream(p->tape, s, step->lanes);
    return p->tape->status == UR_OK;
}

/* Whether the gradients of all states are finite. If not, the tape fails. */
static bool is_finite(const ur_pass_back *p, const ur_stream *s, const ur_window *step)
{
    size_t numbers = step->lanes * ur_padded(s->layer->units);
    for (int i = 0; i < step->layer->cell->states; i++) {
        if (ur_all_finite(step->carry[i], numbers)) continue;
        ur_tape_fail(p->tape, UR_ERR_NUMERIC,
                     "%zu steps back the gradient of layer %zu (column %zu of \"%s\") is not finite", s->k,
                     (size_t)(s->layer - p->flow->model->layers) + 1, s->layer->spec.column, p->flow->model->net);
        return false;
    }
    return true;
}

static void show_step(void *context, const ur_window *step, bool passed)
{
    const ur_pass_back *p = context;
    ur_stream *s = find_stream(p, step);
    if (!s || p->tape->status != UR_OK) return;
    if (!s->k && !passed && !begin_stream(p, s, step)) return;
    for (int i = 0; i < step->layer->cell->states; i++) s->carry[i] = step->carry[i];
    if (passed) {
        ur_flow_after(s, step, s->k++);
        return;
    }
    for (size_t b = 0; b < step->lanes; b++) s->late[b] += step->live && !step->live[b];
    if (!is_finite(p, s, step)) return;
    ur_flow_before(s, step, s->k);
    ur_flow_moves(s, step, s->k);
}

/* ---- A pass ------------------------------------------------------------------------------------------------------- */

ur_status ur_flow_check_target(const ur_batch *batch, ur_error *error)
{
    if (!batch->target_count) return UR_OK;
    const ur_loss_kind *kind = ur_loss_at((size_t)batch->target[0].loss);
    if (!kind) return ur_fail(error, UR_ERR_USAGE, "there is no loss %d", (int)batch->target[0].loss);
    if (!kind->own_steps) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "the gradient begins at one step, but %s does not say at which step a label is; try inspect gates, "
                   "or inspect gradient with a model trained with `decoder` attention",
                   kind->word);
}

/* The loss that a gradient begins at. That of a whole sequence has no gradient of one step alone, so the probability of
 * the step's label by itself takes its place. */
static const ur_loss_kind *loss_at_place(const ur_target *target)
{
    const ur_loss_kind *kind = ur_loss_at((size_t)target->loss);
    return kind->layer ? &ur_loss_softmax : kind;
}

static bool counts_at(const ur_targets *t, size_t place)
{
    bool counts = t->ids && t->ids[place] >= 0;
    for (size_t i = 0; t->values && i < t->width && !counts; i++) counts = !isnan(t->values[place * t->width + i]);
    return counts;
}

/* Leaves only the targets at one place of each lane. Returns how many there are. */
static size_t keep_places(ur_tape *tape, ur_targets *t, const size_t *places)
{
    size_t rows = t->steps * t->lanes, count = 0;
    int32_t *ids = t->ids ? ur_tape_alloc(tape, rows, sizeof *ids) : NULL;
    real *values = t->values ? ur_tape_alloc(tape, rows * t->width, sizeof *values) : NULL;
    for (size_t i = 0; ids && i < rows; i++) ids[i] = -1;
    for (size_t i = 0; values && i < rows * t->width; i++) values[i] = (real)NAN;
    if (!ids && !values) return 0;
    for (size_t b = 0; b < t->lanes; b++) {
        size_t at = places[b], first = at * t->width;
        count += counts_at(t, at);
        if (ids) ids[at] = t->ids[at];
        if (values) memcpy(values + first, t->values + first, t->width * sizeof *values);
    }
    t->ids = ids, t->values = values;
    return count;
}

static ur_targets targets_of(const ur_target *target, const ur_loss_kind *kind, const ur_value *value)
{
    size_t steps = value->y->steps;
    return (ur_targets){.steps = steps,
                        .lanes = value->y->lanes,
                        .width = value->y->width,
                        .given = target->steps ? target->steps : steps,
                        .ids = kind->numbers ? NULL : target->ids,
                        .values = kind->numbers ? target->values : NULL,
                        .lengths = target->lengths ? target->lengths : value->shape.lengths,
                        .levels = target->levels,
                        .level_count = target->level_count};
}

/* Lengths of targets are a caller's, and may lie beyond the steps. */
static size_t last_step(const ur_targets *t, size_t b)
{
    size_t steps = t->lengths ? (size_t)t->lengths[b] : t->steps;
    if (steps > t->steps) steps = t->steps;
    return steps ? steps - 1 : 0;
}

/* Writes the gradient of each lane's loss at its last step, or at its first for layers that read from the end. Returns
 * the number of lanes that have a target there. If the batch has no target, the task's loop has written the gradients
 * already. */
static size_t begin_gradient(const ur_pass_back *p, const ur_target *target, const ur_value *value)
{
    size_t lanes = value->y->lanes, count = 0;
    if (!p->batch->target_count) return lanes;
    const ur_loss_kind *kind = loss_at_place(target);
    ur_targets targets = targets_of(target, kind, value);
    size_t *places = ur_tape_alloc(p->tape, lanes, sizeof *places);
    for (size_t b = 0; places && b < lanes; b++) places[b] = (p->from_end ? 0 : last_step(&targets, b)) * lanes + b;
    if (places) kind->take(p->tape, &targets);
    if (p->tape->status == UR_OK) count = keep_places(p->tape, &targets, places);
    double sum = 0;
    if (count) kind->loss(p->tape, value->y, &targets, 1, &sum);
    return count;
}

/* Computes the products of Jacobians, which depend on the forward pass alone. */
static ur_status look_at_jacobians(const ur_pass_back *p, ur_error *error)
{
    ur_flow *f = p->flow;
    for (size_t i = 0; i < f->stream_count && !f->settings.no_jacobian; i++) {
        ur_stream *s = &f->streams[i];
        size_t step = 0, states = s->layer->units * s->layer->recurrent.cell->states;
        const ur_window *w = ur_probe_window(&f->probing, s->layer, &step);
        bool fits = w && w->lanes == 1 && w->steps > f->settings.steps && states <= UR_JACOBIAN_MOST;
        if (s->has_sigma || s->from_end != p->from_end || !fits) continue;
        s->has_sigma = true;
        UR_TRY(ur_jacobian_product(w, 0, f->settings.steps + 1, s->sigma, error));
    }
    return UR_OK;
}

static ur_status run_forward(ur_pass_back *p, ur_value *values, ur_error *error)
{
    ur_ending endings[UR_LINES_MAX] = {UR_END_WHOLE};
    ur_window_result sums = {0};
    ur_pass pass = {.model = p->flow->model, .tape = p->tape, .output = values};
    if (p->batch->target_count && ur_loss_at((size_t)p->batch->target[0].loss)->logits)
        endings[p->batch->target[0].line] = UR_END_LOGITS;
    memset(values, 0, UR_LINES_MAX * sizeof *values);
    if (p->data) return p->data->task->forward(p->data->data, &pass, p->whole, &sums, error);
    ur_graph_run(p->flow->model, p->tape, p->batch, NULL, endings, values);
    return ur_tape_status(p->tape, error);
}

static ur_status run_pass(ur_pass_back *p, size_t *count, ur_error *error)
{
    ur_flow *f = p->flow;
    const ur_target *target = &p->batch->target[0];
    ur_value values[UR_LINES_MAX];
    ur_tape_begin(p->tape, &f->compute, &f->arena, true);
    p->tape->plain = true;
    f->probing = (ur_probing){.back = show_step, .context = p};
    p->tape->probing = &f->probing;
    for (size_t i = 0; i < f->stream_count; i++) f->streams[i].k = 0;
    if (!ur_tape_watch(p->tape, f->model->layer_count)) return ur_tape_status(p->tape, error);
    UR_TRY(run_forward(p, values, error));
    if (!ur_live_finite(&values[target->line])) return ur_fail_run(f->model, p->tape, 0, error);
    UR_TRY(look_at_jacobians(p, error));
    *count = begin_gradient(p, target, &values[target->line]);
    return *count ? ur_tape_backward(p->tape, error) : ur_tape_status(p->tape, error);
}

static bool any_from_end(const ur_flow *f)
{
    bool any = false;
    for (size_t i = 0; i < f->stream_count; i++) any = any || f->streams[i].from_end;
    return any;
}

/* Runs a pass forwards and back, then another one from the first steps if any layer reads from the end. */
static ur_status run_both(ur_pass_back *p, ur_error *error)
{
    ur_flow *f = p->flow;
    ur_tape tape;
    size_t count = 0, first = 0;
    p->tape = &tape;
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = run_pass(p, &count, error);
    ur_arena_reset(&f->arena);
    p->from_end = any_from_end(f);
    if (status == UR_OK && p->from_end) status = run_pass(p, &first, error);
    ur_arena_reset(&f->arena);
    ur_float_mode_leave(mode);
    if (status == UR_OK) f->places += count;
    return status;
}

ur_status ur_flow_batch(ur_flow *f, const ur_batch *batch, ur_error *error)
{
    ur_pass_back p = {.flow = f, .batch = batch};
    if (!batch->target_count || batch->target[0].line >= f->model->line_count)
        return ur_fail(error, UR_ERR_USAGE, "the gradient begins at a target, but the batch has none");
    UR_TRY(ur_flow_check_target(batch, error));
    UR_TRY(ur_network_check(f->model, batch, error));
    return run_both(&p, error);
}

ur_status ur_flow_loop(ur_flow *f, const ur_task_data *data, const ur_task_batch *batch, ur_error *error)
{
    ur_pass_back p = {.flow = f, .batch = &batch->network, .data = data, .whole = batch};
    return run_both(&p, error);
}
