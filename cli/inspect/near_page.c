/* The report of unroll inspect near. */
#include "cli/inspect/near.h"

#include "cli/report/bars.h"
#include "cli/report/page.h"
#include "cli/report/scatter.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A token while the order of the dots is found. */
typedef struct place {
    int32_t id;
    double often; /* larger for more frequent tokens, as far as the model tells */
} place;

typedef struct picture {
    const ur_cli_near *near;
    size_t tokens;
    double *places, share[2];
    ur_cli_dot *dots; /* the token asked for, its neighbours, then the others, most frequent first */
    ur_cli_bar *bars;
} picture;

static ur_status prepare(picture *p, ur_error *error)
{
    p->tokens = ur_model_tokens(p->near->model);
    p->places = calloc(p->tokens, 2 * sizeof *p->places);
    p->dots = calloc(p->tokens, sizeof *p->dots);
    p->bars = calloc(p->near->count + 1, sizeof *p->bars);
    if (!p->places || !p->dots || !p->bars) return ur_fail_memory(error, "the picture");
    return ur_embedding_plane(p->near->model, p->places, p->share, error);
}

static void release(picture *p)
{
    for (size_t i = 0; p->dots && i < p->tokens; i++) free((void *)(uintptr_t)p->dots[i].name);
    free(p->places);
    free(p->dots);
    free(p->bars);
}

/* ---- The order of the dots --------------------------------------------------------------------------------------- */

/* The bias of the outputs, which is roughly the logarithm of each token's frequency. NULL if there is none. */
static const ur_real *biases(ur_model *model, size_t tokens)
{
    const ur_real *found = NULL;
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) {
        const char *dot = strrchr(p.name, '.');
        if (dot && strcmp(dot, ".bias") == 0 && p.size == tokens) found = p.value;
    }
    return found;
}

static int by_frequency(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->often != y->often) return x->often < y->often ? 1 : -1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void order(const picture *p, place *all)
{
    const ur_real *bias = biases(p->near->model, p->tokens);
    for (size_t i = 0; i < p->tokens; i++)
        all[i] = (place){(int32_t)i, bias && isfinite((double)bias[i]) ? (double)bias[i] : 0};
    for (size_t k = 0; k < p->near->count; k++) all[p->near->nearest[k].id].often = HUGE_VAL;
    all[p->near->id].often = HUGE_VAL;
    qsort(all, p->tokens, sizeof *all, by_frequency);
    /* The marked tokens are now first. Puts them into their own order. */
    all[0].id = p->near->id;
    for (size_t k = 0; k < p->near->count; k++) all[1 + k].id = p->near->nearest[k].id;
}

static ur_status make_dots(picture *p, ur_error *error)
{
    place *all = calloc(p->tokens, sizeof *all);
    if (!all) return ur_fail_memory(error, "the picture");
    order(p, all);
    bool whole = true;
    for (size_t i = 0; i < p->tokens && whole; i++) {
        size_t id = (size_t)all[i].id;
        p->dots[i] = (ur_cli_dot){p->places[2 * id], p->places[2 * id + 1], ur_cli_near_name(p->near, all[i].id)};
        whole = p->dots[i].name != NULL;
    }
    free(all);
    return whole ? UR_OK : ur_fail_memory(error, "the names");
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static void write_body(ur_cli_page *page, picture *p)
{
    char x_label[64], y_label[64];
    for (size_t i = 0; i < p->near->count; i++)
        p->bars[i] = (ur_cli_bar){p->dots[1 + i].name, p->near->nearest[i].cosine, NAN};
    ur_cli_page_note(page, "%s", ur_model_net(p->near->model));
    ur_cli_bars_svg(page->out, "Cosine of the angle between the rows of the embedding", NULL, p->bars, p->near->count);
    ur_cli_page_heading(page, "All tokens in a plane");
    ur_cli_page_note(
        page,
        "Each dot is one of %zu tokens: its row of the embedding, seen along the two directions in which the "
        "rows differ most. They hold %.0f %% of the rows' variance; the other directions are not shown. So tokens far "
        "apart here are different, but tokens close together need not be alike. "
        "The token asked for and its neighbours are marked. Others are named where there is room, frequent "
        "ones first.",
        p->tokens, 100 * (p->share[0] + p->share[1]));
    snprintf(x_label, sizeof x_label, "first direction: %.1f %% of the variance", 100 * p->share[0]);
    snprintf(y_label, sizeof y_label, "second direction: %.1f %%", 100 * p->share[1]);
    ur_cli_scatter scatter = {
        .x_label = x_label, .y_label = y_label, .dots = p->dots, .count = p->tokens, .marked = 1 + p->near->count};
    ur_cli_scatter_svg(page->out, &scatter);
}

static ur_status write_page(picture *p, const char *path, bool overwrite, ur_error *error)
{
    char title[512];
    ur_cli_page page;
    snprintf(title, sizeof title, "Near “%.480s”", p->dots[0].name);
    UR_TRY(ur_cli_page_begin(&page, title, error));
    write_body(&page, p);
    return ur_cli_page_save(&page, path, overwrite, error);
}

ur_status ur_cli_near_page(const ur_cli_near *near, const char *path, bool overwrite, ur_error *error)
{
    picture p = {.near = near};
    ur_status status = prepare(&p, error);
    if (status == UR_OK) status = make_dots(&p, error);
    if (status == UR_OK) status = write_page(&p, path, overwrite, error);
    release(&p);
    return status;
}
