/* unroll inspect cells: finds the neurons of a network that follow something in a text, or in data of another task. */
#include "cli/inspect/cells.h"

#include "cli/support/clock.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/reading.h"
#include "cli/support/task_settings.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACE(field) offsetof(ur_cli_cells_settings, field)

static const ur_setting OPTIONS[] = {
    UR_CLI_PART_ROW("What is read", PLACE(part)),
    UR_CLI_INVALID_ROW(NULL, PLACE(invalid)),

    {"What is looked for", "where", "NAME=REGEX", UR_SETTING_EACH, PLACE(where), .unset = "none",
     .help =
         "add a predicate: inside a match of this regular expression (PCRE2) in a line; may be given up to 16 times"},

    {"What is shown", "show", "PREDICATE", UR_SETTING_TEXT, PLACE(show), .unset = "none",
     .help = "instead of the table, print a passage coloured by the best neuron for this predicate"},
    {NULL, "neuron", "LAYER.NEURON", UR_SETTING_TEXT, PLACE(cell), .unset = "none",
     .help = "instead of the table, print a passage coloured by this neuron; layers count from 1, neurons from 0, as "
             "in the table"},
    {NULL, "cell", "LAYER.NEURON", UR_SETTING_TEXT, PLACE(cell), .help = NULL}, /* the option's older name */
    {NULL, "length", "N", UR_SETTING_SIZE, PLACE(length), .least = 1, .most = 1e6, .help = "tokens in a passage"},
    {NULL, "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none",
     .help = "write the table and a passage for each predicate as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},

    UR_CLI_THREADS_ROW("The machine", PLACE(search.reading.threads)),
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings)
{
    ur_cli_cells_settings *s = settings;
    *s = (ur_cli_cells_settings){.length = 1500};
}

/* ---- Checking the options -------------------------------------------------------------------------------------- */

static bool is_whole(const char *text) { return *text && !text[strspn(text, "0123456789")] && strlen(text) < 10; }

static ur_status set_cell(ur_cli_cells_settings *s, ur_error *error)
{
    char layer[16] = {0};
    if (!s->cell) return UR_OK;
    size_t length = strcspn(s->cell, ".");
    if (length < sizeof layer) memcpy(layer, s->cell, length);
    if (!s->cell[length] || !is_whole(layer) || !is_whole(s->cell + length + 1) || atol(layer) < 1)
        return ur_fail(
            error, UR_ERR_USAGE,
            "--neuron: '%.80s' is not allowed; give a layer from 1 and a neuron from 0 with a point between, such "
            "as 1.43",
            s->cell);
    s->search.follow = true;
    s->search.layer = (size_t)atol(layer) - 1;
    s->search.unit = (size_t)atol(s->cell + length + 1);
    return UR_OK;
}

static ur_status check(const ur_cli_cells_settings *s, ur_error *error)
{
    if (s->show && s->cell)
        return ur_fail(error, UR_ERR_USAGE, "--show and --neuron both choose what is shown; give one of them");
    if (s->json && (s->show || s->cell))
        return ur_fail(error, UR_ERR_USAGE, "--%s shows coloured text, --json has none; leave one of them out",
                       s->show ? "show" : "neuron");
    return ur_cli_check_new(s->html, s->overwrite, error);
}

/* The index of the predicate that --show names. */
static ur_status find_shown(const ur_cli_cells *f, size_t *predicate, ur_error *error)
{
    char names[400] = "";
    size_t count = ur_cells_count(f->cells);
    for (*predicate = 0; *predicate < count; ++*predicate) {
        ur_cell_score score = ur_cells_score(f->cells, *predicate);
        size_t used = strlen(names);
        if (strcmp(score.predicate.name, f->settings->show) == 0) return UR_OK;
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", score.predicate.name);
    }
    return ur_fail(error, UR_ERR_USAGE, "--show: '%.60s' is not a predicate; there are %s", f->settings->show, names);
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

static ur_status show(const ur_cli_cells *f, ur_error *error)
{
    size_t predicate = ur_cells_count(f->cells);
    if (f->settings->show) UR_TRY(find_shown(f, &predicate, error));
    if (!ur_cells_values(f->cells, predicate))
        return ur_fail(error, UR_ERR_DATA, "--show %s: no neuron was scored, because the data have too few such places",
                       f->settings->show);
    ur_cli_cells_colour(f, predicate, stdout, false);
    return UR_OK;
}

static ur_status report(const ur_cli_cells *f, const ur_cli_texts *texts, ur_error *error)
{
    if (f->settings->html) UR_TRY(ur_cli_cells_page(f, texts->paths, texts->count, error));
    if (f->settings->show || f->settings->cell) return show(f, error);
    if (f->settings->json) return ur_cli_cells_json(f, error);
    ur_cli_cells_table(f);
    return UR_OK;
}

static ur_status check_cell(const ur_cli_cells_settings *s, const ur_model *model, ur_error *error)
{
    size_t units = 0, layers = ur_probe_layers(model);
    if (!s->cell || !layers) return UR_OK;
    if (!ur_probe_layer(model, s->search.layer, &units, NULL))
        return ur_fail(error, UR_ERR_USAGE, "--neuron %s: the network \"%s\" has %zu recurrent layer%s", s->cell,
                       ur_model_net(model), layers, layers == 1 ? "" : "s");
    if (s->search.unit < units) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--neuron %s: the neurons of that layer are 0 to %zu", s->cell, units - 1);
}

/* Finds cells in data of the model's own task. */
static ur_status find_of_task(ur_cells **cells, const ur_cli_cells_settings *s, const ur_cli_arguments *arguments,
                              ur_model *model, ur_cli_texts *data, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_refuse_text_options(&TABLE, arguments, model, error));
    UR_TRY(ur_cli_task_settings(&task, model, arguments, data, s->search.reading.threads, error));
    ur_status status = ur_cells_find_of_task(cells, model, task, &s->search, error);
    ur_settings_free(task);
    return status;
}

static ur_status inspect(ur_cli_cells_settings *s, const ur_cli_arguments *arguments, ur_model *model,
                         ur_cli_texts *texts, ur_error *error)
{
    ur_cells *cells = NULL;
    double began = ur_cli_now();
    bool task = ur_cli_has_task_data(model);
    if (!task) UR_TRY(ur_cli_expect_text_for(model, arguments->words[0], arguments, arguments->count - 1, error));
    UR_TRY(check_cell(s, model, error));
    UR_TRY(task ? find_of_task(&cells, s, arguments, model, texts, error)
                : ur_cells_find(&cells, model, &s->search, error));
    ur_cli_cells found = {s, model, cells, ur_cells_sample(cells), ur_cli_now() - began};
    ur_status status = report(&found, texts, error);
    ur_cells_free(cells);
    return status;
}

static ur_status inspect_paths(ur_cli_cells_settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_texts texts = {0};
    ur_model *model = NULL;
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status =
        ur_cli_reading_open(&s->search.reading, &texts, arguments->words + 1, arguments->count - 1, error);
    if (status == UR_OK) status = inspect(s, arguments, model, &texts, error);
    ur_cli_texts_close(&texts, error);
    ur_model_free(model);
    return status;
}

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_cells_settings *s = settings;
    ur_cli_where *where = NULL;
    UR_TRY(ur_cli_expect_model(arguments, error));
    UR_TRY(ur_cli_reading_set(&s->search.reading, s->part, s->invalid, error));
    UR_TRY(set_cell(s, error));
    UR_TRY(check(s, error));
    ur_status status = ur_cli_where_open(&where, &s->where, error);
    if (status == UR_OK && where) s->search.own = ur_cli_where_predicates(where, &s->search.own_count);
    if (status == UR_OK) status = inspect_paths(s, arguments, error);
    ur_cli_where_close(where);
    return status;
}

const ur_cli_verb ur_cli_inspect_cells = {
    .name = "inspect cells",
    .takes = "MODEL DATA... [option...]",
    .summary = "find neurons that follow quotations, brackets, comments, labels",
    .text =
        "Reads texts with a language model and scores every neuron of its recurrent layers against predicates. A "
        "predicate is true or false at each place of the text (inside quotation marks, inside a comment), or a number "
        "(depth of brackets, position in the line). The score uses the neuron's c if its cell has one, else its h. "
        "Coloured text shows tanh(c), or h; for a predicate that is a number, it shows the distance from the mean.\n\n"
        "For true and false, the score is the area under the ROC curve: the probability that the neuron is higher (or, "
        "if it falls, lower) where the predicate is true than where it is false. Chance is 0.5. For a number, the "
        "score is the correlation. The first half of the text chooses the best neuron, the second half scores it. The "
        "table also shows the best score in a network with random weights, and how much the loss rises when the neuron "
        "is held at its mean.\n\n"
        "A classifier, a tagger or a model of frames reads data of its own kind, as in unroll eval. Its labels are "
        "predicates, too: of a word, of a frame, or of a whole sequence at each of its steps. Every other sequence "
        "chooses the neuron, and the others score it. A passage of frames shows each run of equal labels, with a mark "
        "for each frame.\n\n"
        "A regular expression of --where is matched line by line. The predicate is true where the token just read is "
        "part of a match.",
    .examples =
        "unroll inspect cells runs/input input.txt  # the best neuron for each predicate\n"
        "unroll inspect cells runs/input input.txt --show quote  # text coloured by the quote neuron\n"
        "unroll inspect cells runs/tags test.conllu --show NOUN  # the neuron that follows nouns\n"
        "unroll inspect cells runs/input input.txt --where 'year=\\b1[89]\\d\\d\\b' --html cells.html  # a page\n",
    .any_task = true,
    .table = &TABLE,
    .settings_size = sizeof(ur_cli_cells_settings),
    .defaults = defaults,
    .run = run,
};
