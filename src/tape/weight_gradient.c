/* Weight gradients that wait for all steps of a loop; see tape.h. */
#include "tape/tape.h"

typedef struct ur_waiting_step {
    struct ur_waiting_step *after;
    const real *dy, *x, *x_beside;
    const unsigned char *live;
} ur_waiting_step;

/* Steps that add to the same rows of the same weights. The tape goes back, so the first in the list is the step that
 * ran first. */
typedef struct ur_waiting {
    struct ur_waiting *next;
    ur_weight_gradient gradient, beside; /* beside: used if the gradient has one */
    size_t groups;
    ur_waiting_step *first;
} ur_waiting;

static bool is_same(const ur_waiting *w, const ur_weight_gradient *g, size_t groups)
{
    const ur_weight_gradient *of = &w->gradient;
    return of->dw == g->dw && of->db == g->db && of->width == g->width && of->lanes == g->lanes &&
           of->dy_row == g->dy_row && of->x_row == g->x_row && w->groups == groups &&
           of->groups->column == g->groups->column && of->groups->row == g->groups->row;
}

static ur_waiting *find_waiting(ur_tape *tape, const ur_weight_gradient *g, size_t groups)
{
    ur_waiting **at = &tape->waiting;
    while (*at && !is_same(*at, g, groups)) at = &(*at)->next;
    if (*at) return *at;
    ur_waiting *made = ur_tape_alloc(tape, 1, sizeof *made);
    if (!made) return NULL;
    *made = (ur_waiting){.gradient = *g, .groups = groups};
    made->gradient.steps = 0;
    if (g->beside) made->beside = *g->beside;
    if (g->beside) made->gradient.beside = &made->beside;
    return *at = made;
}

static void wait(ur_tape *tape, const ur_weight_gradient *g, size_t groups)
{
    ur_waiting *w = find_waiting(tape, g, groups);
    ur_waiting_step *step = ur_tape_alloc(tape, 1, sizeof *step);
    if (!w || !step) return;
    *step = (ur_waiting_step){w->first, g->dy, g->x, g->beside ? g->beside->x : NULL, g->live};
    w->first = step;
    w->gradient.steps++;
}

static void add(ur_tape *tape, const ur_weight_gradient *g, size_t groups)
{
    if (tape->status != UR_OK) return;
    tape->status = ur_compute_weight_gradient(tape->compute, g, groups, tape->arena, &tape->error);
}

void ur_tape_weight_gradient(ur_tape *tape, const ur_weight_gradient *g, size_t groups, bool stepped)
{
    (stepped && g->steps == 1 ? wait : add)(tape, g, groups);
}

void ur_tape_add_waiting(ur_tape *tape)
{
    for (ur_waiting *w = tape->waiting; w; w = w->next) {
        ur_weight_gradient *g = &w->gradient;
        const real **dy = ur_tape_alloc(tape, g->steps, sizeof *dy), **x = ur_tape_alloc(tape, g->steps, sizeof *x);
        const real **x_beside = ur_tape_alloc(tape, g->steps, sizeof *x_beside);
        const unsigned char **live = ur_tape_alloc(tape, g->steps, sizeof *live);
        if (!dy || !x || !x_beside || !live) return;
        g->dy_steps = dy;
        g->x_steps = x;
        w->beside.x_steps = x_beside;
        g->live_steps = live;
        for (const ur_waiting_step *s = w->first; s; s = s->after) {
            *dy++ = s->dy;
            *x++ = s->x;
            *x_beside++ = s->x_beside;
            *live++ = s->live;
        }
        add(tape, g, w->groups);
    }
    tape->waiting = NULL;
}
