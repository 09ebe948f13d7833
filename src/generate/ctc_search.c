/* See ctc_search.h. Beginnings are nodes of a tree. At each step every kept beginning stays as it is or is extended by
 * a label. */
#include "generate/ctc_search.h"

#include "base/memory.h"
#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct node {
    size_t parent;
    int32_t label;
    size_t beam; /* 1 + its index among the kept beginnings; 0 if it is not kept */
} node;

typedef struct beginning {
    size_t node;
    double blank, label; /* log p of the paths that end in the blank, and of those that end in the beginning's last
                          * label */
    double judged;
} beginning;

/* A beginning of the next step: kept beginning number `from`, extended by the label `grown` or (−1) unchanged. */
typedef struct candidate {
    size_t from;
    int32_t grown;
    double blank, label, judged, score;
} candidate;

typedef struct search {
    const ur_ctc_searching *how;
    size_t outputs, width;
    beginning *kept, *next;
    size_t count;
    candidate *candidate;
    size_t candidates;
    size_t *child; /* (width, labels): 1 + index of the kept beginning that is this one extended by the label; 0 for
                    * none */
    node *tree;
    size_t nodes, tree_room;
    char *own, *own_next; /* data of the judge */
    double *log_p;
} search;

static double add_logs(double a, double b)
{
    double top = a > b ? a : b, low = a > b ? b : a;
    return low > -INFINITY ? top + ur_log(1 + ur_exp(low - top)) : top;
}

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static void *zeros(size_t rows, size_t columns, size_t size)
{
    size_t count = 0, bytes = 0;
    return ur_mul_fits(rows, columns, &count) && ur_mul_fits(count, size, &bytes) ? calloc(count + 1, size) : NULL;
}

static ur_status open_search(search *s, ur_error *error)
{
    size_t own = s->how->judge ? s->how->judge->size : 0;
    s->kept = zeros(s->width, 1, sizeof *s->kept);
    s->next = zeros(s->width, 1, sizeof *s->next);
    s->candidate = zeros(s->width, s->outputs, sizeof *s->candidate);
    s->child = zeros(s->width, s->outputs, sizeof *s->child);
    s->own = zeros(s->width, own, 1);
    s->own_next = zeros(s->width, own, 1);
    s->log_p = zeros(s->outputs, 1, sizeof *s->log_p);
    bool all = s->kept && s->next && s->candidate && s->child && s->own && s->own_next && s->log_p;
    return all ? UR_OK : ur_fail_memory(error, "a search");
}

static void close_search(search *s)
{
    void *rooms[] = {s->kept, s->next, s->candidate, s->child, s->tree, s->own, s->own_next, s->log_p};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) free(rooms[i]);
}

static ur_status add_node(search *s, size_t parent, int32_t label, ur_error *error)
{
    if (s->nodes == s->tree_room) {
        size_t room = s->tree_room ? 2 * s->tree_room : 256, bytes;
        node *grown = ur_mul_fits(room, sizeof *grown, &bytes) ? realloc(s->tree, bytes) : NULL;
        if (!grown) return ur_fail_memory(error, "a search");
        s->tree = grown;
        s->tree_room = room;
    }
    s->tree[s->nodes++] = (node){parent, label, 0};
    return UR_OK;
}

/* ---- A step --------------------------------------------------------------------------------------------------------- */

static void *own_of(const search *s, char *all, size_t i)
{
    return s->how->judge ? all + i * s->how->judge->size : NULL;
}

static void normalise(search *s, const ur_real *x)
{
    double top = (double)x[0], sum = 0;
    for (size_t k = 1; k < s->outputs; k++) top = (double)x[k] > top ? (double)x[k] : top;
    for (size_t k = 0; k < s->outputs; k++) sum += ur_exp((double)x[k] - top);
    for (size_t k = 0; k < s->outputs; k++) s->log_p[k] = (double)x[k] - top - ur_log(sum);
}

static void add_candidate(search *s, candidate c)
{
    c.score = add_logs(c.blank, c.label) + c.judged;
    if (c.score > -INFINITY) s->candidate[s->candidates++] = c;
}

/* log p of the paths of kept beginning i that the label extends. If the label equals the last one, a blank must be
 * between them. */
static double grow_by(const search *s, size_t i, size_t label)
{
    const beginning *b = &s->kept[i];
    bool again = s->tree[b->node].label == (int32_t)label;
    return s->log_p[label] + (again ? b->blank : add_logs(b->blank, b->label));
}

/* Adds beginning i unchanged. If the beginning without its last label is kept too, the paths that extend that one to
 * this one are added. */
static void let_stay(search *s, size_t i)
{
    const beginning *b = &s->kept[i];
    const node *n = &s->tree[b->node];
    candidate c = {.from = i, .grown = -1, .label = -INFINITY, .judged = b->judged};
    c.blank = s->log_p[s->outputs - 1] + add_logs(b->blank, b->label);
    if (n->label >= 0) {
        size_t before = s->tree[n->parent].beam;
        c.label = s->log_p[n->label] + b->label;
        if (before) c.label = add_logs(c.label, grow_by(s, before - 1, (size_t)n->label));
    }
    add_candidate(s, c);
}

static void let_grow(search *s, size_t i)
{
    const ur_ctc_judge *judge = s->how->judge;
    for (size_t k = 0; k + 1 < s->outputs; k++) {
        if (s->child[i * s->outputs + k] || s->log_p[k] < s->how->least) continue;
        candidate c = {i, (int32_t)k, -INFINITY, grow_by(s, i, k), s->kept[i].judged, 0};
        if (!(c.label > -INFINITY)) continue;
        if (judge) c.judged += judge->score(judge->context, own_of(s, s->own, i), (int32_t)k);
        add_candidate(s, c);
    }
}

/* Marks the kept beginnings that are extensions of other kept ones, or removes the marks. */
static void mark_children(search *s, bool mark)
{
    for (size_t j = 0; j < s->count; j++) {
        const node *n = &s->tree[s->kept[j].node];
        size_t before = n->label < 0 ? 0 : s->tree[n->parent].beam;
        if (before) s->child[(before - 1) * s->outputs + (size_t)n->label] = mark ? j + 1 : 0;
    }
}

/* Sorts by score, best first. Equal candidates are sorted by the order in which they were made. */
static int compare(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->score > y->score || x->score < y->score) return x->score > y->score ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->grown < y->grown ? -1 : x->grown > y->grown;
}

static ur_status keep(search *s, const candidate *c, size_t place, ur_error *error)
{
    const ur_ctc_judge *judge = s->how->judge;
    size_t at = s->kept[c->from].node;
    void *own = own_of(s, s->own, c->from), *own_next = own_of(s, s->own_next, place);
    if (c->grown >= 0) UR_TRY(add_node(s, at, c->grown, error));
    s->next[place] = (beginning){c->grown < 0 ? at : s->nodes - 1, c->blank, c->label, c->judged};
    if (judge && c->grown < 0) memcpy(own_next, own, judge->size);
    if (judge && c->grown >= 0) judge->move(judge->context, own, c->grown, own_next);
    return UR_OK;
}

static ur_status keep_best(search *s, ur_error *error)
{
    qsort(s->candidate, s->candidates, sizeof *s->candidate, compare);
    size_t count = s->candidates < s->width ? s->candidates : s->width;
    for (size_t i = 0; i < count; i++) UR_TRY(keep(s, &s->candidate[i], i, error));
    for (size_t i = 0; i < s->count; i++) s->tree[s->kept[i].node].beam = 0;
    for (size_t i = 0; i < count; i++) s->tree[s->next[i].node].beam = i + 1;
    beginning *kept = s->next;
    char *own = s->own_next;
    s->next = s->kept;
    s->kept = kept;
    s->own_next = s->own;
    s->own = own;
    s->count = count;
    return UR_OK;
}

static ur_status step(search *s, const ur_real *x, ur_error *error)
{
    normalise(s, x);
    s->candidates = 0;
    mark_children(s, true);
    for (size_t i = 0; i < s->count; i++) {
        let_stay(s, i);
        let_grow(s, i);
    }
    mark_children(s, false);
    if (s->candidates) return keep_best(s, error);
    return ur_fail(error, UR_ERR_NUMERIC, "the search has no text left: the network's outputs are not finite");
}

/* ---- The search ------------------------------------------------------------------------------------------------ */

static ur_status begin(search *s, ur_error *error)
{
    const ur_ctc_judge *judge = s->how->judge;
    UR_TRY(open_search(s, error));
    UR_TRY(add_node(s, 0, -1, error));
    s->kept[0] = (beginning){0, 0, -INFINITY, 0};
    s->tree[0].beam = s->count = 1;
    if (judge) judge->begin(judge->context, s->own);
    return UR_OK;
}

static size_t find_best(const search *s, double *score)
{
    const ur_ctc_judge *judge = s->how->judge;
    size_t best = 0;
    *score = -INFINITY;
    for (size_t i = 0; i < s->count; i++) {
        double own = add_logs(s->kept[i].blank, s->kept[i].label) + s->kept[i].judged;
        if (judge) own += judge->end(judge->context, own_of(s, s->own, i));
        if (!(own > *score)) continue;
        *score = own;
        best = i;
    }
    return best;
}

static size_t read_text(const search *s, size_t at, int32_t *labels)
{
    size_t count = 0;
    for (size_t n = at; s->tree[n].label >= 0; n = s->tree[n].parent) count++;
    for (size_t n = at, i = count; i > 0; n = s->tree[n].parent) labels[--i] = s->tree[n].label;
    return count;
}

ur_status ur_ctc_search(const ur_ctc_searching *how, const ur_real *x, size_t outputs, size_t stride, size_t steps,
                        int32_t *labels, size_t *count, double *score, ur_error *error)
{
    search s = {.how = how, .outputs = outputs, .width = how->width ? how->width : 1};
    ur_status status = begin(&s, error);
    for (size_t t = 0; status == UR_OK && t < steps; t++) status = step(&s, x + t * stride, error);
    if (status == UR_OK) *count = read_text(&s, s.kept[find_best(&s, score)].node, labels);
    close_search(&s);
    return status;
}
