/* The page of `unroll inspect run`. */
#include "cli/inspect/run.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* ---- Curves ------------------------------------------------------------------------------------------------------ */

static ur_cli_series series_of(const char *name, const ur_cli_records *r, size_t column, bool dashed)
{
    return (ur_cli_series){
        .name = name, .x = r->column[UR_CLI_STEP], .y = r->column[column], .count = r->count, .dashed = dashed};
}

static void add_losses(const ur_cli_page *page, const ur_cli_run_log *log)
{
    const ur_cli_series series[] = {
        series_of("of single windows", &log->updates, UR_CLI_LOSS, false),
        series_of("smoothed", &log->updates, UR_CLI_SMOOTH, false),
        series_of("validation", &log->evaluations, UR_CLI_VALIDATION, true),
    };
    ur_cli_chart chart = {.x_label = "step",
                          .y_label = "loss, or what validation is judged by",
                          .series = series,
                          .count = log->evaluations.count ? 3 : 2};
    ur_cli_chart_svg(page->out, &chart);
}

static void add_one(const ur_cli_page *page, const ur_cli_run_log *log, size_t column, const char *label, bool log_y)
{
    const ur_cli_series series = series_of(NULL, &log->updates, column, false);
    ur_cli_chart chart = {.x_label = "step", .y_label = label, .series = &series, .count = 1, .log_y = log_y};
    ur_cli_chart_svg(page->out, &chart);
}

/* ---- Gates ------------------------------------------------------------------------------------------------------- */

enum { GATES_OF_LAYER = 4 };

/* Draws the gates of one layer, beginning with gate `first`. Returns their number. */
static size_t add_layer(const ur_cli_page *page, const ur_cli_run_log *log, size_t first)
{
    ur_cli_series series[2 * GATES_OF_LAYER];
    char names[2 * GATES_OF_LAYER][24], title[64];
    unsigned layer = log->gates[first].layer;
    size_t count = 0;
    for (; count < GATES_OF_LAYER && first + count < log->gate_count; count++) {
        const ur_cli_run_gate *gate = &log->gates[first + count];
        if (gate->layer != layer) break;
        for (size_t shut = 0; shut < 2; shut++) {
            char *name = names[2 * count + shut];
            snprintf(name, sizeof names[0], "%s %s", gate->name, shut ? "shut" : "open");
            series[2 * count + shut] = series_of(name, &log->evaluations, gate->column + shut, shut == 1);
        }
    }
    snprintf(title, sizeof title, "Layer %u", layer);
    ur_cli_chart chart = {.title = title,
                          .x_label = "step",
                          .y_label = "share of neurons and steps",
                          .series = series,
                          .count = 2 * count,
                          .y_most = 1};
    ur_cli_chart_svg(page->out, &chart);
    return count;
}

static void add_gates(ur_cli_page *page, const ur_cli_run_log *log)
{
    if (log->gate_count == 0) return;
    ur_cli_page_heading(page, "Gates");
    ur_cli_page_note(page, "How often each gate was open (above 0.9) and shut (below 0.1) while the last of the "
                           "validation text was read. The others change from step to step.");
    for (size_t i = 0; i < log->gate_count;) i += add_layer(page, log, i);
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

/* Writes a text line by line: line breaks are kept, and all other control characters become visible. */
static void put_text(FILE *out, const ur_cli_run_sample *sample)
{
    for (size_t at = 0; at < sample->length;) {
        const char *end = memchr(sample->text + at, '\n', sample->length - at);
        size_t length = (end ? (size_t)(end - sample->text) : sample->length) - at;
        ur_cli_html_text(out, sample->text + at, length);
        fputc('\n', out);
        at += length + 1;
    }
}

static void add_samples(ur_cli_page *page, const ur_cli_run_log *log)
{
    enum { SHOWN_BYTES = 2000 };
    size_t places[UR_CLI_SAMPLES_SHOWN];
    size_t count = ur_cli_run_choose_samples(log, UR_CLI_SAMPLES_SHOWN, places);
    if (count == 0) return;
    ur_cli_page_heading(page, "Samples");
    if (count < log->sample_count)
        ur_cli_page_note(page, "%zu of %zu; most of them early, when the network learns fastest.", count,
                         log->sample_count);
    for (size_t i = 0; i < count; i++) {
        ur_cli_run_sample sample = log->samples[places[i]];
        bool cut = sample.length > SHOWN_BYTES;
        if (cut) sample.length = SHOWN_BYTES;
        while (cut && sample.length > 0 && ((unsigned char)sample.text[sample.length] & 0xC0) == 0x80) sample.length--;
        fprintf(page->out, "<h3>After %.0f steps%s</h3>\n<pre class=\"shade\">\n", sample.step,
                cut ? ", the beginning of it" : "");
        put_text(page->out, &sample);
        fputs("</pre>\n", page->out);
    }
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static void add_summary(ur_cli_page *page, const ur_cli_run_summary *s)
{
    ur_cli_page_note(page, "%.0f updates, %.2f epochs, %.0f training items. The smoothed loss ended at %.4f.", s->steps,
                     s->epochs, s->items, s->smooth);
    if (!isnan(s->best))
        ur_cli_page_note(page,
                         "On the validation data it was best after step %.0f, at %.4f; the last evaluation gave %.4f.",
                         s->best_step, s->best, s->validation);
}

static void add_all(ur_cli_page *page, const ur_cli_run_log *log, const ur_cli_run_summary *s)
{
    add_summary(page, s);
    ur_cli_page_heading(page, "Loss");
    add_losses(page, log);
    ur_cli_page_heading(page, "Learning rate");
    add_one(page, log, UR_CLI_RATE, "learning rate", false);
    ur_cli_page_heading(page, "Gradient");
    ur_cli_page_note(page,
                     "The norm of the whole gradient before clipping: from %.3g to %.3g, half of them below %.3g.",
                     s->norm_least, s->norm_most, s->norm_median);
    add_one(page, log, UR_CLI_NORM, "norm, logarithmic", true);
    add_gates(page, log);
    add_samples(page, log);
}

ur_status ur_cli_run_page(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *summary,
                          const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    char title[512];
    snprintf(title, sizeof title, "Run %s", run);
    UR_TRY(ur_cli_page_begin(&page, title, error));
    add_all(&page, log, summary);
    return ur_cli_page_save(&page, path, overwrite, error);
}
