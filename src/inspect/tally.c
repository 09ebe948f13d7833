/* See tally.h. */
#include "inspect/tally.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct ur_tally {
    size_t cells, predicates, yes, numbers, places;
    size_t number[UR_TALLY_NUMBERS]; /* indices of the predicates that are numbers */
    size_t *slot;                    /* (predicates): index of each among those of its kind, … */
    bool *counts;                    /* … and its kind: true for a number */
    bool settled;
    float *middle, *steep;  /* (cells): bins are equally wide in z / (1 + |z|), z = (value − middle)·steep */
    uint32_t *histogram;    /* (2, 1 + yes, cells, 256): of all places, then of those where each predicate holds */
    double *sum;            /* (2, 2 + numbers, cells): Σx, Σx², Σxy */
    uint64_t count[2];      /* number of places */
    double *total, *square; /* (2, predicates): sums and sums of squares */
    uint32_t *list;         /* (2, 1 + yes, places): all places that count, then those of each predicate; see `rarer` */
    size_t *length;         /* (2, 1 + yes): lengths of these lists */
    bool *rarer;            /* (2, 1 + yes): the list has the places where the predicate does not hold */
    const ur_tally_chunk *chunk; /* the chunk that is being added */
    unsigned char *bins;         /* (threads, places, 16): bins of a block of cells */
    size_t members;
};

/* ---- Memory ------------------------------------------------------------------------------------------------------- */

void ur_tally_free(ur_tally *t)
{
    if (!t) return;
    void *blocks[] = {t->slot,  t->counts, t->middle, t->steep,  t->histogram, t->sum,
                      t->total, t->square, t->list,   t->length, t->rarer,     t->bins};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) ur_block_free(blocks[i]);
    free(t);
}

/* Allocates *block. A size that overflows counts as lack of memory. */
static bool make(void *block_, size_t a, size_t b, size_t c, size_t size)
{
    void **block = block_;
    size_t count;
    if (!ur_mul_fits(a, b, &count) || !ur_mul_fits(count, c, &count)) count = SIZE_MAX;
    *block = ur_block_alloc(count, size);
    return *block != NULL;
}

static bool make_all(ur_tally *t)
{
    size_t lists = 1 + t->yes;
    return make(&t->middle, t->cells, 1, 1, sizeof *t->middle) && make(&t->steep, t->cells, 1, 1, sizeof *t->steep) &&
           make(&t->histogram, 2 * t->cells, lists, UR_TALLY_BINS, sizeof *t->histogram) &&
           make(&t->sum, 2 * t->cells, 2 + t->numbers, 1, sizeof *t->sum) &&
           make(&t->total, 2, t->predicates, 1, sizeof *t->total) &&
           make(&t->square, 2, t->predicates, 1, sizeof *t->square) &&
           make(&t->list, 2 * lists, t->places, 1, sizeof *t->list) &&
           make(&t->length, 2, lists, 1, sizeof *t->length) && make(&t->rarer, 2, lists, 1, sizeof *t->rarer);
}

static bool sort_kinds(ur_tally *t, const bool *counts)
{
    if (!make(&t->slot, t->predicates, 1, 1, sizeof *t->slot)) return false;
    if (!make(&t->counts, t->predicates, 1, 1, sizeof *t->counts)) return false;
    for (size_t p = 0; p < t->predicates; p++) {
        t->counts[p] = counts[p];
        t->slot[p] = counts[p] ? t->numbers++ : t->yes++;
        if (counts[p] && t->numbers <= UR_TALLY_NUMBERS) t->number[t->slot[p]] = p;
    }
    return t->numbers <= UR_TALLY_NUMBERS;
}

ur_status ur_tally_create(ur_tally **tally, size_t cells, const bool *counts, size_t predicates, size_t places,
                          ur_error *error)
{
    ur_tally *t = *tally = calloc(1, sizeof *t);
    if (!t) return ur_fail_memory(error, "the scores");
    t->cells = cells;
    t->predicates = predicates;
    t->places = places;
    if (sort_kinds(t, counts) && make_all(t)) return UR_OK;
    ur_tally_free(t);
    *tally = NULL;
    return ur_fail_memory(error, "the scores");
}

static uint32_t *histogram_of(const ur_tally *t, int half, size_t list, size_t cell)
{
    return t->histogram + (((size_t)half * (1 + t->yes) + list) * t->cells + cell) * UR_TALLY_BINS;
}

static double *sum_of(const ur_tally *t, int half, size_t which, size_t cell)
{
    return t->sum + ((size_t)half * (2 + t->numbers) + which) * t->cells + cell;
}

static const float *truth_of(const ur_tally_chunk *c, size_t predicate) { return c->truth + predicate * c->places; }

/* ---- Places by predicate ------------------------------------------------------------------------------------------ */

static void list_places(ur_tally *t, const ur_tally_chunk *c, int half)
{
    size_t at = (size_t)half * (1 + t->yes), length = 0;
    for (size_t m = 0; m < c->places; m++)
        if (c->half[m] == half) t->list[at * t->places + length++] = (uint32_t)m;
    t->length[at] = length;
    t->count[half] += length;
}

/* Lists the places of a half where the predicate holds or, if these are fewer, those where it does not. */
static void list_truth(ur_tally *t, const ur_tally_chunk *c, int half, size_t predicate)
{
    size_t everywhere = (size_t)half * (1 + t->yes), at = everywhere + 1 + t->slot[predicate], holds = 0, length = 0;
    const uint32_t *places = t->list + everywhere * t->places;
    const float *truth = truth_of(c, predicate);
    for (size_t i = 0; i < t->length[everywhere]; i++) holds += truth[places[i]] > 0;
    t->rarer[at] = holds > t->length[everywhere] / 2;
    for (size_t i = 0; i < t->length[everywhere]; i++)
        if ((truth[places[i]] > 0) != t->rarer[at]) t->list[at * t->places + length++] = places[i];
    t->length[at] = length;
    t->total[(size_t)half * t->predicates + predicate] += (double)holds;
}

static void total_number(ur_tally *t, const ur_tally_chunk *c, int half, size_t predicate)
{
    size_t everywhere = (size_t)half * (1 + t->yes), at = (size_t)half * t->predicates + predicate;
    const uint32_t *places = t->list + everywhere * t->places;
    const float *truth = truth_of(c, predicate);
    for (size_t i = 0; i < t->length[everywhere]; i++) {
        double y = truth[places[i]];
        t->total[at] += y;
        t->square[at] += y * y;
    }
}

static void list_all(ur_tally *t, const ur_tally_chunk *c)
{
    for (int half = 0; half < 2; half++) {
        list_places(t, c, half);
        for (size_t p = 0; p < t->predicates; p++) (t->counts[p] ? total_number : list_truth)(t, c, half, p);
    }
}

/* ---- A block of cells --------------------------------------------------------------------------------------------- */

/* Up to 16 adjacent cells of one layer. */
typedef struct ur_tally_block {
    const ur_tally_layer *layer;
    size_t unit, cell, width; /* index of the first cell in the layer, and among all cells; number of cells */
    unsigned char *bins;      /* (places, 16) */
    float middle[UR_LANES], steep[UR_LANES];
} ur_tally_block;

static const real *values_at(const ur_tally_block *b, size_t place)
{
    return b->layer->value + place * b->layer->row + b->unit;
}

static void settle(ur_tally *t, const ur_tally_chunk *c, const ur_tally_block *b)
{
    for (size_t i = 0; i < b->width; i++) {
        double sum = 0, squares = 0, places = (double)c->places;
        for (size_t m = 0; m < c->places; m++) sum += (double)values_at(b, m)[i];
        for (size_t m = 0; m < c->places; m++) {
            double off = (double)values_at(b, m)[i] - sum / places;
            squares += off * off;
        }
        t->middle[b->cell + i] = (float)(sum / places);
        t->steep[b->cell + i] = squares > 0 ? (float)(1 / sqrt(squares / places)) : 0;
    }
}

/* Sorts values into bins. Bins keep the order of the values, and the area under the curve needs no more. */
static void sort_into_bins(const ur_tally_chunk *c, const ur_tally_block *b)
{
    for (size_t m = 0; m < c->places; m++) {
        float x[UR_LANES] = {0};
        const real *value = values_at(b, m);
        for (size_t i = 0; i < b->width; i++) x[i] = (float)value[i];
        for (size_t i = 0; i < UR_LANES; i++) {
            float z = (x[i] - b->middle[i]) * b->steep[i];
            float bin = 128 + 127.5f * (z / (1 + fabsf(z)));
            x[i] = bin > 0 ? bin : 0; /* NaN goes to the first bin */
        }
        for (size_t i = 0; i < UR_LANES; i++) b->bins[m * UR_LANES + i] = (unsigned char)(int)x[i];
    }
}

/* Adds `step` (1, or −1 as an unsigned number) to the bins of all cells at the places of a list. */
static void count_list(const ur_tally *t, const ur_tally_block *b, size_t at, uint32_t step, uint32_t *histogram)
{
    const uint32_t *places = t->list + at * t->places;
    for (size_t k = 0; k < t->length[at]; k++) {
        const unsigned char *bin = b->bins + places[k] * (size_t)UR_LANES;
        for (size_t i = 0; i < b->width; i++) histogram[i * UR_TALLY_BINS + bin[i]] += step;
    }
}

/* Counts all places. For a list of the places where a predicate does not hold, adds all places and subtracts those of
 * the list. */
static void count_half(ur_tally *t, const ur_tally_block *b, int half)
{
    uint32_t here[UR_LANES * UR_TALLY_BINS] = {0};
    size_t everywhere = (size_t)half * (1 + t->yes);
    count_list(t, b, everywhere, 1, here);
    for (size_t list = 0; list <= t->yes; list++) {
        uint32_t *histogram = histogram_of(t, half, list, b->cell);
        bool rarer = t->rarer[everywhere + list];
        for (size_t i = 0; (list == 0 || rarer) && i < b->width * UR_TALLY_BINS; i++) histogram[i] += here[i];
        if (list > 0) count_list(t, b, everywhere + list, rarer ? UINT32_MAX : 1, histogram);
    }
}

static void add_sums(ur_tally *t, const ur_tally_chunk *c, const ur_tally_block *b)
{
    double sum[2][2 + UR_TALLY_NUMBERS][UR_LANES] = {0};
    for (size_t m = 0; m < c->places; m++) {
        if (c->half[m] == UR_TALLY_SKIP) continue;
        double x[UR_LANES] = {0};
        const real *value = values_at(b, m);
        for (size_t i = 0; i < b->width; i++) x[i] = (double)value[i];
        double(*into)[UR_LANES] = sum[c->half[m]];
        for (size_t i = 0; i < UR_LANES; i++) into[0][i] += x[i];
        for (size_t i = 0; i < UR_LANES; i++) into[1][i] += x[i] * x[i];
        for (size_t k = 0; k < t->numbers; k++) {
            double y = (double)truth_of(c, t->number[k])[m];
            for (size_t i = 0; i < UR_LANES; i++) into[2 + k][i] += x[i] * y;
        }
    }
    for (int half = 0; half < 2; half++)
        for (size_t which = 0; which < 2 + t->numbers; which++)
            for (size_t i = 0; i < b->width; i++) sum_of(t, half, which, b->cell)[i] += sum[half][which][i];
}

static void add_block(ur_tally *t, const ur_tally_chunk *c, ur_tally_block *b)
{
    if (!t->settled) settle(t, c, b);
    memcpy(b->middle, t->middle + b->cell, b->width * sizeof *b->middle);
    memcpy(b->steep, t->steep + b->cell, b->width * sizeof *b->steep);
    sort_into_bins(c, b);
    for (int half = 0; half < 2; half++) count_half(t, b, half);
    if (t->numbers) add_sums(t, c, b);
}

/* ---- All cells ---------------------------------------------------------------------------------------------------- */

/* Each thread has cells of its own, so that each sum is always added up in the same order. */
static void add_share(void *context, size_t member, size_t members)
{
    ur_tally *t = context;
    const ur_tally_chunk *c = t->chunk;
    ur_tally_block b = {.bins = t->bins + member * UR_LANES * t->places};
    size_t block = 0;
    for (size_t l = 0; l < c->layer_count; l++) {
        b.layer = &c->layers[l];
        for (b.unit = 0; b.unit < b.layer->units; b.unit += b.width, b.cell += b.width) {
            b.width = b.layer->units - b.unit < UR_LANES ? b.layer->units - b.unit : UR_LANES;
            if (block++ % members == member) add_block(t, c, &b);
        }
    }
}

ur_status ur_tally_add(ur_tally *t, const ur_tally_chunk *chunk, ur_pool *pool, ur_error *error)
{
    size_t members = ur_pool_threads(pool);
    if (t->members < members) {
        ur_block_free(t->bins);
        if (!make(&t->bins, members, UR_LANES, t->places, 1)) return ur_fail_memory(error, "the scores");
        t->members = members;
    }
    if (t->count[0] + t->count[1] > UINT32_MAX - chunk->places)
        return ur_fail(error, UR_ERR_DATA, "the text has more than %lu places; choose a part of it",
                       (unsigned long)UINT32_MAX);
    t->chunk = chunk;
    list_all(t, chunk);
    ur_pool_run(pool, add_share, t);
    t->settled = true;
    return UR_OK;
}

/* ---- Scores ------------------------------------------------------------------------------------------------------- */

uint64_t ur_tally_places(const ur_tally *t, int half) { return t->count[half]; }

double ur_tally_total(const ur_tally *t, int half, size_t predicate)
{
    return t->total[(size_t)half * t->predicates + predicate];
}

double ur_tally_variance(const ur_tally *t, int half, size_t predicate)
{
    double n = (double)t->count[half], mean = ur_tally_total(t, half, predicate) / n;
    return t->square[(size_t)half * t->predicates + predicate] / n - mean * mean;
}

static double area(const ur_tally *t, int half, size_t slot, size_t cell)
{
    const uint32_t *all = histogram_of(t, half, 0, cell), *holds = histogram_of(t, half, 1 + slot, cell);
    double above = 0, below = 0, yes = 0;
    for (size_t bin = 0; bin < UR_TALLY_BINS; bin++) {
        double no = (double)(all[bin] - holds[bin]);
        above += (double)holds[bin] * (below + no / 2);
        below += no;
        yes += (double)holds[bin];
    }
    return yes > 0 && below > 0 ? above / yes / below : NAN;
}

static double correlation(const ur_tally *t, int half, size_t predicate, size_t cell)
{
    double n = (double)t->count[half], y = ur_tally_total(t, half, predicate) / n;
    double x = *sum_of(t, half, 0, cell) / n, squares = *sum_of(t, half, 1, cell) / n;
    double x_varies = squares - x * x, y_varies = ur_tally_variance(t, half, predicate);
    bool varies = x_varies > 1e-12 * squares && y_varies > 0; /* by more than rounding errors */
    double together = *sum_of(t, half, 2 + t->slot[predicate], cell) / n - x * y;
    return varies ? together / sqrt(x_varies * y_varies) : NAN;
}

double ur_tally_score(const ur_tally *t, int half, size_t predicate, size_t cell)
{
    return t->counts[predicate] ? correlation(t, half, predicate, cell) : area(t, half, t->slot[predicate], cell);
}
