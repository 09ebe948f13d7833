/* See watch.h. Events are stored when they happen and drawn when a redraw is due. */
#include "cli/train/watch.h"

#include "cli/support/clock.h"
#include "cli/support/signals.h"
#include "cli/support/text_out.h"
#include "cli/train/progress.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* To the alternate screen, without a cursor; and back. */
#define ENTER "\033[?1049h\033[?25l\033[H\033[2J"
#define LEAVE "\033[?25h\033[?1049l"

ur_status ur_cli_watch_begin(ur_cli_watch **watch, const ur_cli_arguments *arguments, const char *folder,
                             const ur_plan *plan, ur_error *error)
{
    ur_cli_watch *w = *watch = calloc(1, sizeof *w);
    if (!w) return ur_fail_memory(error, "the view");
    w->arguments = arguments;
    w->folder = folder;
    w->plan = *plan;
    ur_cli_signals_screen(ENTER, LEAVE);
    fputs(ENTER, stderr);
    return UR_OK;
}

void ur_cli_watch_end(ur_cli_watch *w)
{
    if (!w) return;
    fputs(LEAVE, stderr);
    ur_cli_signals_screen(NULL, NULL);
    free(w->sample);
    free(w);
}

/* ---- Drawing ----------------------------------------------------------------------------------------------------- */

/* Overwrites the lines on the screen. Lines beyond `rows` are left out, because they would scroll the others. */
static void write_over(FILE *file, const char *frame, size_t rows)
{
    fputs("\033[H", file);
    for (const char *line = frame; *line && rows > 0; rows--) {
        size_t length = strcspn(line, "\n");
        fwrite(line, 1, length, file);
        fputs("\033[K", file);
        line += length + (line[length] == '\n');
        if (*line && rows > 1) fputs("\r\n", file);
    }
    fputs("\033[J", file);
}

/* Draws with a single write, so that nothing flickers. */
static void draw(const ur_cli_watch *w)
{
    char *frame = NULL, *bytes = NULL;
    size_t size = 0, rows, columns = ur_cli_terminal_size(&rows);
    FILE *file = open_memstream(&frame, &size);
    if (file) ur_cli_watch_frame(file, w, columns, rows);
    bool made = file && fclose(file) == 0;
    file = made ? open_memstream(&bytes, &size) : NULL;
    if (file) write_over(file, frame, rows);
    if (file && fclose(file) == 0) fwrite(bytes, 1, size, stderr);
    free(frame);
    free(bytes);
}

static void draw_in_time(ur_cli_watch *w)
{
    double time = ur_cli_now();
    if (time - w->drawn < 0.25) return;
    w->drawn = time;
    draw(w);
}

/* ---- Events ------------------------------------------------------------------------------------------------------ */

static void take_gates(ur_cli_watch *w, const ur_trainer *trainer)
{
    w->gate_count = 0;
    while (w->gate_count < UR_CLI_WATCH_GATES && ur_trainer_gate(trainer, w->gate_count, &w->gates[w->gate_count]))
        w->gate_count++;
}

void ur_cli_watch_show(ur_cli_watch *w, ur_trainer *trainer, const ur_event *event)
{
    w->event = *event;
    if (event->kind == UR_EVENT_STEP)
        ur_cli_history_add(&w->learning, (double)event->step, (double[]){event->smooth, event->gradient_norm});
    if (event->kind == UR_EVENT_EVALUATION) {
        ur_cli_history_add(&w->validation, (double)event->step, (double[]){event->validation, NAN});
        take_gates(w, trainer);
        ur_cli_watch_gradient(w, trainer);
    }
    draw_in_time(w);
}

void ur_cli_watch_sample(ur_cli_watch *w, const ur_event *event, const char *text, size_t length)
{
    free(w->sample);
    w->sample = NULL;
    w->sampled = *event;
    FILE *file = open_memstream(&w->sample, &w->sample_size);
    if (!file) return;
    ur_text_out out = {.file = file, .safe = true};
    ur_text_out_add(&out, text, length);
    ur_text_out_finish(&out, false);
    if (fclose(file) == 0) return;
    free(w->sample);
    w->sample = NULL;
}
