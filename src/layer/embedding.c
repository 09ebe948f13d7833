/* embed: looks up a row of a table for each id. `like NAME` uses the table that line NAME begins with. */
#include "layer/kind.h"
#include "layer/scatter.h"

#include <string.h>

void ur_embed_row(const ur_param *weight, int32_t id, real *out)
{
    size_t width = weight->shape[1];
    memcpy(out, weight->value + (size_t)id * width, width * sizeof(real));
    memset(out + width, 0, (ur_padded(width) - width) * sizeof(real));
}

typedef struct ur_rows_trace {
    const ur_param *weight;
    ur_tensor *y;
} ur_rows_trace;

static void rows_backward(ur_tape *tape, void *trace)
{
    const ur_rows_trace *r = trace;
    (void)tape;
    for (size_t i = 0; r->y->gradient && i < r->y->steps; i++) {
        const real *from = r->y->gradient + i * r->y->row;
        real *to = r->weight->gradient + i * r->y->width;
        for (size_t k = 0; k < r->y->width; k++) to[k] += from[k];
    }
}

ur_tensor *ur_embed_rows(ur_tape *tape, const ur_param *weight)
{
    ur_tensor *y = ur_tensor_from(tape, weight->value, weight->shape[0], 1, weight->shape[1], true);
    ur_rows_trace *trace = y ? ur_tape_record(tape, rows_backward, sizeof *trace) : NULL;
    if (trace) *trace = (ur_rows_trace){weight, y};
    return y;
}

typedef struct ur_embed_trace {
    const ur_param *weight;
    const int32_t *ids;
    ur_tensor *y;
} ur_embed_trace;

static void backward(ur_tape *tape, void *trace)
{
    const ur_embed_trace *e = trace;
    if (!e->y->gradient) return;
    ur_scatter s = {.ids = e->ids,
                    .symbols = e->weight->shape[0],
                    .steps = e->y->steps,
                    .lanes = e->y->lanes,
                    .rows = e->y->gradient,
                    .row = e->y->row,
                    .width = e->weight->shape[1],
                    .into = e->weight->gradient};
    ur_status status = ur_scatter_add(tape->compute, &s, tape->arena, &tape->error);
    if (status != UR_OK) tape->status = status;
}

/* Copies a member's share of the rows. */
static void copy_rows(void *context, size_t member, size_t members)
{
    const ur_embed_trace *e = context;
    size_t i, end;
    ur_pool_share(e->y->steps * e->y->lanes, 1, member, members, &i, &end);
    for (; i < end; i++) ur_embed_row(e->weight, e->ids[i], e->y->value + i * e->y->row);
}

enum { UR_SMALL_COPY = 1 << 14 }; /* numbers below which waking threads costs more than it saves */

ur_tensor *ur_embed(ur_tape *tape, const ur_param *weight, const int32_t *ids, size_t steps, size_t lanes)
{
    ur_tensor *y = ur_tensor_make(tape, steps, lanes, weight->shape[1]);
    if (!y) return NULL;
    ur_embed_trace made = {weight, ids, y};
    if (ur_tensor_size(y) < UR_SMALL_COPY)
        copy_rows(&made, 0, 1);
    else
        ur_pool_run(tape->compute->pool, copy_rows, &made);
    ur_embed_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = made;
    return y;
}

/* ---- the kind ----------------------------------------------------------------------------------------------------- */

static ur_status resolve_embed(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes, (void)error;
    l->width = l->named ? ur_first_of_line(l->named)->width : l->spec.width;
    return UR_OK;
}

static ur_status name_embed(ur_naming *n, ur_layer *l)
{
    if (l->named)
        n->embed = l->embed = ur_first_of_line(l->named)->embed;
    else
        n->embed = l->embed = ur_name_param(n, "embed", "weight", l->inputs, l->width, 0);
    if (l->embed && l->spec.fixed) n->params[l->embed - n->params].fixed = true;
    return l->embed ? UR_OK : UR_ERR_USAGE;
}

static void step_embed(ur_stepping *w, const ur_layer *l)
{
    real *to = ur_step_make(w);
    for (size_t b = 0; b < w->lanes; b++) ur_embed_row(l->embed, w->ids[b], to + b * ur_padded(l->width));
}

bool ur_embed_by_rows(const ur_layer *l, size_t places)
{
    return l->embed && l->behind && l->behind->spec.kind->picks && !l->behind->fed && l->inputs < places;
}

/* In inference a row reaches the next cell unchanged. So the cell may keep its products with the row by id, and needs
 * to read the row only once. */
static bool may_keep(const ur_running *r, const ur_layer *l)
{
    const ur_layer *behind = l->behind;
    while (behind && behind->spec.kind->passes) behind = behind->behind;
    return r->tape->kept && !r->tape->recording && behind && behind->spec.kind->picks && !behind->fed &&
           !behind->reverse;
}

static ur_tensor *run_embed(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)x;
    r->picks = !r->tape->plain && !r->tape->kept && ur_embed_by_rows(l, r->steps * r->lanes);
    if (r->picks) return ur_embed_rows(r->tape, l->embed);
    r->picks = may_keep(r, l);
    return ur_embed(r->tape, l->embed, r->ids, r->steps, r->lanes);
}

const ur_layer_kind ur_layer_embed = {.word = "embed",
                                      .least = 1,
                                      .most = 2,
                                      .number = {UR_NUMBER_SYMBOLS, UR_NUMBER_WIDTH},
                                      .wants = "a width",
                                      .example = "64",
                                      .options = UR_TAKES_LIKE | UR_TAKES_FIXED,
                                      .reads_ids = true,
                                      .resolve = resolve_embed,
                                      .name = name_embed,
                                      .step = step_embed};
const ur_layer_run ur_layer_run_embed = {.run = run_embed};
