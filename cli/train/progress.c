/* Progress of a training: at most ten redraws per second on a terminal, elsewhere a line every ten seconds. */
#include "cli/train/progress.h"

#include "cli/support/clock.h"
#include "cli/support/text_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS_LEAST = 20 };

size_t ur_cli_terminal_size(size_t *rows)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= COLUMNS_LEAST;
    if (rows) *rows = known && size.ws_row > 0 ? size.ws_row : 24;
    return known ? size.ws_col : 80;
}

ur_cli_progress ur_cli_progress_begin(const char *counts, bool quiet)
{
    return (ur_cli_progress){.terminal = !quiet && ur_cli_can_redraw(), .last = ur_cli_now(), .counts = counts};
}

/* ---- The plan --------------------------------------------------------------------------------------------------- */

static void print_fact(const char *what, const char *text)
{
    fprintf(stderr, "%-10s", what);
    ur_cli_print_message(stderr, text);
}

void ur_cli_progress_plan(const ur_plan *plan, const char *settings, const char *run, bool chosen)
{
    print_fact("data", plan->data);
    fprintf(stderr, "\nnetwork   %s (%zu parameters)\n", plan->net, plan->parameters);
    fprintf(stderr, "batches   of %zu", plan->batch);
    if (plan->batches != UINT64_MAX) fprintf(stderr, ", %llu in an epoch", (unsigned long long)plan->batches);
    fprintf(stderr, "\nmachine   %s, %zu thread%s\n", plan->isa, plan->threads, plan->threads == 1 ? "" : "s");
    print_fact("options", settings);
    putc('\n', stderr);
    print_fact("run", run);
    fprintf(stderr, "%s%s\n", chosen ? "" : " (-o RUN chooses another folder)", plan->resumed ? ", resumed" : "");
}

/* ---- The line --------------------------------------------------------------------------------------------------- */

static void count_text(double count, char text[32])
{
    const char *suffix = count < 1e4 ? "" : count < 1e6 ? "k" : "M";
    double shown = count < 1e4 ? count : count < 1e6 ? count / 1e3 : count / 1e6;
    snprintf(text, 32, shown < 100 && *suffix ? "%.1f%s" : "%.0f%s", shown, suffix);
}

static void time_text(double seconds, char text[32])
{
    unsigned long total = seconds < 1e8 ? (unsigned long)(seconds + 0.5) : 100000000;
    unsigned long hours = total / 3600, minutes = total / 60 % 60;
    if (hours > 0)
        snprintf(text, 32, "%lu:%02lu:%02lu", hours, minutes, total % 60);
    else
        snprintf(text, 32, "%lu:%02lu", minutes, total % 60);
}

static double items_a_step(const ur_event *event)
{
    return event->step ? (double)event->items / (double)event->step : 0;
}

static void left_text(const ur_event *event, char text[48])
{
    char clock[32];
    uint64_t steps = event->steps > event->step ? event->steps - event->step : 0;
    time_text((double)steps * items_a_step(event) / event->items_per_second, clock);
    snprintf(text, 48, "%s left", clock);
}

/* Writes everything but the bar. A resumed run may already have made more steps than are requested now. */
size_t ur_cli_progress_facts(const char *counts, const ur_event *event, char line[UR_CLI_FACTS_MAX])
{
    char speed[32], left[48] = "measuring how many steps fit";
    size_t used = (size_t)snprintf(line, UR_CLI_FACTS_MAX, "step %llu", (unsigned long long)event->step);
    if (event->steps >= event->step && event->steps)
        used += (size_t)snprintf(line + used, UR_CLI_FACTS_MAX - used, "/%llu", (unsigned long long)event->steps);
    used += (size_t)snprintf(line + used, UR_CLI_FACTS_MAX - used, "  loss %.4f", event->smooth);
    if (isfinite(event->validation))
        used += (size_t)snprintf(line + used, UR_CLI_FACTS_MAX - used, "  val %.4f", event->validation);
    if (event->steps && !(event->items_per_second > 0)) return used; /* the resumed run had nothing left to do */
    count_text(event->items_per_second, speed);
    if (event->steps) left_text(event, left);
    return used + (size_t)snprintf(line + used, UR_CLI_FACTS_MAX - used, "  %s %ss/s  %s", speed, counts, left);
}

static void draw_bar(const ur_event *event, size_t width)
{
    double share = event->steps ? (double)event->step / (double)event->steps : 0;
    size_t full = (size_t)(share * (double)width + 0.5);
    putc('[', stderr);
    for (size_t i = 0; i < width; i++) putc(i < full ? '=' : i == full ? '>' : ' ', stderr);
    fputs("] ", stderr);
}

/* Leaves one column free, so that no terminal wraps the line. */
static void redraw(ur_cli_progress *progress, const ur_event *event)
{
    enum { BAR_LEAST = 8, BAR_MOST = 30, AROUND = 4 };
    char line[UR_CLI_FACTS_MAX];
    size_t length = ur_cli_progress_facts(progress->counts, event, line), room = ur_cli_terminal_size(NULL);
    fputs("\r\033[K", stderr);
    if (length + AROUND + BAR_LEAST <= room) {
        size_t bar = room - length - AROUND;
        draw_bar(event, bar < BAR_MOST ? bar : BAR_MOST);
    }
    fprintf(stderr, "%.*s", (int)(length < room ? length : room - 1), line);
    fflush(stderr);
    progress->drawn = true;
}

void ur_cli_progress_show(ur_cli_progress *progress, const ur_event *event)
{
    char line[UR_CLI_FACTS_MAX];
    bool report = event->kind == UR_EVENT_EVALUATION;
    double time = ur_cli_now(), pause = progress->terminal ? 0.1 : 10;
    if (!report && event->kind != UR_EVENT_END && time - progress->last < pause) return;
    bool told = event->kind == UR_EVENT_END && event->step == progress->step;
    progress->last = time;
    progress->step = event->step;
    if (progress->terminal) {
        redraw(progress, event);
        return;
    }
    if (told) return;
    ur_cli_progress_facts(progress->counts, event, line);
    fprintf(stderr, "%s%s\n", line, report && event->improved ? "  (best so far)" : "");
}

void ur_cli_progress_clear(ur_cli_progress *progress)
{
    if (progress->drawn) fputs("\r\033[K", stderr);
    progress->drawn = false;
}

/* ---- Samples ---------------------------------------------------------------------------------------------------- */

static void print_title(const ur_event *event)
{
    char title[96];
    int length = snprintf(title, sizeof title, "---- sample after %llu steps, loss %.4f ",
                          (unsigned long long)event->step, event->smooth);
    fputs(title, stderr);
    for (int i = length; i < 72; i++) putc('-', stderr);
    putc('\n', stderr);
}

void ur_cli_progress_sample(ur_cli_progress *progress, const ur_event *event, const char *text, size_t length)
{
    ur_text_out out = {.file = stderr, .safe = true};
    ur_cli_progress_clear(progress);
    print_title(event);
    ur_text_out_add(&out, text, length);
    ur_text_out_finish(&out, false);
    if (!out.ends_line) putc('\n', stderr);
    fprintf(stderr, "%.72s\n", "------------------------------------------------------------------------");
}
