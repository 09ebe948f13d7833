/* unroll check: does this build compute what it should, on this machine? */
#include "cli/check/check.h"

#include "cli/args/verb.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/sink.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    bool json;
} settings;

static const ur_setting OPTIONS[] = {
    {"Output", "json", NULL, UR_SETTING_FLAG, offsetof(settings, json), .help = "print one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){0}; }

void ur_cli_check_report(ur_cli_checks *checks, ur_cli_verdict verdict, const char *name, const char *format, ...)
{
    static const char *const WORDS[] = {"ok", "failed", "skipped"};
    char text[256];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    checks->failed += verdict == UR_CLI_FAILED;
    if (!checks->json && checks->written != UR_OK) return;
    if (!checks->json) {
        printf("%-7s  %-30s  ", WORDS[verdict], name);
        ur_cli_print_message(stdout, text);
        putchar('\n');
        if (checks->written == UR_OK) checks->written = ur_cli_flush_output(&checks->why);
        return;
    }
    json_t *entry = json_object();
    ur_cli_json_set(&entry, "name", json_string(name));
    ur_cli_json_set(&entry, "result", json_string(WORDS[verdict]));
    ur_cli_json_set(&entry, "text", json_string(text));
    if (json_array_append_new(checks->list, entry) == 0) return;
    json_decref(checks->list);
    checks->list = NULL;
}

static ur_status check_cells(ur_cli_checks *checks, ur_error *error)
{
    ur_cli_network network = {.sizes = {.symbols = 9, .outputs = 9}};
    for (size_t i = 0; ur_cell_name(i); i++) {
        char what[64], line[64];
        snprintf(what, sizeof what, ", %s", ur_cell_name(i));
        snprintf(line, sizeof line, "onehot > %s 7 > dense", ur_cell_name(i));
        network.what = what;
        network.line = line;
        UR_TRY(ur_cli_check_gradients(checks, &network, error));
    }
    network.what = ", a stack";
    network.line = "embed 5 > lstm 6 x2 > gru 5 > dense";
    return ur_cli_check_gradients(checks, &network, error);
}

/* The sizes are odd, so that no kernel has a full block at its end. The network has dropout, because its masks must not
 * depend on threads either. */
static ur_status check_stack(ur_cli_checks *checks, ur_error *error)
{
    const ur_cli_network network = {.what = "",
                                    .line = "embed 13 > lstm 37 drop=0.2 > gru 19 > rnn 11 > dense",
                                    .sizes = {.symbols = 29, .outputs = 29}};
    return ur_cli_check_bits(checks, &network, error);
}

static ur_status check_network(ur_cli_checks *checks, const char *path, ur_error *error)
{
    ur_sizes lines[UR_MAX_LINES];
    ur_model *model = NULL;
    UR_TRY(ur_model_load(&model, path, ur_cli_isa(), error));
    ur_cli_network network = {.what = " of the network", .line = ur_model_net(model)};
    ur_model_sizes(model, &network.sizes, lines);
    ur_status status = ur_cli_check_gradients(checks, &network, error);
    if (status == UR_OK) status = ur_cli_check_bits(checks, &network, error);
    ur_model_free(model);
    return status;
}

static ur_status check_all(ur_cli_checks *checks, const char *model, ur_error *error)
{
    UR_TRY(check_cells(checks, error));
    UR_TRY(check_stack(checks, error));
    if (!model) return UR_OK;
    UR_TRY(check_network(checks, model, error));
    return ur_cli_check_probe(checks, model, error);
}

static ur_status finish(ur_cli_checks *checks, ur_error *error)
{
    if (checks->written != UR_OK) return ur_fail(error, checks->written, "%s", checks->why.text);
    if (checks->json) {
        json_t *object = json_object();
        ur_cli_json_set(&object, "ok", json_boolean(checks->failed == 0));
        ur_cli_json_set(&object, "checks", json_incref(checks->list));
        UR_TRY(ur_cli_json_print(object, error));
    }
    if (checks->failed == 0) return UR_OK;
    return ur_fail(error, UR_ERR_NUMERIC, "%zu check%s failed", checks->failed, checks->failed == 1 ? "" : "s");
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    char *model = NULL; /* resolved first, so that a wrong name fails before any computation */
    UR_TRY(ur_cli_expect(arguments, 0, 1, "", error));
    if (arguments->count) UR_TRY(ur_cli_model_path(arguments->words[0], &model, error));
    ur_cli_checks checks = {.json = s->json, .list = json_array()};
    ur_status status = check_all(&checks, model, error);
    if (status == UR_OK) status = finish(&checks, error);
    json_decref(checks.list);
    free(model);
    return status;
}

const ur_cli_verb ur_cli_check = {
    .name = "check",
    .takes = "[MODEL] [option...]",
    .summary = "test the arithmetic on this machine",
    .text = "Takes a few seconds and tests what all results rest on. For each cell it compares gradients with finite "
            "differences of the loss. For a training it checks that all instruction sets of this machine, with 1, 2 "
            "and 3 threads, give the same bits. With a model of any task, it does both for the model's network, with "
            "random inputs and new random weights. For a language model, it also recomputes the values recorded in the "
            "file. Prints one line per test. The status is 1 if one fails.",
    .examples = "unroll check  # this build on this machine\n"
                "unroll check runs/input  # and a model\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
