/* The page of unroll inspect gradient. */
#include "cli/inspect/gradient.h"

#include "cli/report/chart.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MOST = 24 };

/* ---- tables ------------------------------------------------------------------------------------------------------- */

static void table_row(FILE *out, const char *name, const double *ln, size_t steps)
{
    size_t shown[UR_CLI_SHOWN_MOST], count = ur_cli_shown_steps(steps, shown);
    if (!ln) return;
    fprintf(out, "<tr><td%s>", strlen(name) < 26 ? " style=\"white-space:nowrap\"" : "");
    ur_cli_html_text(out, name, strlen(name));
    fputs("</td>", out);
    for (size_t i = 0; i < count; i++) {
        double value = ur_cli_log10_of(ln[shown[i]]);
        if (isfinite(value))
            fprintf(out, "<td class=\"n\">%s%.2f</td>", value < 0 ? "\xE2\x88\x92" : "", fabs(value));
        else
            fputs("<td class=\"n\">\xE2\x80\x93</td>", out);
    }
    fputs("</tr>\n", out);
}

static void table_head(FILE *out, size_t steps)
{
    size_t shown[UR_CLI_SHOWN_MOST], count = ur_cli_shown_steps(steps, shown);
    fputs("<table><tr><th>log10 at k</th>", out);
    for (size_t i = 0; i < count; i++) fprintf(out, "<th class=\"n\">%zu</th>", shown[i]);
    fputs("</tr>\n", out);
}

static void layer_table(FILE *out, const ur_flow_layer *l)
{
    table_head(out, l->steps);
    table_row(out, "gradient of h", l->h, l->steps);
    table_row(out, "gradient of c", l->c, l->steps);
    table_row(out, "c by the \"+\" alone", l->plus, l->steps);
    table_row(out, "step: gates' slopes", l->slopes, l->steps);
    table_row(out, "step: W_hh", l->recurrent, l->steps);
    table_row(out, l->c ? "step: kept of c" : "step: kept of h", l->kept, l->steps);
    table_row(out, "Jacobians, \xCF\x83\xE2\x82\x81", l->jacobian, l->steps);
    fputs("</table>\n", out);
}

static void many_table(FILE *out, const ur_cli_subjects *all)
{
    char title[UR_CLI_WORDS];
    table_head(out, all->steps);
    for (size_t i = 0; i < all->count; i++)
        for (size_t layer = 0; layer < all->list[i].layers; layer++) {
            const ur_flow_layer *l = &all->list[i].layer[layer];
            ur_cli_subject_title(&all->list[i], layer, title);
            table_row(out, title, l->h, l->steps);
            table_row(out, "\xE2\x80\x83its memory c", l->c, l->steps);
        }
    fputs("</table>\n", out);
}

/* ---- charts ------------------------------------------------------------------------------------------------------- */

/* Series under construction. Each owns the memory of its x and y. */
typedef struct plot {
    ur_cli_series series[SERIES_MOST];
    char names[SERIES_MOST][UR_CLI_WORDS];
    size_t count;
    bool failed;
} plot;

static void plot_add(plot *p, const char *name, const double *y, size_t count, double (*of)(double))
{
    if (!y || p->count == SERIES_MOST) return;
    double *x = calloc(2 * count, sizeof *x);
    if (!x) {
        p->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)i;
        x[count + i] = of ? of(y[i]) : y[i];
    }
    snprintf(p->names[p->count], UR_CLI_WORDS, "%s", name);
    p->series[p->count] = (ur_cli_series){.name = p->names[p->count], .x = x, .y = x + count, .count = count};
    p->count++;
}

static ur_status plot_end(plot *p, FILE *out, const char *title, const char *x, const char *y, ur_error *error)
{
    ur_cli_chart chart = {.title = title, .x_label = x, .y_label = y, .series = p->series, .count = p->count};
    bool failed = p->failed;
    if (!failed && p->count) ur_cli_chart_svg(out, &chart);
    for (size_t i = 0; i < p->count; i++) free((void *)(uintptr_t)p->series[i].x);
    free(p);
    return failed ? ur_fail_memory(error, "the page") : UR_OK;
}

static ur_status parts_chart(FILE *out, const ur_flow_layer *l, ur_error *error)
{
    plot *p = calloc(1, sizeof *p);
    if (!p) return ur_fail_memory(error, "the page");
    plot_add(p, "gates' slopes", l->slopes, l->steps + 1, exp);
    plot_add(p, "W_hh", l->recurrent, l->steps + 1, exp);
    plot_add(p, "kept", l->kept, l->steps + 1, exp);
    return plot_end(p, out, "Factors of a step back", "k, steps back", "factor", error);
}

static ur_status jacobian_chart(FILE *out, const ur_cli_subjects *all, const size_t *which, size_t count,
                                ur_error *error)
{
    char title[UR_CLI_WORDS];
    plot *p = calloc(1, sizeof *p);
    if (!p) return ur_fail_memory(error, "the page");
    for (size_t i = 0; i < count; i++)
        for (size_t layer = 0; layer < all->list[which[i]].layers; layer++) {
            const ur_flow_layer *l = &all->list[which[i]].layer[layer];
            ur_cli_subject_title(&all->list[which[i]], layer, title);
            plot_add(p, title, l->jacobian, l->steps + 1, ur_cli_log10_of);
        }
    return plot_end(p, out, "Largest singular value of the product of Jacobians", "k, steps back", "log10", error);
}

static ur_status spectrum_chart(FILE *out, const ur_spectra *spectra, ur_error *error)
{
    ur_spectrum s;
    plot *p = calloc(1, sizeof *p);
    if (!p) return ur_fail_memory(error, "the page");
    for (size_t i = 0; ur_spectrum_at(spectra, i, &s); i++)
        plot_add(p, *s.gate ? s.gate : "W_hh", s.singular, s.count, NULL);
    return plot_end(p, out, "Singular values of W_hh, from the largest", "number", "singular value", error);
}

/* ---- parts of the page -------------------------------------------------------------------------------------------- */

static void words(ur_cli_page *page, const ur_cli_subject *s, size_t layer)
{
    char text[UR_CLI_WORDS];
    ur_cli_spectrum_words(s->spectra[layer], text);
    ur_cli_page_note(page, "%s", text);
    ur_cli_rule_words(&s->layer[layer], s->spectra[layer], text);
    ur_cli_page_note(page, "%s", text);
    ur_cli_seen_words(&s->layer[layer], text);
    ur_cli_page_note(page, "%s", text);
    ur_cli_moves_words(&s->layer[layer], text);
    ur_cli_page_note(page, "%s", text);
}

static ur_status layer_part(ur_cli_page *page, const ur_cli_subject *s, size_t layer, bool figures, ur_error *error)
{
    char title[UR_CLI_WORDS], heading[UR_CLI_WORDS + 64];
    const ur_flow_layer *l = &s->layer[layer];
    ur_cli_subject_title(s, layer, title);
    snprintf(heading, sizeof heading, "%s: %s, %zu neurons", title, l->cell, l->units);
    ur_cli_page_heading(page, heading);
    words(page, s, layer);
    layer_table(page->out, l);
    if (!figures) return UR_OK;
    UR_TRY(parts_chart(page->out, l, error));
    return spectrum_chart(page->out, s->spectra[layer], error);
}

static ur_status gain_charts(ur_cli_page *page, const ur_cli_subjects *all, ur_error *error)
{
    size_t which[UR_CLI_PICTURE_MOST];
    char title[64];
    for (size_t g = 0; g < all->gains; g++) {
        size_t count = 0;
        for (size_t i = g; i < all->count && count < UR_CLI_PICTURE_MOST; i += all->gains) which[count++] = i;
        snprintf(title, sizeof title, "Gain %g", all->list[g].gain);
        UR_TRY(ur_cli_gradient_chart(page->out, all, which, count, title, 0, error));
    }
    return UR_OK;
}

/* Chooses the networks of the animation: of untrained ones those of the first and the last gain. */
static void animation(ur_cli_page *page, const ur_cli_subjects *all)
{
    size_t which[2 * UR_CLI_PICTURE_MOST], count = 0;
    if (!all->fresh || all->gains == 1) {
        count = ur_cli_picture_of(all, which);
    } else {
        for (size_t g = 0; g < all->gains; g += all->gains - 1)
            for (size_t i = g; i < all->count && count < 2 * UR_CLI_PICTURE_MOST; i += all->gains) which[count++] = i;
    }
    ur_cli_gradient_animation(page, all, which, count);
}

static ur_status fill(ur_cli_page *page, const ur_cli_subjects *all, ur_error *error)
{
    size_t which[UR_CLI_PICTURE_MOST], count = ur_cli_picture_of(all, which);
    char text[UR_CLI_WORDS];
    ur_cli_page_note(
        page,
        "The norm of the gradient of one prediction's loss, k steps back: its logarithm, averaged over %zu places.",
        ur_flow_places(all->list[0].flow));
    if (all->fresh) {
        ur_cli_fresh_words(all, text);
        ur_cli_page_note(page, "%s", text);
    }
    animation(page, all);
    if (all->fresh && all->gains > 1)
        UR_TRY(gain_charts(page, all, error));
    else
        UR_TRY(ur_cli_gradient_chart(page->out, all, which, count, "The gradient, by steps back", 0, error));
    UR_TRY(jacobian_chart(page->out, all, which, count, error));
    if (all->count > 1) many_table(page->out, all);
    for (size_t i = 0; i < all->count; i++)
        for (size_t layer = 0; layer < all->list[i].layers; layer++)
            UR_TRY(layer_part(page, &all->list[i], layer, !all->fresh, error));
    return UR_OK;
}

ur_status ur_cli_gradient_page(const ur_cli_subjects *all, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    UR_TRY(ur_cli_page_begin(&page, "Gradient through time", error));
    ur_status status = fill(&page, all, error);
    if (status == UR_OK) return ur_cli_page_save(&page, path, overwrite, error);
    ur_cli_page_drop(&page);
    return status;
}
