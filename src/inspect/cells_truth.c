/* See cells_truth.h. */
#include "inspect/cells_truth.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Predicates ------------------------------------------------------------------------------------------------ */

static void name_labels(ur_truth_reader *r, ur_cells *c, const ur_model *model)
{
    const char *label;
    for (; r->labels < UR_CELL_LABELS_MOST && (label = ur_model_label(model, r->labels)); r->labels++) {
        char *name = c->label_name[r->labels], *meaning = c->label_meaning[r->labels];
        snprintf(name, sizeof c->label_name[0], "%s", label);
        snprintf(meaning, sizeof c->label_meaning[0], "the label is %.60s", label);
        c->predicate[r->built_in + r->labels] = (ur_predicate){name, meaning, false};
    }
}

static ur_status fail_without_truth(const ur_task *task, ur_error *error)
{
    return ur_fail(
        error, UR_ERR_UNSUPPORTED,
        "interpretable cells are found where the data say what is true at each step, as texts and labels do; "
        "this model of the task %s has no such data; try inspect gates",
        task->name);
}

ur_status ur_truth_open(ur_truth_reader *r, ur_cells *c, const ur_model *model, const ur_cell_search *search,
                        ur_error *error)
{
    bool text = r->task->read_text && model->vocabulary;
    if (r->task->carries || r->task->forward || !ur_model_label(model, 0)) return fail_without_truth(r->task, error);
    if (search->own_count && !text)
        return ur_fail(error, UR_ERR_USAGE, "predicates of your own need a model that reads text; this one does not");
    r->search = search;
    r->built_in = text ? UR_BUILT_IN : 0;
    for (size_t i = 0; i < r->built_in; i++) ur_predicate_at(i, &c->predicate[i]);
    name_labels(r, c, model);
    ur_cells_name_own(c, search, r->built_in + r->labels);
    c->predicates = r->count = r->built_in + r->labels + search->own_count;
    return UR_OK;
}

void ur_truth_close(ur_truth_reader *r) { free(r->mark); }

/* ---- A lane -------------------------------------------------------------------------------------------------------- */

size_t ur_truth_steps(const ur_batch *batch, size_t lane)
{
    const ur_sequences *in = &batch->input[batch->target[0].line];
    return in->lengths ? (size_t)in->lengths[lane] : in->steps;
}

ur_status ur_truth_check(const ur_truth_reader *r, const ur_batch *batch, const ur_tensor *out, ur_error *error)
{
    const ur_target *target = &batch->target[0];
    const ur_sequences *in = &batch->input[target->line];
    bool labels = target->ids || (target->values && out->width == 1);
    bool there = out->steps == 1 || out->steps == in->steps;
    if (labels && there && !target->steps && out->lanes == in->lanes) return UR_OK;
    return fail_without_truth(r->task, error);
}

static ur_status mark_lane(ur_truth_reader *r, ur_error *error)
{
    size_t length = r->steps ? r->end[r->steps - 1] : 0, own = r->search->own_count;
    if (length * own > r->room || !r->mark) {
        unsigned char *grown = realloc(r->mark, 2 * length * own + 1);
        if (!grown) return ur_fail_memory(error, "a text");
        r->mark = grown;
        r->room = 2 * length * own;
    }
    memset(r->mark, 0, length * own);
    for (size_t i = 0; i < own; i++) {
        const ur_own_predicate *p = &r->search->own[i];
        UR_TRY(p->mark(p->context, r->text, length, r->mark + i * length, error));
    }
    return UR_OK;
}

ur_status ur_truth_lane(ur_truth_reader *r, const ur_task_batch *batch, size_t lane, size_t given, ur_error *error)
{
    r->target = &batch->network.target[0];
    r->lane = lane;
    r->lanes = batch->network.input[r->target->line].lanes;
    r->steps = ur_truth_steps(&batch->network, lane);
    r->given = given;
    r->text = NULL;
    r->served = 0;
    r->machine = (ur_machine){0};
    if (!r->built_in) return UR_OK;
    UR_TRY(r->task->read_text(r->data, UR_PART_TEST, batch, lane, &r->text, &r->end, error));
    return mark_lane(r, error);
}

int32_t ur_truth_label(const ur_truth_reader *r, size_t step)
{
    size_t place = (r->given == 1 ? 0 : step * r->lanes) + r->lane;
    if (r->target->ids) return r->target->ids[place];
    return r->target->values[place] > (ur_real)0.5;
}

static void say_of_text(ur_truth_reader *r, size_t step, float *truth, size_t stride)
{
    float built_in[UR_BUILT_IN];
    size_t length = r->end[r->steps - 1], end = r->end[step];
    r->served = ur_machine_read_token(&r->machine, r->text, length, r->served, end);
    ur_machine_says(&r->machine, step + 1 == r->steps, built_in);
    for (size_t p = 0; p < r->built_in; p++) truth[p * stride] = built_in[p];
    truth += (r->built_in + r->labels) * stride;
    for (size_t i = 0; i < r->search->own_count; i++) truth[i * stride] = end ? r->mark[i * length + end - 1] : 0;
}

void ur_truth_next(ur_truth_reader *r, size_t step, float *truth, size_t stride)
{
    int32_t label = ur_truth_label(r, step);
    if (r->text) say_of_text(r, step, truth, stride);
    for (size_t i = 0; i < r->labels; i++) truth[(r->built_in + i) * stride] = label == (int32_t)i;
}
