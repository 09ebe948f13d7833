/* How far back a loss reaches, for the view of a training: the gradient flow of unroll_inspect.h, along the validation
 * text. */
#include "cli/train/watch.h"

#include "base/number.h"
#include "unroll_inspect.h"

#include <math.h>
#include <string.h>

/* The text to read: a validation text of its own, or the tail of the training text, or all of that if no tail is held
 * out. *text holds the path of the first. */
static ur_reading reading_of(const ur_cli_watch *w, const char **text)
{
    const ur_settings *task = w->arguments->task;
    char share[UR_SETTING_VALUE_MAX], invalid[UR_SETTING_VALUE_MAX];
    double tail = 0;
    ur_cli_task_value(task, "invalid", invalid);
    ur_cli_task_value(task, "val-fraction", share);
    *text = ur_cli_task_text(task, "val");
    ur_reading reading = {.paths = w->arguments->words,
                          .path_count = w->arguments->count,
                          .replace_invalid = strcmp(invalid, "replace") == 0};
    if (*text) {
        reading.paths = text;
        reading.path_count = 1;
    } else if (ur_read_number(share, &tail) && tail > 0) {
        reading.begin = 1 - tail;
        reading.end = 1;
    }
    return reading;
}

/* Standard input cannot be read again. */
static bool can_be_read(const ur_reading *reading)
{
    for (size_t i = 0; i < reading->path_count; i++)
        if (strcmp(reading->paths[i], "-") == 0) return false;
    return true;
}

static void take(ur_cli_watch *w, ur_flow *flow)
{
    ur_flow_layer layer;
    for (w->layers = 0; w->layers < UR_CLI_WATCH_LAYERS && ur_flow_layer_at(flow, w->layers, &layer); w->layers++)
        for (size_t k = 0; k <= UR_CLI_WATCH_STEPS_BACK; k++) w->reach[w->layers][k] = layer.h[k] / log(10);
}

/* Looks for places only once, because a large text takes time. If the text is too short, the view shows no gradient and
 * the training goes on. */
static bool find_places(ur_cli_watch *w, const ur_model *model)
{
    const char *text;
    ur_reading reading = reading_of(w, &text);
    ur_error error;
    if (!w->places_sought && ur_task_is_language(w->plan.task))
        w->places_found = can_be_read(&reading) && ur_read_places(model, &reading, UR_CLI_WATCH_PLACES,
                                                                  UR_CLI_WATCH_STEPS, w->places, &error) == UR_OK;
    w->places_sought = true;
    return w->places_found;
}

void ur_cli_watch_gradient(ur_cli_watch *w, ur_trainer *trainer)
{
    const ur_flow_settings settings = {
        .steps = UR_CLI_WATCH_STEPS_BACK, .warm = UR_CLI_WATCH_WARM, .threads = 1, .no_jacobian = true};
    const int32_t *next = w->places + (UR_CLI_WATCH_STEPS - 1) * UR_CLI_WATCH_PLACES;
    ur_model *model = ur_trainer_model(trainer);
    ur_flow *flow;
    ur_error error;
    w->layers = 0;
    if (!find_places(w, model) || ur_flow_create(&flow, model, &settings, &error) != UR_OK) return;
    if (ur_flow_ids(flow, w->places, next, UR_CLI_WATCH_PLACES, &error) == UR_OK) take(w, flow);
    ur_flow_free(flow);
}
