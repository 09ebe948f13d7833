/* conv as a kind of layer. A picture is stored as (rows, columns, channels), with the channels of a place side by
 * side. */
#include "layer/kind.h"

/* Limits the scratch space of a picture to four times the largest picture. */
static ur_status check_size(const ur_layer *l, ur_error *error)
{
    if (l->width && ur_conv_room(&l->conv) <= 4 * (size_t)UR_PICTURE_MAX) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "network line, column %zu: %zu filters of %zux%zu over a picture of %zu x %zu are too large",
                   l->spec.column, l->spec.width, l->spec.high, l->spec.wide, l->seen.rows, l->seen.columns);
}

static ur_status resolve_conv(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    UR_TRY(ur_resolve_picture(l, sizes, error));
    l->picture = (ur_picture){l->seen.rows, l->seen.columns, l->spec.width};
    l->width = ur_picture_numbers(l->picture);
    l->conv = (ur_conv){.in = l->seen,
                        .outputs = l->spec.width,
                        .high = l->spec.high,
                        .wide = l->spec.wide,
                        .activation = l->spec.activation};
    return check_size(l, error);
}

/* The names are conv, conv2 and so on. */
static ur_status name_conv(ur_naming *n, ur_layer *l)
{
    ur_conv *c = &l->conv;
    char owner[UR_NAME_MAX];
    double spread = 1 / sqrt((double)(c->in.channels * c->high * c->wide));
    ur_name_owner(n, "conv", owner);
    c->weight = ur_name_filter(n, owner, "weight", (size_t[]){c->outputs, c->in.channels, c->high, c->wide}, spread);
    c->bias = c->weight && !l->spec.nobias ? ur_name_param(n, owner, "bias", c->outputs, 0, spread) : NULL;
    return c->weight && (l->spec.nobias || c->bias) ? UR_OK : UR_ERR_USAGE;
}

/* Small weights are rounded but not packed as small numbers. A filter has few weights, and each is used at every place
 * of a picture. */
static size_t place_conv(ur_layer *l, real *memory, const ur_packing *p)
{
    if (memory) ur_conv_place(&l->conv, memory, p->training);
    return ur_conv_packed_size(&l->conv, p->training);
}

static void pack_conv(ur_layer *l, bool training, ur_turn *turn)
{
    (void)training;
    if (ur_turn_is_mine(turn)) ur_conv_pack(&l->conv);
}

static void make_room(const ur_layer *l, ur_room *room)
{
    size_t needed = ur_padded(ur_conv_room(&l->conv));
    if (needed > room->second) room->second = needed;
}

static void step_conv(ur_stepping *w, const ur_layer *l)
{
    const real *x = w->x;
    ur_conv_forward(&l->conv, &w->compute, x, ur_step_make(w), w->lanes, w->second);
}

static ur_tensor *run_conv(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    return ur_conv_layer(r->tape, &l->conv, x);
}

const ur_layer_kind ur_layer_conv = {.word = "conv",
                                     .least = 1,
                                     .most = 1,
                                     .number = {UR_NUMBER_WIDTH},
                                     .wants = "a number of filters",
                                     .example = "16 5x5",
                                     .options =
                                         UR_TAKES_FILTER | UR_TAKES_ACTIVATION | UR_TAKES_NOBIAS | UR_TAKES_TIMES,
                                     .sees = true,
                                     .resolve = resolve_conv,
                                     .name = name_conv,
                                     .place = place_conv,
                                     .pack = pack_conv,
                                     .make_room = make_room,
                                     .step = step_conv};
const ur_layer_run ur_layer_run_conv = {.run = run_conv};
