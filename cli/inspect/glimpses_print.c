/* Glimpses on the terminal, see glimpses.h. */
#include "cli/inspect/glimpses.h"

#include "cli/report/picture.h"
#include "cli/support/text_out.h"

#include "base/error.h"
#include "base/mosaic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char number_of(size_t t)
{
    static const char NUMBERS[] = "123456789abcdefghijklmnopqrstuvwxyz";
    return t < sizeof NUMBERS - 1 ? NUMBERS[t] : '*';
}

/* Prints the picture, with the number of each glimpse at its centre. */
static ur_status print_picture(const ur_cli_glimpses *g, ur_error *error)
{
    char *mark = calloc((g->rows + 1) / 2 * g->columns + 1, 1);
    if (!mark) return ur_fail_memory(error, "a picture");
    for (size_t t = 0; t < g->count; t++) {
        double row = floor(g->at[t].row), column = floor(g->at[t].column);
        if (row >= 0 && column >= 0 && row < (double)g->rows && column < (double)g->columns)
            mark[(size_t)row / 2 * g->columns + (size_t)column] = number_of(t);
    }
    ur_cli_picture_marked(stdout, g->picture, g->rows, g->columns, mark);
    free(mark);
    return UR_OK;
}

/* Prints what was seen: a column for each glimpse, with its scales below each other. */
static ur_status print_seen(const ur_cli_glimpses *g, ur_error *error)
{
    const size_t places = g->size * g->size;
    const ur_mosaic m = ur_mosaic_of(g->count * g->scales, g->count, g->size, g->size);
    unsigned char *all = malloc(m.size[0] * m.size[1]);
    if (!all) return ur_fail_memory(error, "what was seen");
    memset(all, UR_MOSAIC_GREY, m.size[0] * m.size[1]);
    for (size_t i = 0; i < g->count * g->scales; i++)
        ur_mosaic_put(&m, i % g->scales * g->count + i / g->scales, g->seen + i * places, all);
    ur_cli_picture_terminal(stdout, all, m.size[0], m.size[1]);
    free(all);
    return UR_OK;
}

ur_status ur_cli_glimpses_print(const ur_cli_glimpses *g, ur_error *error)
{
    ur_cli_print_name(stdout, g->where);
    putchar('\n');
    UR_TRY(print_picture(g, error));
    UR_TRY(print_seen(g, error));
    printf("\nglimpse     row  column  probability  answer\n");
    for (size_t t = 0; t < g->count; t++) {
        const ur_cli_glimpse *at = &g->at[t];
        printf("%c       %7.1f %7.1f       %.4f  ", number_of(t), at->row, at->column, at->probability);
        ur_cli_print_name(stdout, at->label);
        putchar('\n');
    }
    putchar('\n');
    return UR_OK;
}
