/*
 * Names: embed.weight; rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0 and _l1, _l2 … for the layers
 * of a stack, as nn.RNN, nn.LSTM and nn.GRU name them; out.weight, out.bias. A cell layer goes on with the stack before
 * it when cell, width, activation and biases are the same and nothing but dropout lies between; otherwise it begins
 * rnn2, rnn3 …. The stack of a cell that is no PyTorch module has the cell's own name (gru_before). A dense layer that
 * is not the line's last is dense, dense2 …. A line's name stands in front: encoder.rnn.weight_ih_l0.
 */
#include "model/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where naming stands within a line. */
typedef struct ur_naming {
    ur_model *m;
    ur_error *error;
    const char *line;      /* its name */
    const ur_layer *stack; /* the cell layer before, while its stack may go on */
    int stacks, depth, denses;
    char stack_name[UR_NAME_MAX + 16];
    const ur_param *embed;
} ur_naming;

static ur_param *add(ur_naming *n, const char *owner, const char *what, size_t rows, size_t columns)
{
    ur_param *p = &n->m->params[n->m->param_count];
    snprintf(p->name, sizeof p->name, "%s%s%s.%s", n->line, n->line[0] ? "." : "", owner, what);
    p->rank = columns ? 2 : 1;
    p->shape[0] = rows;
    p->shape[1] = columns;
    if (!ur_mul_fits(rows, columns ? columns : 1, &p->size) || p->size > SIZE_MAX / 256) {
        ur_fail(n->error, UR_ERR_USAGE, "the network is too large: %s would have %zu x %zu numbers", p->name, rows,
                columns);
        return NULL;
    }
    n->m->param_count++;
    return p;
}

static bool goes_on(const ur_naming *n, const ur_layer *l)
{
    const ur_layer *s = n->stack;
    return s && strcmp(s->spec.cell, l->spec.cell) == 0 && s->width == l->width && l->inputs == s->width &&
           s->spec.activation == l->spec.activation && s->spec.nobias == l->spec.nobias;
}

static bool is_pytorch(const ur_layer *l)
{
    if (strcmp(l->spec.cell, "rnn") == 0) return l->spec.activation != UR_SIGMOID;
    return strcmp(l->spec.cell, "lstm") == 0 || strcmp(l->spec.cell, "gru") == 0;
}

static void begin_stack(ur_naming *n, const ur_layer *l)
{
    char base[UR_NAME_MAX];
    snprintf(base, sizeof base, "%s",
             is_pytorch(l)                      ? "rnn"
             : strcmp(l->spec.cell, "rnn") == 0 ? "rnn_sigmoid"
                                                : l->spec.cell);
    for (char *c = base; *c; c++)
        if (*c == '-') *c = '_';
    n->stacks++;
    n->depth = 0;
    if (n->stacks == 1)
        snprintf(n->stack_name, sizeof n->stack_name, "%s", base);
    else
        snprintf(n->stack_name, sizeof n->stack_name, "%s%d", base, n->stacks);
}

static bool name_cell(ur_naming *n, ur_layer *l)
{
    if (!goes_on(n, l)) begin_stack(n, l);
    size_t rows = l->recurrent.cell->gates * l->width;
    char what[4][24];
    static const char *const kind[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    for (int i = 0; i < 4; i++) snprintf(what[i], sizeof what[i], "%s_l%d", kind[i], n->depth);
    l->params.w_ih = add(n, n->stack_name, what[0], rows, l->inputs);
    l->params.w_hh = add(n, n->stack_name, what[1], rows, l->width);
    if (!l->params.w_ih || !l->params.w_hh) return false;
    if (!l->spec.nobias) {
        l->params.b_ih = add(n, n->stack_name, what[2], rows, 0);
        l->params.b_hh = add(n, n->stack_name, what[3], rows, 0);
        if (!l->params.b_ih || !l->params.b_hh) return false;
    }
    n->stack = l;
    n->depth++;
    return true;
}

static bool name_dense(ur_naming *n, ur_layer *l, bool ends)
{
    char owner[24] = "out";
    if (!ends) n->denses++;
    if (!ends && n->denses == 1) snprintf(owner, sizeof owner, "dense");
    if (!ends && n->denses > 1) snprintf(owner, sizeof owner, "dense%d", n->denses);
    const ur_param *weight = l->spec.tied ? n->embed : add(n, owner, "weight", l->width, l->inputs);
    const ur_param *bias = weight && !l->spec.nobias ? add(n, owner, "bias", l->width, 0) : NULL;
    if (!weight || (!l->spec.nobias && !bias)) return false;
    l->dense = (ur_dense){
        .inputs = l->inputs, .outputs = l->width, .activation = l->spec.activation, .weight = weight, .bias = bias};
    return true;
}

/* A tied layer gives as many numbers as the embedding has symbols, from as many as it is wide. */
static ur_status check_tied(const ur_naming *n, const ur_layer *l)
{
    if (l->spec.kind != UR_LAYER_DENSE || !l->spec.tied) return UR_OK;
    if (n->embed && n->embed->shape[0] == l->width && n->embed->shape[1] == l->inputs) return UR_OK;
    return ur_fail(n->error, UR_ERR_USAGE,
                   "network line, column %zu: tied needs an embedding of %zu symbols and width %zu in the same line",
                   l->spec.column, l->width, l->inputs);
}

static ur_status name_layer(ur_naming *n, ur_layer *l, bool ends)
{
    bool named = true;
    switch (l->spec.kind) {
    case UR_LAYER_EMBED:
        named = (n->embed = l->embed = add(n, "embed", "weight", l->inputs, l->width)) != NULL;
        break;
    case UR_LAYER_CELL:
        named = name_cell(n, l);
        break;
    case UR_LAYER_DENSE:
        UR_TRY(check_tied(n, l));
        named = name_dense(n, l, ends);
        break;
    default:
        break;
    }
    if (l->spec.kind != UR_LAYER_CELL && l->spec.kind != UR_LAYER_DROPOUT) n->stack = NULL;
    return named ? UR_OK : UR_ERR_USAGE;
}

ur_status ur_name_params(ur_model *m, ur_error *error)
{
    m->params = calloc(4 * m->layer_count + 1, sizeof *m->params);
    if (!m->params) return ur_fail_memory(error, "the parameters' names");
    for (size_t i = 0; i < m->line_count; i++) {
        ur_naming n = {.m = m, .error = error, .line = m->spec.lines[i].name};
        for (size_t k = 0; k < m->lines[i].count; k++)
            UR_TRY(name_layer(&n, &m->layers[m->lines[i].first + k], k + 1 == m->lines[i].count));
    }
    return UR_OK;
}
