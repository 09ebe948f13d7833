/* unroll inspect glimpses: shows where a network looks at pictures. */
#include "cli/inspect/glimpses.h"

#include "cli/args/verb.h"
#include "cli/report/page.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/watching.h"

#include "unroll_generate.h"
#include "unroll_train.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    size_t count;
    const char *html;
    bool json, overwrite;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is shown", "count", "N", UR_SETTING_SIZE, PLACE(count), .least = 1, .most = 1000,
     .help = "number of pictures, from the first on"},

    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none",
     .help = "write a page that draws the paths"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
};

#define SEEN "seen" /* the setting of tasks whose answers show what was seen */

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){.count = 8}; }

/* ---- Reading the object ---------------------------------------------------------------------------------------- */

void ur_cli_glimpses_free(ur_cli_glimpses *g)
{
    free(g->at);
    free(g->picture);
    free(g->seen);
}

static unsigned char grey_at(const json_t *list, size_t i)
{
    return (unsigned char)json_integer_value(json_array_get(list, i));
}

static bool read_glimpse(ur_cli_glimpses *g, size_t t, const json_t *o)
{
    const json_t *seen = json_object_get(o, "seen");
    const size_t places = g->size * g->size;
    g->at[t] = (ur_cli_glimpse){.row = json_number_value(json_object_get(o, "row")),
                                .column = json_number_value(json_object_get(o, "column")),
                                .side = json_number_value(json_object_get(o, "side")),
                                .probability = json_number_value(json_object_get(o, "probability")),
                                .label = json_string_value(json_object_get(o, "label"))};
    for (size_t i = 0; i < places * g->scales; i++)
        g->seen[(t * g->scales + i % g->scales) * places + i / g->scales] = grey_at(seen, i);
    return g->at[t].label && json_array_size(seen) == places * g->scales;
}

static size_t size_of(const json_t *o, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(o, key));
    return size > 0 && size < 1 << 16 ? (size_t)size : 0;
}

ur_status ur_cli_glimpses_read(ur_cli_glimpses *g, const json_t *o, ur_error *error)
{
    const json_t *path = json_object_get(o, "path"), *picture = json_object_get(o, "picture");
    *g = (ur_cli_glimpses){.where = json_string_value(json_object_get(o, "where")),
                           .label = json_string_value(json_object_get(o, "label")),
                           .probability = json_number_value(json_object_get(o, "probability")),
                           .count = json_array_size(path),
                           .rows = size_of(o, "rows"),
                           .columns = size_of(o, "columns"),
                           .size = size_of(o, "size"),
                           .scales = size_of(o, "scales")};
    g->at = calloc(g->count + 1, sizeof *g->at);
    g->picture = calloc(g->rows * g->columns + 1, 1);
    g->seen = calloc(g->count * g->scales * g->size * g->size + 1, 1);
    if (!g->at || !g->picture || !g->seen) return ur_fail_memory(error, "the glimpses");
    bool whole = g->where && g->label && g->count && json_array_size(picture) == g->rows * g->columns;
    for (size_t i = 0; i < g->rows * g->columns; i++) g->picture[i] = grey_at(picture, i);
    for (size_t t = 0; t < g->count; t++) whole = read_glimpse(g, t, json_array_get(path, t)) && whole;
    return whole ? UR_OK : ur_fail(error, UR_ERR_FORMAT, "an answer without its glimpses");
}

/* ---- Answers ------------------------------------------------------------------------------------------------------ */

/* The first answers about a file. */
typedef struct collected {
    json_t *answers;
    size_t most;
} collected;

/* Collects an answer. An object and its line break come as two pieces. Ends the reading after the last answer that is
 * needed, with UR_ERR_INTERRUPTED. */
static ur_status collect(void *context, const char *bytes, size_t size, ur_error *error)
{
    collected *c = context;
    if (*bytes == '\n' && json_array_size(c->answers) >= c->most)
        return ur_fail(error, UR_ERR_INTERRUPTED, "there are enough");
    if (*bytes == '\n') return UR_OK;
    return json_array_append_new(c->answers, json_loadb(bytes, size, 0, NULL)) == 0
               ? UR_OK
               : ur_fail_memory(error, "an answer");
}

static ur_status ask(ur_model *model, ur_settings *task, const char *images, collected *c, ur_error *error)
{
    ur_answerer *answerer = NULL;
    const ur_sink sink = {collect, c};
    ur_status status = ur_settings_set(task, SEEN, "yes", error);
    if (status == UR_OK) status = ur_answerer_create(&answerer, model, task, true, error);
    if (status == UR_OK) status = ur_answer_file(answerer, images, &sink, error);
    ur_answerer_free(answerer);
    return status == UR_ERR_INTERRUPTED && json_array_size(c->answers) >= c->most ? UR_OK : status;
}

/* ---- Showing ------------------------------------------------------------------------------------------------------ */

static ur_status show_each(const json_t *answers, FILE *page, ur_error *error)
{
    ur_status status = UR_OK;
    for (size_t i = 0; i < json_array_size(answers) && status == UR_OK; i++) {
        ur_cli_glimpses g;
        status = ur_cli_glimpses_read(&g, json_array_get(answers, i), error);
        if (status == UR_OK) status = page ? ur_cli_glimpses_draw(&g, page, error) : ur_cli_glimpses_print(&g, error);
        ur_cli_glimpses_free(&g);
    }
    return status;
}

static ur_status save_page(const json_t *answers, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    UR_TRY(ur_cli_page_begin(&page, "Glimpses", error));
    ur_cli_page_note(&page,
                     "Where the network looked at each picture, one place after another, and the square that it saw "
                     "there. Beside it what it saw, coarser below where it looks at several scales, and what it "
                     "would have answered after each glimpse, with the probability.");
    ur_status status = show_each(answers, page.out, error);
    if (status == UR_OK) return ur_cli_page_save(&page, path, overwrite, error);
    ur_cli_page_drop(&page);
    return status;
}

static ur_status print_json(json_t *answers, ur_error *error)
{
    json_t *object = json_object();
    ur_cli_json_set(&object, "pictures", json_incref(answers));
    return ur_cli_json_print(object, error);
}

static ur_status show(const settings *s, ur_model *model, ur_settings *task, const char *images, ur_error *error)
{
    collected c = {json_array(), s->count};
    ur_status status = c.answers ? ask(model, task, images, &c, error) : ur_fail_memory(error, "the answers");
    if (status == UR_OK && s->html) status = save_page(c.answers, s->html, s->overwrite, error);
    if (status == UR_OK && s->json) status = print_json(c.answers, error);
    if (status == UR_OK && !s->json && !s->html) status = show_each(c.answers, NULL, error);
    json_decref(c.answers);
    return status;
}

static ur_status inspect(const settings *s, ur_model *model, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_settings_of_model(&task, model, error));
    ur_status status = UR_OK;
    if (!ur_cli_task_row(task, SEEN, NULL))
        status = ur_fail(error, UR_ERR_DATA,
                         "%s: a model for %s, which takes no glimpses; unroll train glimpse trains one that does",
                         arguments->words[0], ur_model_task(model));
    if (status == UR_OK) status = ur_cli_expect(arguments, 2, 2, "which pictures? give an idx file", error);
    if (status == UR_OK) status = show(s, model, task, arguments->words[1], error);
    ur_settings_free(task);
    return status;
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    ur_model *model = NULL;
    UR_TRY(ur_cli_expect(arguments, 1, 2, "which model? give a model file or a run folder, then pictures", error));
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = inspect(s, model, arguments, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_inspect_glimpses = {
    .name = "inspect glimpses",
    .takes = "MODEL IMAGES.idx [option...]",
    .summary = "show where a network looks at pictures",
    .text = "For a model of unroll train glimpse: shows the path of its glimpses over each picture, what it saw at "
            "each, and how its answer changed. On the terminal a number marks the middle of each glimpse; --html also "
            "draws the squares. Pictures are read as in unroll predict.",
    .examples =
        "unroll inspect glimpses runs/digits t10k-images-idx3-ubyte.gz --count 3  # three digits on the terminal\n"
        "unroll inspect glimpses runs/digits digits.idx --count 40 --html paths.html  # forty as a page\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
