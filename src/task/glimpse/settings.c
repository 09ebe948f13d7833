/* The settings of glimpses, and what the task chooses for those that are left open. */
#include "task/glimpse/glimpse.h"

#include "task/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define S(field) offsetof(ur_glimpse_settings, field)

static const ur_setting ROWS[] = {
    {"The pictures", "place", "RxC", UR_SETTING_TEXT, S(place), .unset = "as they are", .decides = true, .reads = true,
     .help = "put each picture at a random place on a black one of this size, such as 60x60"},
    {NULL, "clutter", "N", UR_SETTING_SIZE, S(clutter), .most = UR_GLIMPSE_PIECES_MOST, .initial = "0", .decides = true,
     .reads = true, .help = "with --place: add N random pieces of other pictures, 8 x 8 each"},
    {NULL, UR_ROW_NO_AUGMENT(S(no_augment), "pictures (shift, rotate, scale)")},

    {"Glimpses", "glimpses", "N", UR_SETTING_SIZE, S(glimpses), .least = 1, .most = UR_GLIMPSES_MOST, .initial = "6",
     .decides = true, .help = "glimpses per picture"},
    {NULL, "glimpse-size", "N", UR_SETTING_SIZE, S(size), .least = 1, .most = 256, .decides = true,
     .unset = "8, or 12 for pictures larger than 32 x 32", .help = "resolution of a glimpse: N x N"},
    {NULL, "scales", "N", UR_SETTING_SIZE, S(scales), .least = 1, .most = UR_RETINA_SCALES_MOST, .decides = true,
     .unset = "1; for pictures larger than 32 x 32, until the widest covers most of the picture",
     .help = "hard glimpses: squares per glimpse, each twice as wide as the one before"},
    {NULL, "gaze", "hard|soft", UR_SETTING_CHOICE, S(gaze), .initial = "hard", .decides = true,
     .help = "hard: cut glimpses out of the picture and learn where by REINFORCE; soft: read through a grid of filters "
             "and learn where by gradient"},
    {NULL, "look", "hard|soft", UR_SETTING_CHOICE, S(gaze), .help = NULL}, /* not listed: `look` is that of frames */
    {NULL, "first-spread", "X", UR_SETTING_NUMBER, S(first_spread), .most = 2, .initial = "0.2", .decides = true,
     .help = "hard glimpses: standard deviation of the first place around the middle, in training"},
    {NULL, "spread", "X", UR_SETTING_NUMBER, S(spread), .most = 2, .above = true, .decides = true,
     .unset = "0.1, or 0.2 for pictures larger than 32 x 32",
     .help = "hard glimpses: standard deviation of a place around the one that the network chose, in training; 1 is "
             "half the picture"},
    {NULL, "policy-weight", "X", UR_SETTING_NUMBER, S(policy_weight), .most = 1e6, .initial = "0.01", .decides = true,
     .help = "hard glimpses: weight of the REINFORCE loss"},

    {"Use", "mean-of", "N", UR_SETTING_SIZE, S(mean_of), .most = UR_GLIMPSE_MEAN_MOST, .initial = "0", .reads = true,
     .help = "hard glimpses: average the answers of N random paths, spread as in training; 0: one path without noise"},
    {NULL, "seen", NULL, UR_SETTING_FLAG, S(seen), .answers = true,
     .help = "predict --json: also print the picture and what was seen of it"},
};

const ur_setting_table ur_glimpse_setting_table = UR_SETTING_TABLE(ROWS);

enum { SMALL = 32, SMALL_SEEN = 8, LARGE_SEEN = 12 };

/* In a small picture the right place is soon found. In a large one a coarse view of most of the picture is needed to
 * say where to look, and trials close to each other see too much of the same. */
void ur_glimpse_choose_sizes(ur_glimpse_net *n)
{
    const size_t side = n->rows > n->columns ? n->rows : n->columns;
    if (isnan(n->spread)) n->spread = side > SMALL ? 0.2 : 0.1;
    if (!n->size) n->size = side > SMALL ? LARGE_SEEN : SMALL_SEEN;
    if (n->scales) return;
    n->scales = 1;
    while (side > SMALL && !n->soft && n->scales < UR_RETINA_SCALES_MOST && 3 * (n->size << (n->scales - 1)) < 2 * side)
        n->scales++;
}

/* The choices made here, and the defaults of this task, were found by trial on handwritten digits. */
ur_status ur_glimpse_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_glimpse *g = data;
    ur_run_settings *run = &settings->run;
    bool few = g->pictures.part[UR_PART_TRAIN].count < 5000;
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer_number(settings, "glimpse-size", (double)g->net.size, error));
    UR_TRY(ur_settings_prefer_number(settings, "scales", (double)g->net.scales, error));
    UR_TRY(ur_settings_prefer_number(settings, "spread", g->net.spread, error));
    UR_TRY(ur_settings_prefer(settings, "batch", few ? "32" : "128", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", 3e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", few ? 0.99 : 0.998, error));
    if (ur_run_is_endless(run)) run->epochs = few ? 60 : 40;
    return UR_OK;
}

static const char *read_side(const char *text, size_t *side)
{
    *side = 0;
    while (*text >= '0' && *text <= '9' && *side <= UR_GRID_SIDE_MOST) *side = *side * 10 + (size_t)(*text++ - '0');
    return *side && *side <= UR_GRID_SIDE_MOST ? text : NULL;
}

ur_status ur_glimpse_read_canvas(const ur_glimpse_settings *s, size_t canvas[2], ur_error *error)
{
    canvas[0] = canvas[1] = 0;
    if (s->clutter && !s->place) return ur_fail(error, UR_ERR_USAGE, "`clutter` needs `place`");
    if (!s->place) return UR_OK;
    const char *end = read_side(s->place, &canvas[0]);
    end = end && *end == 'x' ? read_side(end + 1, &canvas[1]) : NULL;
    if (end && !*end) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`place` %.40s: give rows and columns up to %d, such as 60x60", s->place,
                   UR_GRID_SIDE_MOST);
}
