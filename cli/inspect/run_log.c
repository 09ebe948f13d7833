/* See run_log.h. Nothing in the file is trusted, because it may come from anywhere. */
#include "cli/inspect/run_log.h"

#include "base/error.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void free_records(ur_cli_records *r)
{
    for (size_t k = 0; k < UR_CLI_COLUMNS; k++) free(r->column[k]);
    *r = (ur_cli_records){0};
}

void ur_cli_run_log_free(ur_cli_run_log *log)
{
    free_records(&log->updates);
    free_records(&log->evaluations);
    for (size_t i = 0; i < log->sample_count; i++) free(log->samples[i].text);
    free(log->samples);
    *log = (ur_cli_run_log){0};
}

static bool grow(ur_cli_records *r)
{
    size_t room = r->room ? 2 * r->room : 64;
    if (room > SIZE_MAX / sizeof(double)) return false;
    for (size_t k = 0; k < r->columns; k++) {
        double *more = realloc(r->column[k], room * sizeof *more);
        if (!more) return false;
        r->column[k] = more;
    }
    r->room = room;
    return true;
}

/* Adds a row of NaN. */
static ur_status add_row(ur_cli_records *r, ur_error *error)
{
    if (r->count == r->room && !grow(r)) return ur_fail_memory(error, "the log");
    for (size_t k = 0; k < r->columns; k++) r->column[k][r->count] = NAN;
    r->count++;
    return UR_OK;
}

/* Adds two columns, with NaN in all existing rows. */
static ur_status add_columns(ur_cli_records *r, ur_error *error)
{
    for (int n = 0; n < 2; n++) {
        double *column = malloc((r->room ? r->room : 1) * sizeof *column);
        if (!column) return ur_fail_memory(error, "the log");
        for (size_t i = 0; i < r->count; i++) column[i] = NAN;
        r->column[r->columns++] = column;
    }
    return UR_OK;
}

/* ---- A line ------------------------------------------------------------------------------------------------------ */

typedef struct reader {
    ur_cli_run_log *log;
    const char *path;
    size_t line;
    double step; /* step of the last line */
    ur_error *error;
} reader;

static ur_status refuse(const reader *r, const char *key, const char *wanted)
{
    return ur_fail(r->error, UR_ERR_FORMAT, "%s: line %zu: \"%s\" is not %s; is it the log of unroll train?", r->path,
                   r->line, key, wanted);
}

/* Reads a number. If it is missing, *value stays unchanged. */
static ur_status take_number(const reader *r, const json_t *line, const char *key, double *value)
{
    const json_t *number = json_object_get(line, key);
    if (!number || json_is_null(number)) return UR_OK;
    if (!json_is_number(number)) return refuse(r, key, "a number");
    *value = json_number_value(number);
    return UR_OK;
}

static ur_status take_numbers(const reader *r, const json_t *line, ur_cli_records *into, const char *const *keys)
{
    UR_TRY(add_row(into, r->error));
    into->column[UR_CLI_STEP][into->count - 1] = r->step;
    for (size_t k = 0; keys[k]; k++) UR_TRY(take_number(r, line, keys[k], &into->column[k + 1][into->count - 1]));
    return UR_OK;
}

static ur_status take_update(const reader *r, const json_t *line)
{
    static const char *const keys[] = {"loss", "smooth", "lr", "norm", "units", "seconds", NULL};
    return take_numbers(r, line, &r->log->updates, keys);
}

/* Finds the gate of that name, or adds it. *gate is NULL if there are too many gates. */
static ur_status find_gate(const reader *r, unsigned layer, const char *name, const ur_cli_run_gate **gate)
{
    ur_cli_run_log *log = r->log;
    for (size_t i = 0; i < log->gate_count; i++) {
        *gate = &log->gates[i];
        if ((*gate)->layer == layer && strcmp((*gate)->name, name) == 0) return UR_OK;
    }
    *gate = NULL;
    if (log->gate_count == UR_CLI_RUN_GATES) return UR_OK;
    size_t column = log->evaluations.columns;
    UR_TRY(add_columns(&log->evaluations, r->error));
    ur_cli_run_gate *new = &log->gates[log->gate_count++];
    *new = (ur_cli_run_gate){.layer = layer, .column = column};
    strcpy(new->name, name);
    *gate = new;
    return UR_OK;
}

static ur_status take_gate(const reader *r, const json_t *one)
{
    enum { LAYERS_MOST = 100000 };
    const json_t *layer = json_object_get(one, "layer"), *name = json_object_get(one, "gate");
    json_int_t number = json_integer_value(layer);
    size_t row = r->log->evaluations.count - 1;
    const ur_cli_run_gate *gate;
    if (!json_is_integer(layer) || number < 1 || number > LAYERS_MOST) return refuse(r, "layer", "a layer's number");
    if (!json_is_string(name) || json_string_length(name) >= sizeof gate->name ||
        strlen(json_string_value(name)) != json_string_length(name))
        return refuse(r, "gate", "a gate's name");
    UR_TRY(find_gate(r, (unsigned)number, json_string_value(name), &gate));
    if (!gate) return UR_OK;
    UR_TRY(take_number(r, one, "open", &r->log->evaluations.column[gate->column][row]));
    return take_number(r, one, "shut", &r->log->evaluations.column[gate->column + 1][row]);
}

static ur_status take_evaluation(const reader *r, const json_t *line)
{
    static const char *const keys[] = {"validation", "best", NULL};
    const json_t *gates = json_object_get(line, "gates");
    UR_TRY(take_numbers(r, line, &r->log->evaluations, keys));
    if (gates && !json_is_array(gates)) return refuse(r, "gates", "a list");
    for (size_t i = 0; i < json_array_size(gates); i++) UR_TRY(take_gate(r, json_array_get(gates, i)));
    return UR_OK;
}

static ur_status take_sample(const reader *r, const json_t *line)
{
    ur_cli_run_log *log = r->log;
    const json_t *text = json_object_get(line, "sample");
    if (!json_is_string(text)) return refuse(r, "sample", "a text");
    if (log->sample_count == log->sample_room) {
        size_t room = log->sample_room ? 2 * log->sample_room : 16;
        ur_cli_run_sample *more = room < SIZE_MAX / sizeof *more ? realloc(log->samples, room * sizeof *more) : NULL;
        if (!more) return ur_fail_memory(r->error, "the samples");
        log->samples = more;
        log->sample_room = room;
    }
    size_t length = json_string_length(text);
    char *copy = malloc(length + 1);
    if (!copy) return ur_fail_memory(r->error, "the samples");
    memcpy(copy, json_string_value(text), length + 1);
    log->samples[log->sample_count++] = (ur_cli_run_sample){r->step, copy, length};
    return UR_OK;
}

/* Reads a line. A line without known keys comes from a later version and is ignored. */
static ur_status take_line(reader *r, const json_t *line)
{
    const json_t *step = json_object_get(line, "step");
    if (!json_is_integer(step) || json_integer_value(step) < 0) return refuse(r, "step", "a whole number");
    double number = (double)json_integer_value(step);
    if (number < r->step)
        return ur_fail(r->error, UR_ERR_FORMAT, "%s: line %zu: step %.0f comes after step %.0f", r->path, r->line,
                       number, r->step);
    r->step = number;
    UR_TRY(take_number(r, line, "epoch", &r->log->epoch));
    if (json_object_get(line, "validation")) return take_evaluation(r, line);
    if (json_object_get(line, "loss")) return take_update(r, line);
    return json_object_get(line, "sample") ? take_sample(r, line) : UR_OK;
}

static ur_status read_line(reader *r, const char *text, size_t size)
{
    json_error_t cause;
    json_t *line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &cause);
    if (!line)
        return ur_fail(r->error, UR_ERR_FORMAT, "%s: line %zu: not JSON (%.100s); is it the log of unroll train?",
                       r->path, r->line, cause.text);
    ur_status status = json_is_object(line) ? take_line(r, line) : refuse(r, "the line", "an object");
    json_decref(line);
    return status;
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

ur_status ur_cli_run_log_parse(ur_cli_run_log *log, const char *path, const void *text_, size_t size, ur_error *error)
{
    const char *text = text_;
    reader r = {.log = log, .path = path, .error = error};
    *log = (ur_cli_run_log){.updates = {.columns = UR_CLI_UPDATE_COLUMNS},
                            .evaluations = {.columns = UR_CLI_EVALUATION_COLUMNS}};
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        r.line++;
        if (!end) {
            log->cut_off = r.line;
            break;
        }
        UR_TRY(read_line(&r, text + at, (size_t)(end - text) - at));
        at = (size_t)(end - text) + 1;
    }
    if (log->updates.count > 0) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: it has no updates (lines: %zu); train first, or name another run", path,
                   r.line);
}
