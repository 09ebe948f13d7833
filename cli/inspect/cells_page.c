/* unroll inspect cells --html: the table, and a passage of text for each predicate. */
#include "cli/inspect/cells.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BARS_MOST = 100 };

static void cell_of_table(FILE *out, double value, const char *format)
{
    fputs("<td>", out);
    if (isnan(value))
        fputs("–", out);
    else
        fprintf(out, format, value);
}

static void row(FILE *out, const ur_cell_score *s)
{
    char name[UR_CLI_CELL_NAME];
    fputs("<tr><td>", out);
    ur_cli_html_text(out, s->predicate.name, strlen(s->predicate.name));
    fprintf(out, s->predicate.number ? "<td>mean %.3g" : "<td>%.2f %%", s->share * (s->predicate.number ? 1 : 100));
    if (s->verdict != UR_CELL_SCORED) {
        fprintf(out, "<td colspan=\"5\">%s\n", ur_cli_cell_verdict(s->verdict, s->predicate.number));
        return;
    }
    ur_cli_cell_name(s->layer, s->unit, name);
    fprintf(out, "<td>%s %s<td>%s", name, s->falls ? "falls" : "rises", s->predicate.number ? "|r|" : "AUC");
    cell_of_table(out, s->score, "%.3f");
    cell_of_table(out, s->control, "%.3f");
    cell_of_table(out, s->rise, "%+.5f");
    fputc('\n', out);
}

static void table(const ur_cli_cells *f, FILE *out)
{
    fputs("<table>\n<tr><th>predicate<th>true at<th>best neuron<th>measure<th>held out<th>control<th>loss when held\n",
          out);
    for (size_t i = 0; i < ur_cells_count(f->cells); i++) {
        ur_cell_score s = ur_cells_score(f->cells, i);
        row(out, &s);
    }
    fputs("</table>\n", out);
}

/* Draws the scores beside those of the control, for predicates that are numbers or for those that are not. */
static void bars(const ur_cli_cells *f, FILE *out, bool number)
{
    ur_cli_bar bar[BARS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < ur_cells_count(f->cells) && count < BARS_MOST; i++) {
        ur_cell_score s = ur_cells_score(f->cells, i);
        if (s.verdict != UR_CELL_SCORED || s.predicate.number != number) continue;
        bar[count++] = (ur_cli_bar){s.predicate.name, s.score, s.control};
    }
    const char *title = number ? "Correlation of the best neuron, held out" : "AUC of the best neuron, held out";
    if (count) ur_cli_bars_svg(out, title, "random weights", bar, count);
}

static void passage(const ur_cli_cells *f, ur_cli_page *page, size_t i)
{
    ur_cell_score s = ur_cells_score(f->cells, i);
    char name[UR_CLI_CELL_NAME], heading[160];
    if (s.verdict != UR_CELL_SCORED) return;
    ur_cli_cell_name(s.layer, s.unit, name);
    snprintf(heading, sizeof heading, "%s: neuron %s", s.predicate.name, name);
    ur_cli_page_heading(page, heading);
    ur_cli_page_note(page, "%s; %s %.3f on the held-out half. The neuron %s%s.", s.predicate.meaning,
                     s.predicate.number ? "correlation" : "AUC", s.score, s.falls ? "falls" : "rises",
                     s.predicate.number ? " with it" : " where it is true");
    ur_cli_cells_colour(f, i, page->out, true);
}

static void describe(const ur_cli_cells *f, ur_cli_page *page, const char *const *paths, size_t path_count)
{
    ur_cli_page_note(
        page,
        "%s reads %s%s. The c of each neuron of its recurrent layers, or h if the cell has no c, was scored "
        "against each predicate; %s chose the best neuron, %s scored it. "
        "Colours show tanh(c), or h; for a predicate that is a number, the distance from the mean, with 1 for two "
        "standard deviations.",
        ur_model_net(f->model), paths[0], path_count > 1 ? " and more" : "",
        f->sample.ids ? "the first half of the text" : "every other sequence",
        f->sample.ids ? "the second half" : "the others");
    bars(f, page->out, false);
    bars(f, page->out, true);
    table(f, page->out);
    ur_cli_page_note(
        page,
        "AUC: the probability that the neuron is higher (or, if it falls, lower) where the predicate is true than "
        "where it is false; 0.5 is chance. Control: the best neuron of the same network with random weights. Loss when "
        "held: how much the loss rises, in nats per %s, when the neuron is held at its mean; the loss is %.4f.",
        f->sample.ids ? "token" : "label", f->sample.loss);
}

ur_status ur_cli_cells_page(const ur_cli_cells *f, const char *const *paths, size_t path_count, ur_error *error)
{
    ur_cli_page page;
    ur_status status = ur_cli_page_begin(&page, "Cells", error);
    if (status != UR_OK) return status;
    describe(f, &page, paths, path_count);
    for (size_t i = 0; i < ur_cells_count(f->cells); i++) passage(f, &page, i);
    if (f->settings->cell) {
        ur_cli_page_heading(&page, "The chosen neuron");
        ur_cli_page_note(&page, "Neuron %s", f->settings->cell);
        ur_cli_cells_colour(f, ur_cells_count(f->cells), page.out, true);
    }
    return ur_cli_page_save(&page, f->settings->html, f->settings->overwrite, error);
}
