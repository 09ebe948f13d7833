/* See watching.h. */
#include "cli/support/watching.h"

#include "cli/support/clock.h"
#include "cli/support/signals.h"
#include "cli/support/text_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ur_cli_can_redraw(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && kind && *kind && strcmp(kind, "dumb") != 0;
}

void ur_cli_watching_end(ur_cli_watching *w)
{
    if (w->drawn) fputs("\r\033[K", stderr);
    w->drawn = false;
}

static void show(ur_cli_watching *w, const char *work, double share)
{
    int percent = (int)(100 * (share < 1 ? share : 1));
    if (ur_cli_can_redraw()) {
        fprintf(stderr, "\r\033[K%s: %d %%", work, percent);
        fflush(stderr);
        w->drawn = true;
    } else {
        fprintf(stderr, "%s: %d %%\n", work, percent);
    }
}

/* Does not report work that takes less than a second. */
static bool go_on(void *watching, const char *work, double share)
{
    ur_cli_watching *w = watching;
    if (ur_cli_interrupted()) return false;
    if (w->quiet) return true;
    double now = ur_cli_now(), pause = ur_cli_can_redraw() ? 0.2 : 10;
    if (w->work != work || w->began == 0) {
        w->work = work;
        w->began = now;
        w->shown = 0;
    }
    if (share >= 1) {
        ur_cli_watching_end(w);
        w->began = 0; /* the same work may begin again */
    } else if (now - w->began > 1 && now - (w->shown > 0 ? w->shown : w->began) > pause) {
        show(w, work, share);
        w->shown = now;
    }
    return true;
}

static void tell(void *watching, const char *text)
{
    ur_cli_watching *w = watching;
    if (w->told) return;
    w->told = true;
    ur_cli_watching_end(w);
    fputs("unroll: ", stderr);
    ur_cli_print_message(stderr, text);
    putc('\n', stderr);
}

const char *ur_cli_temporary(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

ur_watcher ur_cli_watcher(ur_cli_watching *w)
{
    return (ur_watcher){.go_on = go_on, .tell = tell, .context = w, .temporary = ur_cli_temporary()};
}

ur_status ur_cli_settings_of_model(ur_settings **settings, const ur_model *model, ur_error *error)
{
    const ur_watcher nobody = {.temporary = ur_cli_temporary()};
    ur_status status = ur_settings_of_model(settings, model, error);
    if (status == UR_OK) ur_settings_watch(*settings, &nobody);
    return status;
}
