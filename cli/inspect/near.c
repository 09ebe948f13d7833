/* unroll inspect near: finds the tokens whose embeddings are closest to a token's. */
#include "cli/inspect/near.h"

#include "cli/args/nearest.h"
#include "cli/args/verb.h"
#include "cli/report/bars.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    size_t count;
    const char *html;
    bool exact, overwrite, json, places;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is shown", "count", "N", UR_SETTING_SIZE, PLACE(count), .least = 1, .most = 1000,
     .help = "number of neighbours"},
    {NULL, "exact", NULL, UR_SETTING_FLAG, PLACE(exact),
     .help = "look WORD up exactly as written; by default a model of words looks it up with a space before it"},

    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none",
     .help = "also write a page with the neighbours and a plot of all tokens in a plane"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
    {NULL, "coordinates", NULL, UR_SETTING_FLAG, PLACE(places),
     .help = "with --json: also print the place of every token in the plane"},
    {NULL, "places", NULL, UR_SETTING_FLAG, PLACE(places), .help = NULL}, /* the option's older name */
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

enum { COLUMNS = 78 };

static void defaults(void *settings_) { *(settings *)settings_ = (settings){.count = 10}; }

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static bool is_word(const char *text, size_t length)
{
    unsigned char first = length > 0 ? (unsigned char)*text : 0;
    return first >= 0x80 || (first >= '0' && first <= '9') || ((first | 0x20) >= 'a' && (first | 0x20) <= 'z');
}

static void put_name(FILE *out, const ur_cli_near *near, const char *text, size_t length)
{
    bool spaced = near->words && length > 1 && *text == ' ';
    if (near->words && is_word(text, length)) fputc('|', out);
    if (spaced && is_word(text + 1, length - 1)) text++, length--;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ' ')
            fputs("␣", out);
        else if (text[i] == 0)
            fputs("␀", out);
        else
            fputc(text[i], out);
    }
}

char *ur_cli_near_name(const ur_cli_near *near, int32_t id)
{
    char *name = NULL;
    size_t size = 0, length = 0;
    FILE *out = open_memstream(&name, &size);
    if (!out) return NULL;
    const char *text = ur_token_text(near->model, id, &length);
    if (text)
        put_name(out, near, text, length);
    else
        fputs("(unknown)", out);
    if (fclose(out) == 0) return name;
    free(name);
    return NULL;
}

static bool reads_words(const ur_model *model)
{
    char *text = ur_model_record(model);
    json_t *record = text ? json_loads(text, 0, NULL) : NULL;
    const char *token = json_string_value(json_object_get(record, "unit"));
    bool words = token && strcmp(token, "word") == 0;
    json_decref(record);
    free(text);
    return words;
}

/* ---- Which token -------------------------------------------------------------------------------------------------- */

static int32_t find(const ur_model *model, const char *text, size_t length)
{
    for (size_t i = 0; i < ur_model_tokens(model); i++) {
        size_t other = 0;
        const char *token = ur_token_text(model, (int32_t)i, &other);
        if (token && other == length && memcmp(token, text, length) == 0) return (int32_t)i;
    }
    return -1;
}

/* Finds a token. In a model of words " word" is tried first, because it is more frequent than "word". Returns −1 if
 * there is none. */
static int32_t find_token(const ur_cli_near *near, const char *word, bool exact, ur_error *error)
{
    size_t length = strlen(word);
    char *spaced = malloc(length + 2);
    if (!spaced) {
        ur_fail_memory(error, "the token");
        return -1;
    }
    spaced[0] = ' ';
    memcpy(spaced + 1, word, length + 1);
    int32_t id = near->words && !exact && *word != ' ' ? find(near->model, spaced, length + 1) : -1;
    free(spaced);
    return id >= 0 ? id : find(near->model, word, length);
}

/* The name of the token with the most similar spelling; free() it. NULL if there is none. */
static char *like(const ur_cli_near *near, const char *word)
{
    size_t best = SIZE_MAX;
    char *found = NULL;
    for (size_t i = 0; i < ur_model_tokens(near->model); i++) {
        char *name = ur_token_text(near->model, (int32_t)i, &(size_t){0}) ? ur_cli_near_name(near, (int32_t)i) : NULL;
        size_t distance = name ? ur_cli_distance(word, name) : SIZE_MAX;
        if (distance < best) {
            best = distance;
            free(found);
            found = name;
        } else {
            free(name);
        }
    }
    return found;
}

static ur_status no_token(const ur_cli_near *near, const char *word, ur_error *error)
{
    size_t count = 0, tokens = ur_model_tokens(near->model);
    if (ur_encode(near->model, word, strlen(word), NULL, 0, &count, NULL) == UR_OK && count > 1)
        return ur_fail(error, UR_ERR_DATA, "'%.60s' is %zu of the model's tokens; give one", word, count);
    char *other = near->words ? like(near, word) : NULL;
    ur_status status =
        other ? ur_fail(error, UR_ERR_DATA,
                        "'%.60s' is not one of the model's %zu tokens; the most similar one is '%.60s'", word, tokens,
                        other)
              : ur_fail(error, UR_ERR_DATA, "'%.60s' is not one of the model's %zu tokens (unroll info lists some)",
                        word, tokens);
    free(other);
    return status;
}

/* ---- Results ----------------------------------------------------------------------------------------------------- */

/* Prints a bar per neighbour. Each bar owns its name; the last one is for the token asked for. */
static ur_status print_rows(const ur_cli_near *near, ur_cli_bar *bars, size_t width, ur_error *error)
{
    for (size_t i = 0; i <= near->count; i++) {
        int32_t id = i < near->count ? near->nearest[i].id : near->id;
        bars[i] = (ur_cli_bar){ur_cli_near_name(near, id), i < near->count ? near->nearest[i].cosine : 1, NAN};
        if (!bars[i].name) return ur_fail_memory(error, "the names");
    }
    printf("nearest to ");
    ur_cli_print_shown(stdout, bars[near->count].name, strlen(bars[near->count].name));
    printf(" among %zu tokens of %zu numbers, by the cosine\n", ur_model_tokens(near->model), width);
    ur_cli_bars_terminal(stdout, bars, near->count, COLUMNS);
    return UR_OK;
}

static ur_status print_text(const ur_cli_near *near, ur_error *error)
{
    size_t width = 0;
    ur_cli_bar *bars = calloc(near->count + 1, sizeof *bars);
    ur_status status = bars ? ur_embedding_size(near->model, NULL, &width, error) : ur_fail_memory(error, "the names");
    if (status == UR_OK) status = print_rows(near, bars, width, error);
    for (size_t i = 0; bars && i <= near->count; i++) free((void *)(uintptr_t)bars[i].name);
    free(bars);
    return status;
}

static json_t *token_json(const ur_cli_near *near, int32_t id)
{
    size_t length = 0;
    const char *text = ur_token_text(near->model, id, &length);
    json_t *object = json_object();
    ur_cli_json_set(&object, "unit", text ? ur_cli_json_text(text, length) : json_null());
    ur_cli_json_set(&object, "id", json_integer(id));
    return object;
}

static json_t *list(const ur_cli_near *near)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < near->count; i++) {
        json_t *entry = token_json(near, near->nearest[i].id);
        ur_cli_json_set(&entry, "cosine", ur_cli_json_number(near->nearest[i].cosine));
        ur_cli_json_add(&array, entry);
    }
    return array;
}

static json_t *pairs(const double *places, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++)
        ur_cli_json_add(&array, json_pack("[f,f]", places[2 * i], places[2 * i + 1]));
    return array;
}

static ur_status add_places(const ur_cli_near *near, json_t **object, ur_error *error)
{
    double share[2], *places = calloc(ur_model_tokens(near->model), 2 * sizeof *places);
    ur_status status =
        places ? ur_embedding_plane(near->model, places, share, error) : ur_fail_memory(error, "the plane");
    if (status == UR_OK) {
        ur_cli_json_set(object, "share", json_pack("[f,f]", share[0], share[1]));
        ur_cli_json_set(object, "places", pairs(places, ur_model_tokens(near->model)));
    }
    free(places);
    return status;
}

static ur_status print_json(const ur_cli_near *near, bool places, ur_error *error)
{
    json_t *object = token_json(near, near->id);
    ur_cli_json_set(&object, "units", json_integer((json_int_t)ur_model_tokens(near->model)));
    ur_cli_json_set(&object, "near", list(near));
    ur_status status = places && object ? add_places(near, &object, error) : UR_OK;
    if (status == UR_OK) return ur_cli_json_print(object, error);
    json_decref(object);
    return status;
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

static ur_status show(const settings *s, const ur_cli_near *near, ur_error *error)
{
    if (s->html) UR_TRY(ur_cli_near_page(near, s->html, s->overwrite, error));
    return s->json ? print_json(near, s->places, error) : print_text(near, error);
}

/* Refuses an embedding with another number of rows than the model has tokens, for example one of another line: its rows
 * cannot be named. */
static ur_status check_tokens(const ur_cli_near *near, ur_error *error)
{
    size_t rows = 0;
    UR_TRY(ur_embedding_size(near->model, &rows, NULL, error));
    if (ur_model_tokens(near->model) == rows) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "the model has %zu tokens of text for the %zu rows of its embedding",
                   ur_model_tokens(near->model), rows);
}

static ur_status look(const settings *s, ur_cli_near *near, const char *word, ur_error *error)
{
    ur_error missing = {0};
    UR_TRY(check_tokens(near, error));
    near->words = reads_words(near->model);
    near->id = find_token(near, word, s->exact, &missing);
    if (missing.status != UR_OK) return ur_fail_memory(error, "the token");
    if (near->id < 0) return no_token(near, word, error);
    ur_neighbour *nearest = calloc(s->count, sizeof *nearest);
    if (!nearest) return ur_fail_memory(error, "the neighbours");
    near->nearest = nearest;
    ur_status status = ur_embedding_near(near->model, near->id, nearest, s->count, &near->count, error);
    if (status == UR_OK) status = show(s, near, error);
    free(nearest);
    return status;
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    ur_cli_near near = {0};
    UR_TRY(ur_cli_expect(arguments, 1, 2, "which model? give a model file or a run folder, then a token of it", error));
    UR_TRY(ur_cli_expect(arguments, 2, 2, "near which token? give a word or character that the model reads", error));
    if (!*arguments->words[1])
        return ur_fail(error, UR_ERR_USAGE, "near which token? '' is none; give a word or character");
    if (s->places && !s->json)
        return ur_fail(error, UR_ERR_USAGE, "--coordinates belongs to --json; add that, or leave it out");
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    UR_TRY(ur_cli_model_load(&near.model, arguments->words[0], error));
    ur_status status = look(s, &near, arguments->words[1], error);
    ur_model_free(near.model);
    return status;
}

const ur_cli_verb ur_cli_inspect_near = {
    .name = "inspect near",
    .takes = "MODEL WORD [option...]",
    .summary = "list the tokens with the most similar embeddings",
    .text =
        "Compares the embedding of WORD with that of every other token of MODEL, a model file or a run folder, by the "
        "cosine of the angle between them. Near 1, the network reads the two tokens in much the same way. --html also "
        "plots all tokens in the plane in which they differ most (principal component analysis).\n\n"
        "The model needs an embedding (--embed); a model that reads one-hot tokens has none. If the network line ends "
        "in 'dense tied', the embedding is also the output layer, so tokens that are alike are both read and predicted "
        "alike. In a model of words, a bar marks a word without a space before it, as at the beginning of a line.",
    .examples = "unroll inspect near runs/words king  # the ten nearest words\n"
                "unroll inspect near runs/input a --html near.html  # with a plot of all characters\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
