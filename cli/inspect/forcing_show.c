/* Texts that were written with the true tokens fed and with the decoder's own tokens fed, side by side; see
 * forcing.h. */
#include "cli/inspect/forcing.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"
#include "cli/report/shade.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 78, ROWS = 12 };

static const char *const WAYS[] = {"wanted", "forced", "own"};

static double number_at(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static const char *text_at(const json_t *list, size_t i)
{
    const char *text = json_string_value(json_array_get(list, i));
    return text && *text ? text : " (end)";
}

/* ---- The chart ----------------------------------------------------------------------------------------------------- */

typedef void draw_chart(FILE *file, const ur_cli_chart *chart);

static void draw_terminal(FILE *file, const ur_cli_chart *chart) { ur_cli_chart_terminal(file, chart, COLUMNS, ROWS); }

/* The number of steps to draw. Steps that fewer than a fiftieth of the sentences reach are left out, because they say
 * little. */
static size_t count_steps(const json_t *steps, double sentences)
{
    size_t count = json_array_size(steps);
    while (count > 2 && number_at(json_array_get(steps, count - 1), "tokens") < sentences / 50) count--;
    return count;
}

static ur_status draw(FILE *file, const json_t *object, draw_chart *how, ur_error *error)
{
    const json_t *steps = json_object_get(object, "steps");
    size_t count = count_steps(steps, number_at(object, "sentences"));
    double *numbers = calloc(3 * count + 1, sizeof *numbers);
    if (!numbers) return ur_fail_memory(error, "a chart");
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(steps, i);
        numbers[i] = number_at(one, "step");
        numbers[count + i] = 100 * number_at(one, "wrong");
        numbers[2 * count + i] = 100 * number_at(one, "own_wrong");
    }
    const ur_cli_series series[] = {
        {.name = "true tokens fed", .x = numbers, .y = numbers + count, .count = count},
        {.name = "its own fed", .x = numbers, .y = numbers + 2 * count, .count = count, .dashed = true}};
    how(file, &(ur_cli_chart){
                  .title = "Wrong tokens, per cent", .x_label = "step", .series = series, .count = 2, .y_most = 100});
    free(numbers);
    return UR_OK;
}

/* ---- On the terminal ----------------------------------------------------------------------------------------------- */

/* Wrong tokens are orange, or in brackets if the terminal has no colours. */
static void print_tokens(const json_t *example, const char *way)
{
    const json_t *tokens = json_object_get(example, way), *wanted = json_object_get(example, "wanted");
    bool plain = ur_cli_terminal_colours(stdout) == UR_CLI_PLAIN;
    printf("  %-7s", way);
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        const char *text = text_at(tokens, i);
        bool wrong = strcmp(text, text_at(wanted, i)) != 0;
        if (wrong && plain) fputs(" [", stdout);
        ur_cli_shade_terminal(stdout, text, strlen(text), wrong ? 1 : 0);
        if (wrong && plain) fputs(" ]", stdout);
    }
    ur_cli_shade_end_terminal(stdout);
    putchar('\n');
}

static void print_example(const json_t *example)
{
    const char *source = json_string_value(json_object_get(example, "source"));
    int wrong = (int)number_at(example, "goes_wrong");
    ur_cli_print_shown(stdout, source ? source : "", source ? strlen(source) : 0);
    putchar('\n');
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) print_tokens(example, WAYS[i]);
    if (wrong) printf("  own: first wrong at token %d\n\n", wrong);
    if (!wrong) printf("  own: never wrong\n\n");
}

ur_status ur_cli_forcing_print(const json_t *object, ur_error *error)
{
    const json_t *examples = json_object_get(object, "examples");
    for (size_t i = 0; i < json_array_size(examples); i++) print_example(json_array_get(examples, i));
    UR_TRY(draw(stdout, object, draw_terminal, error));
    printf("\n%-18s %10s %12s\n", "", "loss", "wrong tokens");
    printf("%-18s %10.4f %10.1f %%\n", "true tokens fed", number_at(object, "loss"), 100 * number_at(object, "wrong"));
    printf("%-18s %10.4f %10.1f %%\n", "its own fed", number_at(object, "own_loss"),
           100 * number_at(object, "own_wrong"));
    return UR_OK;
}

/* ---- As a page ----------------------------------------------------------------------------------------------------- */

static void put_tokens(FILE *out, const json_t *example, const char *way)
{
    const json_t *tokens = json_object_get(example, way), *wanted = json_object_get(example, "wanted");
    fprintf(out, "<tr><td>%s</td><td><span class=\"shade\">", way);
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        const char *text = text_at(tokens, i);
        ur_cli_shade_html(out, text, strlen(text), strcmp(text, text_at(wanted, i)) != 0 ? 0.6 : 0);
    }
    fputs("</span></td></tr>\n", out);
}

static void put_example(ur_cli_page *page, const json_t *example)
{
    const char *source = json_string_value(json_object_get(example, "source"));
    ur_cli_page_heading(page, source ? source : "");
    fputs("<table>\n", page->out);
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) put_tokens(page->out, example, WAYS[i]);
    fputs("</table>\n", page->out);
    int wrong = (int)number_at(example, "goes_wrong");
    if (wrong) ur_cli_page_note(page, "Fed its own tokens, it is first wrong at token %d.", wrong);
}

ur_status ur_cli_forcing_page(const json_t *object, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    const json_t *examples = json_object_get(object, "examples");
    UR_TRY(ur_cli_page_begin(&page, "Fed the true tokens, and its own", error));
    ur_cli_page_note(
        &page,
        "%d sentences, written twice. With the true tokens fed %.1f %% of the tokens are wrong (loss %.4f), "
        "with its own %.1f %% (loss %.4f).",
        (int)number_at(object, "sentences"), 100 * number_at(object, "wrong"), number_at(object, "loss"),
        100 * number_at(object, "own_wrong"), number_at(object, "own_loss"));
    ur_status status = draw(page.out, object, ur_cli_chart_svg, error);
    for (size_t i = 0; i < json_array_size(examples); i++) put_example(&page, json_array_get(examples, i));
    if (status == UR_OK) return ur_cli_page_save(&page, path, overwrite, error);
    ur_cli_page_drop(&page);
    return status;
}
