/*
 * attend NAME [W]: puts two things side by side: x, the input at a step, and c, a weighted mean of the steps m_i of
 * line NAME. The weights say how well each m_i suits x. (T, B, H) and (S, B′, M) → (T, B, W). W is H if it is not
 * given.
 *
 *   score_i   x · (Q m_i)                general: Luong, Pham and Manning 2015; made as (Qᵀ x) · m_i
 *             x · m_i                    dot, H = M
 *             v · tanh(Q x + b + K m_i)  additive: Bahdanau, Cho and Bengio 2015
 *   c         Σ_i softmax(score)_i m_i
 *   y         tanh(O [c; x])
 *
 * In `additive`, K m depends on m alone, so it is computed once for all steps. The option `feed` is handled by the
 * graph (run_fed in model/graph.c).
 */
#include "layer/kind.h"
#include "tape/operations.h"

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static ur_status resolve_attend(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    size_t given = l->named->width;
    (void)sizes;
    if (l->spec.score == UR_SCORE_DOT && given != l->inputs)
        return ur_fail(
            error, UR_ERR_USAGE,
            "network line, column %zu: \"dot\" needs two equal widths; its input has %zu, line \"%s\" has %zu",
            l->spec.column, l->inputs, l->spec.from, given);
    l->width = l->spec.width ? l->spec.width : l->inputs;
    l->depth = larger(l->inputs + given, l->width);
    return UR_OK;
}

static ur_status name_dense(ur_naming *n, ur_dense *d, const char *owner, size_t outputs, size_t inputs, bool bias)
{
    double spread = 1 / sqrt((double)inputs);
    *d = (ur_dense){.inputs = inputs, .outputs = outputs};
    if (!(d->weight = ur_name_param(n, owner, "weight", outputs, inputs, spread))) return UR_ERR_USAGE;
    if (bias && !(d->bias = ur_name_param(n, owner, "bias", outputs, 0, spread))) return UR_ERR_USAGE;
    return UR_OK;
}

static ur_status name_score(ur_naming *n, ur_layer *l)
{
    ur_attend *a = &l->attend;
    size_t given = l->named->width;
    switch (l->spec.score) {
    case UR_SCORE_DOT:
        return UR_OK;
    case UR_SCORE_GENERAL:
        return name_dense(n, &a->query, "attend.query", given, l->inputs, false);
    case UR_SCORE_ADDITIVE:
        UR_TRY(name_dense(n, &a->query, "attend.query", l->width, l->inputs, true));
        UR_TRY(name_dense(n, &a->key, "attend.key", l->width, given, false));
        a->score = ur_name_param(n, "attend.score", "weight", l->width, 0, 1 / sqrt((double)l->width));
        return a->score ? UR_OK : UR_ERR_USAGE;
    }
    return UR_OK;
}

static ur_status name_attend(ur_naming *n, ur_layer *l)
{
    UR_TRY(name_score(n, l));
    UR_TRY(name_dense(n, &l->attend.out, "attend.out", l->width, l->named->width + l->inputs, false));
    l->attend.out.activation = UR_TANH;
    return UR_OK;
}

static size_t place_attend(ur_layer *l, real *memory, const ur_packing *p)
{
    ur_dense *const parts[] = {&l->attend.query, &l->attend.key, &l->attend.out};
    size_t size = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i]->weight) continue;
        parts[i]->weights = p->weights;
        if (memory) ur_dense_place(parts[i], memory + size, p->training);
        size += ur_dense_packed_size(parts[i], p->training);
    }
    return size;
}

static void pack_attend(ur_layer *l, bool training, ur_turn *turn)
{
    (void)training;
    if (l->attend.query.weight) ur_dense_pack(&l->attend.query, turn);
    if (l->attend.key.weight) ur_dense_pack(&l->attend.key, turn);
    ur_dense_pack(&l->attend.out, turn);
}

static ur_tensor *score(ur_running *r, const ur_layer *l, ur_tensor *x, const ur_sight *sight)
{
    const ur_attend *a = &l->attend;
    if (a->query.weight) x = ur_dense_live_layer(r->tape, &a->query, x, ur_live_places(r));
    if (!a->score) return ur_attend_dots(r->tape, x, r->named, sight);
    if (!r->keys) r->keys = ur_dense_layer(r->tape, &a->key, r->named);
    return ur_attend_sums(r->tape, a->score, x, r->keys, sight);
}

static ur_tensor *run_attend(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    const ur_sight sight = {r->named_lengths, r->lane_of};
    r->looked = ur_attend_shares(r->tape, score(r, l, x, &sight), &sight);
    ur_tensor *c = ur_attend_mean(r->tape, r->looked, r->named, &sight);
    return ur_dense_live_layer(r->tape, &l->attend.out, ur_concat(r->tape, c, x), ur_live_places(r));
}

const ur_layer_kind ur_layer_attend = {.word = "attend",
                                       .most = 1,
                                       .number = {UR_NUMBER_WIDTH},
                                       .options = UR_TAKES_SCORE | UR_TAKES_FEED,
                                       .names = true,
                                       .resolve = resolve_attend,
                                       .name = name_attend,
                                       .place = place_attend,
                                       .pack = pack_attend};
const ur_layer_run ur_layer_run_attend = {.run = run_attend};
