/* unroll inspect cells: the table, and the JSON object. */
#include "cli/inspect/cells.h"

#include "cli/support/json_out.h"
#include "cli/support/text_out.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void ur_cli_cell_name(size_t layer, size_t unit, char name[UR_CLI_CELL_NAME])
{
    snprintf(name, UR_CLI_CELL_NAME, "%zu.%zu", layer + 1, unit);
}

const char *ur_cli_cell_verdict(ur_cell_verdict verdict, bool number)
{
    static const char *const words[] = {"scored", "never true", "always true", "too rarely true, or too rarely not"};
    if (number && verdict == UR_CELL_NEVER) return "the same everywhere";
    if (number && verdict == UR_CELL_RARE) return "too short a text";
    return words[verdict];
}

/* ---- Table ------------------------------------------------------------------------------------------------------- */

static void print_share(const ur_cell_score *s)
{
    if (s->predicate.number)
        printf("  ø %-7.3g", s->share);
    else
        printf("%8.2f %%", 100 * s->share);
}

/* Prints the name with escapes: a label comes from the data and may be any text. */
static void print_predicate(const char *name)
{
    int characters = 0;
    for (const char *at = name; *at; at++) characters += ((unsigned char)*at & 0xC0) != 0x80;
    ur_cli_print_shown(stdout, name, strlen(name));
    if (characters < 12) printf("%*s", 12 - characters, "");
}

static void print_row(const ur_cell_score *s)
{
    char name[UR_CLI_CELL_NAME];
    print_predicate(s->predicate.name);
    print_share(s);
    if (s->verdict != UR_CELL_SCORED) {
        printf("   %s\n", ur_cli_cell_verdict(s->verdict, s->predicate.number));
        return;
    }
    ur_cli_cell_name(s->layer, s->unit, name);
    printf("   %-9s%s %s %.3f   ", name, s->falls ? "falls" : "rises", s->predicate.number ? "|r|" : "AUC", s->score);
    if (isnan(s->control))
        printf("    –");
    else
        printf("%.3f", s->control);
    printf("   %+9.5f\n", s->rise);
}

void ur_cli_cells_table(const ur_cli_cells *f)
{
    printf("predicate    true at     neuron         held out  control  loss when held\n");
    for (size_t i = 0; i < ur_cells_count(f->cells); i++) {
        ur_cell_score score = ur_cells_score(f->cells, i);
        print_row(&score);
    }
    printf("\nloss of the sample, nothing held: %.4f nats a %s; %.1f seconds\n", f->sample.loss,
           f->sample.ids ? "token" : "label", f->seconds);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static json_t *cell_json(size_t layer, size_t unit)
{
    json_t *object = json_object();
    ur_cli_json_set(&object, "layer", json_integer((json_int_t)layer + 1));
    ur_cli_json_set(&object, "unit", json_integer((json_int_t)unit));
    return object;
}

static json_t *ranks_json(const ur_cells *cells, size_t predicate)
{
    json_t *list = json_array();
    size_t layer, unit;
    double score;
    for (size_t i = 0; ur_cells_rank(cells, predicate, i, &layer, &unit, &score); i++) {
        json_t *object = cell_json(layer, unit);
        ur_cli_json_set(&object, "score", ur_cli_json_number(score));
        ur_cli_json_add(&list, object);
    }
    return list;
}

static void set_score(json_t **object, const ur_cells *cells, size_t predicate, const ur_cell_score *s)
{
    json_t *best = cell_json(s->layer, s->unit);
    ur_cli_json_set(&best, "falls", json_boolean(s->falls));
    ur_cli_json_set(object, "best", best);
    ur_cli_json_set(object, "score", ur_cli_json_number(s->score));
    ur_cli_json_set(object, "fit", ur_cli_json_number(s->fit));
    ur_cli_json_set(object, "control", ur_cli_json_number(s->control));
    ur_cli_json_set(object, "mean", ur_cli_json_number(s->mean));
    ur_cli_json_set(object, "loss_rise", ur_cli_json_number(s->rise));
    ur_cli_json_set(object, "cells", ranks_json(cells, predicate));
}

static json_t *predicate_json(const ur_cells *cells, size_t predicate)
{
    ur_cell_score s = ur_cells_score(cells, predicate);
    json_t *object = json_object();
    ur_cli_json_set(&object, "name", ur_cli_json_text(s.predicate.name, strlen(s.predicate.name)));
    ur_cli_json_set(&object, "measure", json_string(s.predicate.number ? "correlation" : "auc"));
    ur_cli_json_set(&object, s.predicate.number ? "mean_value" : "share", ur_cli_json_number(s.share));
    ur_cli_json_set(&object, "verdict", json_string(ur_cli_cell_verdict(s.verdict, s.predicate.number)));
    if (s.verdict == UR_CELL_SCORED) set_score(&object, cells, predicate, &s);
    return object;
}

ur_status ur_cli_cells_json(const ur_cli_cells *f, ur_error *error)
{
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < ur_cells_count(f->cells); i++) ur_cli_json_add(&list, predicate_json(f->cells, i));
    ur_cli_json_set(&object, "net", json_string(ur_model_net(f->model)));
    ur_cli_json_set(&object, "predicates", list);
    ur_cli_json_set(&object, "loss", ur_cli_json_number(f->sample.loss));
    ur_cli_json_set(&object, "seconds", ur_cli_json_number(f->seconds));
    return ur_cli_json_print(object, error);
}
