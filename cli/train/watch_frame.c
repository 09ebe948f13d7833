/* Writes the view of --watch: two lines at the top, then as many of the other parts as fit the terminal. */
#include "cli/train/watch.h"

#include "cli/report/chart.h"
#include "cli/support/glyphs.h"
#include "cli/train/progress.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum { HEAD_ROWS = 2, CHART_ROWS_LEAST = 6, CHART_AROUND = 3, COLUMNS_LEAST = 34, TITLE_ROWS = 1 };

/* Number of lines of each part; 0 if it does not fit. */
typedef struct plan {
    size_t chart, norm, reach, gates, sample;
} plan;

/* Writes one line, cut or padded to one column less than the width. The last column stays free, so that no terminal
 * wraps the line. */
static void put_line(FILE *file, const char *text, size_t columns)
{
    ur_cli_print_padded(file, text, columns - 1);
    fputc('\n', file);
}

/* ---- Head -------------------------------------------------------------------------------------------------------- */

static void put_head(FILE *file, const ur_cli_watch *w, size_t columns)
{
    const ur_event *e = &w->event;
    char line[UR_CLI_FACTS_MAX], more[UR_CLI_FACTS_MAX];
    ur_cli_progress_facts(w->plan.counts, e, line);
    put_line(file, line, columns);
    int used = snprintf(more, sizeof more, "pass %.2f  rate %.3g  norm %.3g", e->epoch, e->rate, e->gradient_norm);
    if (isfinite(e->best)) used += snprintf(more + used, sizeof more - (size_t)used, "  best validation %.4f", e->best);
    snprintf(more + used, sizeof more - (size_t)used, "  %.200s", w->folder);
    put_line(file, more, columns);
}

/* ---- Loss -------------------------------------------------------------------------------------------------------- */

static void put_losses(FILE *file, const ur_cli_watch *w, size_t columns, size_t rows)
{
    const ur_cli_series series[] = {
        {.x = w->learning.x, .y = w->learning.y[0], .count = w->learning.count},
        {.x = w->validation.x, .y = w->validation.y[0], .count = w->validation.count},
    };
    bool both = w->validation.count > 0;
    ur_cli_chart chart = {
        .title = both ? "loss: A smoothed, B validation" : "loss, smoothed", .series = series, .count = both ? 2 : 1};
    ur_cli_chart_coloured(file, ur_cli_terminal_colours(stderr), &chart, columns - 1, rows);
}

/* ---- The gradient's norm ----------------------------------------------------------------------------------------- */

/* The largest value among the points that fall into a column, or NaN if there are none. */
static double column_of(const ur_cli_history *h, size_t column, size_t columns)
{
    size_t begin = h->count <= columns ? column : column * h->count / columns;
    size_t end = h->count <= columns ? column + 1 : (column + 1) * h->count / columns;
    double most = NAN;
    for (size_t i = begin; i < end && i < h->count; i++)
        if (h->y[1][i] > 0) most = fmax(most, h->y[1][i]);
    return most;
}

/* Writes one character of a bar whose height is given in eighths of a row. */
static void put_block(FILE *file, double height, size_t row_from_below)
{
    double here = height - 8 * (double)row_from_below;
    unsigned char bytes[UR_UTF8_MAX];
    if (!(here >= 1)) {
        fputc(' ', file);
        return;
    }
    uint32_t eighths = here > 8 ? 8 : (uint32_t)here;
    fwrite(bytes, 1, (size_t)ur_utf8_encode(0x2580 + eighths, bytes), file);
}

/* Draws the gradient norm on a logarithmic axis, because large norms show by their ratio to the usual ones. */
static void put_norms(FILE *file, const ur_cli_watch *w, size_t columns, size_t rows)
{
    const ur_cli_history *h = &w->learning;
    double least = INFINITY, most = 0;
    char title[128];
    for (size_t i = 0; i < h->count; i++)
        if (h->y[1][i] > 0) least = fmin(least, h->y[1][i]), most = fmax(most, h->y[1][i]);
    snprintf(title, sizeof title, "gradient norm, logarithmic, through the updates: %.3g to %.3g", most > 0 ? least : 0,
             most);
    put_line(file, title, columns);
    double span = most > least ? log(most / least) : 1;
    for (size_t row = rows; row-- > 0;) {
        for (size_t k = 0; k + 1 < columns; k++) {
            double norm = column_of(h, k, columns - 1);
            put_block(file, 1 + log(norm / least) / span * (8 * (double)rows - 1), row);
        }
        fputc('\n', file);
    }
}

/* ---- The gradient back through time ------------------------------------------------------------------------------- */

static void find_range(const ur_cli_watch *w, double *least, double *most)
{
    *least = INFINITY;
    *most = -INFINITY;
    for (size_t l = 0; l < w->layers; l++)
        for (size_t k = 0; k <= UR_CLI_WATCH_STEPS_BACK; k++) {
            *least = fmin(*least, w->reach[l][k]);
            *most = fmax(*most, w->reach[l][k]);
        }
}

/* Writes "-0.4 at k=0, …". A gradient that is 0 at all places becomes "none". */
static int put_powers(char *line, size_t size, const double reach[UR_CLI_WATCH_STEPS_BACK + 1])
{
    static const size_t shown[] = {0, 10, UR_CLI_WATCH_STEPS_BACK};
    int used = 0;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        char power[32] = "none";
        if (!isnan(reach[shown[i]])) snprintf(power, sizeof power, "%.1f", reach[shown[i]]);
        const char *form = i ? ", %s at %zu" : "%s at k=%zu";
        used += snprintf(line + used, size - (size_t)used, form, power, shown[i]);
    }
    return used;
}

/* Writes a line for each layer: some powers of ten, and a block for each step for which there is space. */
static void put_reach(FILE *file, const ur_cli_watch *w, size_t columns)
{
    double least, most;
    find_range(w, &least, &most);
    for (size_t l = 0; l < w->layers; l++) {
        char line[192];
        int used = snprintf(line, sizeof line, "gradient k steps back, log10, layer %zu: ", l + 1);
        used += put_powers(line + used, sizeof line - (size_t)used, w->reach[l]);
        size_t wide = (size_t)used + 2, blocks = columns > wide + 2 ? columns - 1 - wide : 0;
        ur_cli_print_padded(file, line, blocks ? wide : columns - 1);
        for (size_t i = 0; i < blocks; i++) {
            double power = w->reach[l][i * UR_CLI_WATCH_STEPS_BACK / (blocks - 1)];
            put_block(file, 1 + (power - least) / (most - least) * 7, 0);
        }
        fputc('\n', file);
    }
}

/* ---- Gates ------------------------------------------------------------------------------------------------------- */

static size_t layers_with_gates(const ur_cli_watch *w)
{
    size_t layers = 0;
    for (size_t i = 0; i < w->gate_count; i++) layers += i == 0 || w->gates[i].layer != w->gates[i - 1].layer;
    return layers;
}

static void put_gates(FILE *file, const ur_cli_watch *w, size_t columns, size_t rows)
{
    size_t i = 0;
    for (size_t row = 0; row < rows && i < w->gate_count; row++) {
        char line[256];
        size_t layer = w->gates[i].layer;
        int used = snprintf(line, sizeof line, "gates open|shut %%, layer %zu", layer + 1);
        for (; i < w->gate_count && w->gates[i].layer == layer; i++)
            if (used > 0 && (size_t)used < sizeof line)
                used += snprintf(line + used, sizeof line - (size_t)used, "   %s %.0f|%.0f", w->gates[i].name,
                                 100 * w->gates[i].open, 100 * w->gates[i].shut);
        put_line(file, line, columns);
    }
}

/* ---- Sample ------------------------------------------------------------------------------------------------------ */

/* The end of the first line that takes at most `columns`. *next is the beginning of the following line. */
static size_t line_end(const char *text, size_t size, size_t columns, size_t *next)
{
    size_t at = 0, used = 0;
    while (at < size && text[at] != '\n') {
        uint32_t code = 0;
        int bytes = ur_utf8_decode((const unsigned char *)text + at, size - at, &code);
        size_t wide = bytes > 0 ? ur_cli_columns_of(code) : 1;
        if (used + wide > columns) break;
        used += wide;
        at += bytes > 0 ? (size_t)bytes : 1;
    }
    *next = at + (at < size && text[at] == '\n');
    return at;
}

static void put_sample(FILE *file, const ur_cli_watch *w, size_t columns, size_t rows)
{
    char title[96];
    snprintf(title, sizeof title, "---- sample after %llu steps, loss %.4f ----", (unsigned long long)w->sampled.step,
             w->sampled.smooth);
    put_line(file, title, columns);
    for (size_t at = 0, row = 0; at < w->sample_size && row < rows; row++) {
        size_t next, length = line_end(w->sample + at, w->sample_size - at, columns - 1, &next);
        for (size_t i = 0; i < length; i++) fputc(w->sample[at + i] == '\t' ? ' ' : w->sample[at + i], file);
        fputc('\n', file);
        at += next;
        if (next == 0) break;
    }
}

/* ---- The whole view ---------------------------------------------------------------------------------------------- */

/* Takes `wanted` rows if the chart then keeps at least its minimum, else none. */
static size_t take(size_t *left, size_t wanted)
{
    if (*left < wanted + CHART_AROUND + CHART_ROWS_LEAST) return 0;
    *left -= wanted;
    return wanted;
}

static plan plan_rows(const ur_cli_watch *w, size_t rows)
{
    size_t left = rows > HEAD_ROWS ? rows - HEAD_ROWS : 0;
    plan p = {0};
    p.norm = take(&left, rows >= 32 ? 4 : 2);
    p.gates = take(&left, layers_with_gates(w));
    p.reach = take(&left, w->layers);
    if (w->sample) {
        p.sample = take(&left, rows / 4 + TITLE_ROWS);
        if (!p.sample) p.sample = take(&left, 2 + TITLE_ROWS);
    }
    p.chart = left >= CHART_AROUND + CHART_ROWS_LEAST ? left - CHART_AROUND : 0;
    return p;
}

void ur_cli_watch_frame(FILE *file, const ur_cli_watch *w, size_t columns, size_t rows)
{
    plan p = columns >= COLUMNS_LEAST ? plan_rows(w, rows) : (plan){0};
    put_head(file, w, columns);
    if (p.chart && w->learning.count) put_losses(file, w, columns, p.chart);
    if (p.norm && w->learning.count) put_norms(file, w, columns, p.norm - TITLE_ROWS);
    if (p.reach) put_reach(file, w, columns);
    if (p.gates) put_gates(file, w, columns, p.gates);
    if (p.sample) put_sample(file, w, columns, p.sample - TITLE_ROWS);
}
