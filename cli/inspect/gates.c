/* unroll inspect gates: how often each gate is open and shut over a text, and all signals as arrays for numpy. */
#include "cli/inspect/gates.h"

#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/reading.h"
#include "cli/support/task_settings.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    ur_reading reading;
    int invalid;
    const char *part, *dump, *signals, *html;
    bool overwrite, json;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    UR_CLI_PART_ROW("What is read", PLACE(part)),
    UR_CLI_INVALID_ROW(NULL, PLACE(invalid)),
    UR_CLI_THREADS_ROW(NULL, PLACE(reading.threads)),

    {"Output", "dump", "FILE.npz", UR_SETTING_TEXT, PLACE(dump), .unset = "none", .only = UR_CLI_TEXTS,
     .help = "write every signal at every step as numpy arrays, from one pass: h1 (steps, neurons) is h of layer 1"},
    {NULL, "signals", "LIST", UR_SETTING_TEXT, PLACE(signals), .unset = "all",
     .help = "signals that --dump writes, such as c,h"},
    {NULL, "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none",
     .help = "write the plot of open and shut gates as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace existing files"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){.reading = {.end = 1}}; }

/* ---- Summary of a layer's signal ------------------------------------------------------------------------------- */

ur_cli_gate_row ur_cli_gate_row_of(const ur_gate_table *gates, size_t layer, size_t signal)
{
    ur_cli_gate_row row = {0};
    ur_unit_use use;
    for (; ur_gate_table_unit(gates, layer, signal, row.units, &use); row.units++) {
        row.open += use.open;
        row.shut += use.shut;
        row.mean += use.mean;
        row.deviation += use.deviation;
        row.always_open += use.open >= 0.99;
        row.always_shut += use.shut >= 0.99;
        row.least = row.units == 0 || use.least < row.least ? use.least : row.least;
        row.most = row.units == 0 || use.most > row.most ? use.most : row.most;
    }
    double units = (double)(row.units ? row.units : 1);
    row.open /= units, row.shut /= units, row.mean /= units, row.deviation /= units;
    return row;
}

/* ---- On the terminal ---------------------------------------------------------------------------------------------- */

static void print_row(const ur_signal *signal, const ur_cli_gate_row *row)
{
    if (signal->kind == UR_SIGNAL_GATE)
        printf("  %-7s%5.1f %%%9.1f %%%12zu%13zu%11.3f\n", signal->name, 100 * row->open, 100 * row->shut,
               row->always_open, row->always_shut, row->mean);
    else
        printf("  %-7s%42s%11.3f  (deviation %.3f, from %.3g to %.3g)\n", signal->name, "", row->mean, row->deviation,
               row->least, row->most);
}

void ur_cli_gate_title(const ur_model *model, size_t layer, char *title, size_t size)
{
    const char *cell = "", *line = ur_probe_line(model, layer);
    size_t units = 0;
    ur_probe_layer(model, layer, &units, &cell);
    bool named = line && *line;
    snprintf(title, size, "layer %zu: %s, %zu neurons%s%s", layer + 1, cell, units, named ? ", line " : "",
             named ? line : "");
}

/* The steps of the last layer. Layers of other lines may have another number of steps. */
static unsigned long long steps_of(const ur_model *model, const ur_gate_table *gates)
{
    return (unsigned long long)ur_gate_table_steps(gates, ur_probe_layers(model) - 1);
}

static void print_layers(const ur_model *model, const ur_gate_table *gates)
{
    char title[UR_CLI_GATE_TITLE];
    ur_signal signal;
    for (size_t layer = 0; layer < ur_probe_layers(model); layer++) {
        unsigned long long steps = (unsigned long long)ur_gate_table_steps(gates, layer);
        ur_cli_gate_title(model, layer, title, sizeof title);
        printf("%s%s", layer ? "\n" : "", title);
        printf(steps == steps_of(model, gates) ? "\n" : ", %llu steps\n", steps);
        printf("  signal   open      shut   always open  always shut       mean\n");
        for (size_t i = 0; ur_probe_signal(model, layer, i, &signal); i++) {
            ur_cli_gate_row row = ur_cli_gate_row_of(gates, layer, i);
            print_row(&signal, &row);
        }
    }
    printf("\n%llu steps. Open: above 0.9; shut: below 0.1; shares of all neurons and steps. Always: neurons that are "
           "so in "
           "99 %% of the steps.\n",
           steps_of(model, gates));
}

/* ---- As JSON ------------------------------------------------------------------------------------------------------ */

static const char *const KINDS[] = {"gate", "value", "state"};

static json_t *unit_numbers(const ur_gate_table *gates, size_t layer, size_t signal, size_t which)
{
    ur_unit_use use;
    json_t *list = json_array();
    for (size_t u = 0; ur_gate_table_unit(gates, layer, signal, u, &use); u++) {
        double value = which == 0 ? use.open : which == 1 ? use.shut : which == 2 ? use.mean : use.deviation;
        ur_cli_json_add(&list, ur_cli_json_number(value));
    }
    return list;
}

static json_t *signal_json(const ur_gate_table *gates, size_t layer, size_t i, const ur_signal *signal)
{
    static const char *const keys[] = {"open", "shut", "mean", "deviation"};
    ur_cli_gate_row row = ur_cli_gate_row_of(gates, layer, i);
    const double values[] = {row.open, row.shut, row.mean, row.deviation};
    json_t *object = json_object(), *units = json_object();
    ur_cli_json_set(&object, "name", json_string(signal->name));
    ur_cli_json_set(&object, "kind", json_string(KINDS[signal->kind]));
    for (size_t k = signal->kind == UR_SIGNAL_GATE ? 0 : 2; k < 4; k++) {
        ur_cli_json_set(&object, keys[k], ur_cli_json_number(values[k]));
        ur_cli_json_set(&units, keys[k], unit_numbers(gates, layer, i, k));
    }
    ur_cli_json_set(&object, "units", units);
    return object;
}

static ur_status print_json(const ur_model *model, const ur_gate_table *gates, ur_error *error)
{
    const char *cell;
    size_t units;
    ur_signal signal;
    json_t *object = json_object(), *layers = json_array();
    for (size_t layer = 0; ur_probe_layer(model, layer, &units, &cell); layer++) {
        json_t *one = json_object(), *signals = json_array();
        for (size_t i = 0; ur_probe_signal(model, layer, i, &signal); i++)
            ur_cli_json_add(&signals, signal_json(gates, layer, i, &signal));
        ur_cli_json_set(&one, "cell", json_string(cell));
        ur_cli_json_set(&one, "units", json_integer((json_int_t)units));
        if (*ur_probe_line(model, layer)) ur_cli_json_set(&one, "line", json_string(ur_probe_line(model, layer)));
        ur_cli_json_set(&one, "steps", json_integer((json_int_t)ur_gate_table_steps(gates, layer)));
        ur_cli_json_set(&one, "signals", signals);
        ur_cli_json_add(&layers, one);
    }
    ur_cli_json_set(&object, "steps", json_integer((json_int_t)steps_of(model, gates)));
    ur_cli_json_set(&object, "layers", layers);
    return ur_cli_json_print(object, error);
}

/* ---- Running ------------------------------------------------------------------------------------------------------ */

static ur_status report(const settings *s, const ur_model *model, ur_gate_table *gates, ur_error *error)
{
    ur_status status = s->html ? ur_cli_gates_page(model, gates, s->html, s->overwrite, error) : UR_OK;
    if (status == UR_OK && s->json)
        status = print_json(model, gates, error);
    else if (status == UR_OK)
        print_layers(model, gates);
    return status;
}

static ur_status inspect_text(settings *s, const ur_model *model, ur_error *error)
{
    ur_gate_table *gates = NULL;
    if (s->dump) UR_TRY(ur_cli_gates_dump(model, &s->reading, s->signals, s->dump, error));
    UR_TRY(ur_gate_table_create(&gates, model, &s->reading, error));
    ur_status status = report(s, model, gates, error);
    ur_gate_table_free(gates);
    return status;
}

/* Reads data of the model's own task. */
static ur_status inspect_data(const settings *s, const ur_cli_arguments *arguments, ur_cli_texts *data,
                              const ur_model *model, ur_error *error)
{
    ur_settings *task;
    ur_gate_table *gates = NULL;
    UR_TRY(ur_cli_refuse_text_options(&TABLE, arguments, model, error));
    UR_TRY(ur_cli_task_settings(&task, model, arguments, data, s->reading.threads, error));
    ur_status status = ur_gate_table_of_task(&gates, model, task, error);
    if (status == UR_OK) status = report(s, model, gates, error);
    ur_gate_table_free(gates);
    ur_settings_free(task);
    return status;
}

static ur_status inspect(settings *s, const ur_cli_arguments *arguments, ur_cli_texts *data, const ur_model *model,
                         ur_error *error)
{
    if (ur_cli_has_task_data(model)) return inspect_data(s, arguments, data, model, error);
    UR_TRY(ur_cli_expect_text_for(model, arguments->words[0], arguments, arguments->count - 1, error));
    return inspect_text(s, model, error);
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    settings *s = settings_;
    ur_model *model = NULL;
    UR_TRY(ur_cli_expect_model(arguments, error));
    UR_TRY(ur_cli_reading_set(&s->reading, s->part, s->invalid, error));
    UR_TRY(ur_cli_check_new(s->dump, s->overwrite, error));
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    if (s->signals && !s->dump) return ur_fail(error, UR_ERR_USAGE, "--signals belongs to --dump FILE.npz");
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_cli_texts data;
    ur_status status = ur_cli_reading_open(&s->reading, &data, arguments->words + 1, arguments->count - 1, error);
    if (status == UR_OK) status = inspect(s, arguments, &data, model, error);
    ur_cli_texts_close(&data, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_inspect_gates = {
    .name = "inspect gates",
    .takes = "MODEL DATA... [option...]",
    .summary = "show how often the gates are open and shut",
    .text =
        "Reads texts with a language model and records every gate and state of every cell at every step: i, f, g, o, c "
        "and h of an LSTM; r, z, n and h of a GRU; h of an RNN, which has no gates. A gate above 0.9 counts as open, "
        "one below 0.1 as shut. A neuron whose forget gate is always open keeps its memory for a long time.\n\n"
        "A model of another task reads data of its own kind, with the options of unroll eval: sentences, pictures, "
        "clips. A model of recall generates its data. Steps are those of the network: glimpses, strokes, segments of a "
        "series. The lines of a network may have different numbers of steps; a tagger, for example, spells each "
        "different word of a batch only once.\n\n"
        "The text is read in up to 32 pieces side by side, each from a zero state. For --dump it is read again in one "
        "pass. The arrays are named by signal and layer (c1, h1, i2 ...); 'units' holds the token read at each step.",
    .examples = "unroll inspect gates runs/input input.txt --part 0.9:1  # the last tenth\n"
                "unroll inspect gates runs/input input.txt --dump states.npz --signals c,h  # for numpy.load\n"
                "unroll inspect gates runs/digits t10k-images-idx3-ubyte.gz  # a model of draw, stroke by stroke\n",
    .any_task = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
