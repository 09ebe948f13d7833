/* What a training of glimpses is told, and what it chooses by itself. */
#include "task/glimpse/glimpse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define S(field) offsetof(ur_glimpse_settings, field)

static const ur_setting ROWS[] = {
    {"The pictures", "place", "RxC", UR_SETTING_TEXT, S(place), .unset = "as they are", .decides = true, .reads = true,
     .help = "put each somewhere, by chance, on a black picture of so many rows and columns, such as 60x60"},
    {NULL, "clutter", "N", UR_SETTING_SIZE, S(clutter), .most = UR_GLIMPSE_PIECES_MOST, .initial = "0", .decides = true,
     .reads = true, .help = "beside --place: with so many pieces of other pictures, 8 x 8, round it"},
    {NULL, "no-augment", NULL, UR_SETTING_FLAG, S(no_augment), .decides = true,
     .help = "pictures as they are; else a little otherwise each time they are learnt from"},

    {"Glimpses", "glimpses", "N", UR_SETTING_SIZE, S(glimpses), .least = 1, .most = UR_GLIMPSES_MOST, .initial = "6",
     .decides = true, .help = "how many; the first is at the middle"},
    {NULL, "glimpse-size", "N", UR_SETTING_SIZE, S(size), .least = 1, .most = 256, .decides = true,
     .unset = "8, or 12 of pictures larger than 32 x 32", .help = "what is seen is N x N numbers"},
    {NULL, "scales", "N", UR_SETTING_SIZE, S(scales), .least = 1, .most = UR_RETINA_SCALES_MOST, .decides = true,
     .unset = "1, or of pictures larger than 32 x 32 until the widest is most of the picture",
     .help = "of hard glimpses: and as many from a square twice as wide, and so on"},
    {NULL, "gaze", "hard|soft", UR_SETTING_CHOICE, S(gaze), .initial = "hard", .decides = true,
     .help = "cut out of the picture, learnt by trial; or read with a grid of filters, learnt by its gradient"},
    {NULL, "look", "hard|soft", UR_SETTING_CHOICE, S(gaze), .help = NULL}, /* listed, it would be that of frames */
    {NULL, "first-spread", "X", UR_SETTING_NUMBER, S(first_spread), .most = 2, .initial = "0.2", .decides = true,
     .help = "of hard glimpses: how far from the middle it begins in training"},
    {NULL, "spread", "X", UR_SETTING_NUMBER, S(spread), .most = 2, .above = true, .decides = true,
     .unset = "0.1, or 0.2 of pictures larger than 32 x 32",
     .help = "of hard glimpses: how far from where the network wants it looks in training; 1 is half the picture"},
    {NULL, "policy-weight", "X", UR_SETTING_NUMBER, S(policy_weight), .most = 1e6, .initial = "0.01", .decides = true,
     .help = "of hard glimpses: what learning where to look counts, beside 1 for the label"},

    {"Use", "mean-of", "N", UR_SETTING_SIZE, S(mean_of), .most = UR_GLIMPSE_MEAN_MOST, .initial = "0", .reads = true,
     .help = "average the answers of N paths, spread as in training; 0: look where the network wants"},
    {NULL, "seen", NULL, UR_SETTING_FLAG, S(seen), .reads = true,
     .help = "predict --json: the picture, too, and what was seen of it"},
};

const ur_setting_table ur_glimpse_setting_table = UR_SETTING_TABLE(ROWS);

enum { SMALL = 32, SMALL_SEEN = 8, LARGE_SEEN = 12 };

/* In a small picture a place is soon found; in a large one a coarse view of most of it says where to look, and trials near
 * each other see too much of the same. */
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

/* What is chosen here, and the own defaults, were found by trying on handwritten digits. */
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
    if (s->clutter && !s->place) return ur_fail(error, UR_ERR_USAGE, "`clutter` is for pictures with a `place`");
    if (!s->place) return UR_OK;
    const char *end = read_side(s->place, &canvas[0]);
    end = end && *end == 'x' ? read_side(end + 1, &canvas[1]) : NULL;
    if (end && !*end) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`place` %.40s: give rows and columns up to %d, such as 60x60", s->place,
                   UR_GRID_SIDE_MOST);
}
