/* unroll info: shows what a model consists of and where it comes from. */
#include "cli/args/verb.h"
#include "cli/support/glyphs.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/text_out.h"

#include "unroll_train.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    bool json;
} settings;

static const ur_setting OPTIONS[] = {
    {"Output", "json", NULL, UR_SETTING_FLAG, offsetof(settings, json),
     .help = "print the model's whole record as one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

enum { COLUMN = 18, WIDTH = 100, TOKENS_SHOWN = 200, VALUES_SHOWN = 4, STRING_SHOWN = 160 };

static void defaults(void *settings_) { *(settings *)settings_ = (settings){0}; }

static void print_name(const char *name)
{
    size_t columns = ur_cli_shown_columns(name, strlen(name));
    ur_cli_print_name(stdout, name);
    printf("%*s", columns < COLUMN ? (int)(COLUMN - columns) : 1, "");
}

/* ---- The network ------------------------------------------------------------------------------------------------ */

static void print_parameters(ur_model *model)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) {
        printf("  %-*s", COLUMN + 6, p.name);
        for (size_t k = 0; k < p.rank; k++) printf("%s%zu", k ? " x " : " ", p.shape[k]);
        printf("\n");
    }
}

/* Prints the first tokens, as many as fit into a few lines. */
static void print_tokens(const ur_model *model)
{
    size_t shown = 0, column = COLUMN;
    for (size_t i = 0; i < ur_model_tokens(model) && shown < TOKENS_SHOWN; i++) {
        size_t length = 0;
        const char *text = ur_token_text(model, (int32_t)i, &length);
        if (!text) continue;
        printf("%*s", column == COLUMN ? COLUMN : 1, "");
        ur_cli_print_shown(stdout, text, length);
        shown++;
        column += length + 1;
        if (column < WIDTH) continue;
        putchar('\n');
        column = COLUMN;
    }
    if (shown == TOKENS_SHOWN) printf(" ...");
    if (column != COLUMN || shown == TOKENS_SHOWN) putchar('\n');
}

static void print_network(ur_model *model)
{
    print_name("network");
    printf("%s\n", ur_model_net(model));
    print_name("task");
    ur_cli_print_name(stdout, *ur_model_task(model) ? ur_model_task(model) : "none recorded");
    putchar('\n');
    print_name("parameters");
    printf("%zu\n", ur_model_parameters(model));
    print_name("weights");
    printf("%s\n", ur_cli_weights_name(model));
    print_parameters(model);
    if (ur_model_tokens(model) == 0) return;
    print_name("tokens");
    printf("%zu%s\n", ur_model_tokens(model),
           ur_unknown_token(model) >= 0 ? ", the last one for what was never seen" : "");
    print_tokens(model);
}

/* ---- The record ------------------------------------------------------------------------------------------------- */

/* Keys that are shown above or are too long to be shown. */
static bool left_out(const char *key)
{
    static const char *const KEYS[] = {"net", "task", "vocab", "probe", "unknown", "symbols", "outputs", "weights"};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (strcmp(key, KEYS[i]) == 0) return true;
    return false;
}

static void print_value(const json_t *value);

/* Prints only the first values of a long list. A folder of texts may have thousands of files, and the first few
 * identify it. */
static void print_first(const json_t *values)
{
    printf("%zu: ", json_array_size(values));
    for (size_t i = 0; i < VALUES_SHOWN; i++) {
        print_value(json_array_get(values, i));
        printf(", ");
    }
    printf("... (--json has all)");
}

/* Cuts a long string without spaces or slashes: it holds encoded numbers, which are for programs. */
static void print_string(const json_t *value)
{
    size_t length = json_string_length(value);
    bool cut = length > STRING_SHOWN && !strpbrk(json_string_value(value), " /");
    ur_cli_print_shown(stdout, json_string_value(value), cut ? STRING_SHOWN / 4 : length);
    if (cut) printf("... (%zu characters; --json has all)", length);
}

/* Replaces the vocabulary inside an object by its size. Such an object belongs to a line that reads other tokens than
 * the last line. */
static void print_value(const json_t *value)
{
    if (json_is_string(value)) {
        print_string(value);
        return;
    }
    if (json_array_size(value) > VALUES_SHOWN) {
        print_first(value);
        return;
    }
    const json_t *vocab = json_object_get(value, "vocab");
    json_t *shown = vocab ? json_copy((json_t *)(uintptr_t)value) : NULL;
    if (shown) json_object_set_new(shown, "vocab", json_sprintf("%zu tokens (--json has all)", json_array_size(vocab)));
    char *text = json_dumps(shown ? shown : value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
    printf("%s", text ? text : "?");
    free(text);
    json_decref(shown);
}

/* Shows objects one level deep, indented. Anything deeper is shown as JSON. */
static void print_record(json_t *record)
{
    const char *key, *inner;
    json_t *value, *below;
    json_object_foreach(record, key, value)
    {
        if (left_out(key)) continue;
        print_name(key);
        if (!json_is_object(value)) print_value(value);
        putchar('\n');
        if (!json_is_object(value)) continue;
        json_object_foreach(value, inner, below)
        {
            printf("  ");
            ur_cli_print_padded(stdout, inner, COLUMN - 3);
            putchar(' ');
            print_value(below);
            putchar('\n');
        }
    }
}

static ur_status show(const settings *s, ur_model *model, json_t *record, ur_error *error)
{
    if (s->json) return ur_cli_json_print(json_incref(record), error);
    print_network(model);
    print_record(record);
    return UR_OK;
}

static ur_status show_model(const settings *s, ur_model *model, ur_error *error)
{
    char *text = ur_model_record(model);
    json_t *record = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (!record) return ur_fail_memory(error, "the model's record");
    ur_status status = show(s, model, record, error);
    json_decref(record);
    return status;
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_model *model = NULL;
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which model? give a model file or a run folder", error));
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = show_model(settings_, model, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_info = {
    .name = "info",
    .takes = "MODEL [option...]",
    .summary = "describe a model and how it was trained",
    .text = "Prints the network line, the names and sizes of the weights (named as in PyTorch), the tokens of a text "
            "model, and the record of the training: its data, settings and results.",
    .examples = "unroll info runs/input  # for people\n"
                "unroll info runs/input --json  # for programs\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
