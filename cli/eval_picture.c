/* See eval_picture.h. One band shows the runs of the truth, another the runs of the answers, and marks below show where
 * the two differ. */
#include "cli/eval_picture.h"

#include "cli/report/chart_frame.h"
#include "cli/report/page.h"
#include "cli/support/glyphs.h"
#include "cli/support/json_out.h"

#include "base/error.h"

#include <string.h>

enum { LEFT = 64, HIGH = 26, ROW = 32, HEIGHT = 104, COLOURS = 8 };

/* The clip that is being drawn. */
typedef struct band {
    FILE *out;
    const json_t *labels;
    double scale; /* pixels per frame */
} band;

static size_t count_frames(const json_t *runs)
{
    size_t frames = 0, i;
    json_t *run;
    json_array_foreach((json_t *)(uintptr_t)runs, i, run) frames += (size_t)json_integer_value(json_array_get(run, 1));
    return frames;
}

static const char *label_text(const band *b, json_int_t label)
{
    const char *text = label < 0 ? "" : json_string_value(json_array_get(b->labels, (size_t)label));
    return text ? text : "";
}

/* Writes the label into its run if the run is wide enough. The label always appears when the pointer is over the
 * run. */
static void draw_run(const band *b, double x, double y, double width, json_int_t label)
{
    const char *text = label_text(b, label);
    if (label < 0) return;
    fprintf(b->out, "<g><title>");
    ur_cli_html_text(b->out, text, strlen(text));
    fprintf(b->out,
            "</title><rect class=\"f%d mark\" fill-opacity=\".3\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
            (int)(label % COLOURS), x, y, width, HIGH);
    if (ur_cli_ems(text, strlen(text)) * UR_CLI_FONT + 4 < width)
        ur_cli_figure_text(b->out, x + width / 2, y + 17, "mid", text, 0);
    fprintf(b->out, "</g>\n");
}

static void draw_band(const band *b, const json_t *runs, double y, const char *name)
{
    size_t at = 0, i;
    json_t *run;
    ur_cli_figure_text(b->out, LEFT - 8, y + 17, "soft end", name, 0);
    json_array_foreach((json_t *)(uintptr_t)runs, i, run)
    {
        size_t frames = (size_t)json_integer_value(json_array_get(run, 1));
        draw_run(b, LEFT + (double)at * b->scale, y, (double)frames * b->scale,
                 json_integer_value(json_array_get(run, 0)));
        at += frames;
    }
}

/* A position in a list of runs, from which the label of frame t is read. */
typedef struct cursor {
    const json_t *runs;
    size_t run, end; /* index of the next run, and the first frame that is not in the current one */
} cursor;

static json_int_t label_at(cursor *c, size_t t)
{
    while (t >= c->end && c->run < json_array_size(c->runs))
        c->end += (size_t)json_integer_value(json_array_get(json_array_get(c->runs, c->run++), 1));
    return json_integer_value(json_array_get(json_array_get(c->runs, c->run - 1), 0));
}

static void draw_mistakes(const band *b, const json_t *truth, const json_t *taken, size_t frames)
{
    cursor a = {truth, 0, 0}, c = {taken, 0, 0};
    for (size_t t = 0; t < frames; t++) {
        json_int_t there = label_at(&a, t), found = label_at(&c, t);
        if (there >= 0 && there != found)
            fprintf(b->out, "<rect class=\"pos\" x=\"%.1f\" y=\"%d\" width=\"%.2f\" height=\"4\"/>\n",
                    LEFT + (double)t * b->scale, 2 * ROW, b->scale);
    }
}

static void draw_axis(const band *b, size_t first, size_t frames)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", first + 1);
    ur_cli_figure_text(b->out, LEFT, HEIGHT - 18, "soft", text, 0);
    snprintf(text, sizeof text, "frame %zu", first + frames);
    ur_cli_figure_text(b->out, UR_CLI_FIGURE_WIDTH, HEIGHT - 18, "soft end", text, 0);
}

static void draw_clip(FILE *out, const json_t *labels, const json_t *clip)
{
    const json_t *truth = json_object_get(clip, "truth"), *taken = json_object_get(clip, "taken");
    size_t frames = count_frames(truth);
    band b = {out, labels, (UR_CLI_FIGURE_WIDTH - LEFT) / (double)(frames ? frames : 1)};
    if (!frames || count_frames(taken) != frames) return;
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"labels over time\">\n", (int)UR_CLI_FIGURE_WIDTH,
            HEIGHT);
    draw_band(&b, truth, 0, "truth");
    draw_band(&b, taken, ROW, "answer");
    draw_mistakes(&b, truth, taken, frames);
    draw_axis(&b, (size_t)json_integer_value(json_object_get(clip, "first")), frames);
    fprintf(out, "</svg>\n");
}

static ur_status draw_page(const json_t *result, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    size_t i;
    json_t *clip;
    UR_TRY(ur_cli_page_begin(&page, "Labels over time", error));
    ur_cli_page_note(&page,
                     "The first clips of an evaluation of %lld frames: the true labels above the answers, with a mark "
                     "below each frame where the two differ. Accuracy %.4f, macro-F1 %.4f.",
                     (long long)json_integer_value(json_object_get(result, "frames")),
                     json_number_value(json_object_get(result, "accuracy")),
                     json_number_value(json_object_get(result, "macro_f1")));
    json_array_foreach(json_object_get(result, "clips"), i, clip)
    {
        ur_cli_page_heading(&page, json_string_value(json_object_get(clip, "where")));
        draw_clip(page.out, json_object_get(result, "labels"), clip);
    }
    return ur_cli_page_save(&page, path, overwrite, error);
}

ur_status ur_cli_eval_picture(const char *json, const char *path, bool overwrite, ur_error *error)
{
    json_t *result = json_loads(json, 0, NULL);
    ur_status status = result ? draw_page(result, path, overwrite, error) : ur_fail_memory(error, "a picture");
    json_decref(result);
    return status;
}
