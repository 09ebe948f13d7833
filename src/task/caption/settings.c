/* What a training on captions is told, and what it chooses by itself. */
#include "task/caption/caption.h"

#include "base/number.h"
#include "task/decoder_net.h"
#include "train/net_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S(field) offsetof(ur_caption_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "images", "PATH", UR_SETTING_TEXT, S(images), .unset = "none", .reads = true, .unless = "features",
     .help = "the pictures: an idx file of as many as the table has rows, or a folder of PNG and JPEG files"},
    {NULL, "val-images", "PATH", UR_SETTING_TEXT, S(val_images), .unset = "--images, where that is a folder",
     .help = "those of the table --val"},
    {NULL, "features", "FILE", UR_SETTING_TEXT, S(features), .unset = "none", .reads = true, .unless = "images",
     .help = "instead of pictures: what another network made of them, .npy of (N, D) or (N, L, D)"},
    {NULL, "val-features", "FILE", UR_SETTING_TEXT, S(val_features), .unset = "none",
     .help = "those of the table --val"},
    {NULL, "caption-column", "COLUMN", UR_SETTING_TEXT, S(caption_column), .unset = "the one that is called so",
     .decides = true, .reads = true, .help = "of the table: its name in the header, or its number from 1"},
    {NULL, "file-column", "COLUMN", UR_SETTING_TEXT, S(file_column), .unset = "the one called file, image or so",
     .decides = true, .reads = true,
     .help = "as --caption-column, names of files in the folder, with their ending or "
             "without"},
    {NULL, "header", "yes|no", UR_SETTING_WORD, S(header), .unset = "found by looking", .reads = true,
     .help = "whether the first line of a table names its columns"},

    {NULL, "nearest", "TABLE", UR_SETTING_TEXT, S(nearest), .unset = "none", .reads = true,
     .help = "of unroll eval: also judge the captions that the most similar pictures of this table have"},
    {NULL, "nearest-images", "PATH", UR_SETTING_TEXT, S(nearest_images), .unset = "none", .reads = true,
     .help = "the pictures of that table"},

    {"Pictures", "side", "N", UR_SETTING_SIZE, S(side), .least = 4, .most = 1024, .unset = "of idx its own, else 64",
     .decides = true, .help = "pictures are scaled to N x N"},
    {NULL, "no-augment", NULL, UR_SETTING_FLAG, S(no_augment), .decides = true,
     .help = "pictures as they are; else shifted and scaled each time they are learnt from"},

    {"Captions", "token", "char|word|bpe", UR_SETTING_WORD, S(token), .initial = "word", .decides = true,
     .help = "what of a caption is written in one step; bpe: pieces of words, learnt from the data"},
    {NULL, "nfc", "yes|no", UR_SETTING_WORD, S(nfc), .initial = "yes", .decides = true, .reads = true,
     .help = "make a letter and its accent, or the letters of a syllable of Hangul, one character (normal form C)"},
    {NULL, "min-count", "N", UR_SETTING_SIZE, S(min_count), .least = 1, .most = 1e15, .unset = "1", .decides = true,
     .help = "tokens that occur less often are unknown"},
    {NULL, "vocab-limit", "N", UR_SETTING_SIZE, S(vocabulary_limit), .least = 1, .most = 1e9,
     .unset = "all words; of bpe chosen by the size of the data", .decides = true,
     .help = "keep at most so many tokens, the most frequent ones"},
    {NULL, "max-length", "N", UR_SETTING_SIZE, S(max_length), .least = 1, .most = 1e6, .initial = "40", .decides = true,
     .reads = true, .help = "tokens of a caption; what is longer is cut, and no more are written"},
    {NULL, "token-dropout", "P", UR_SETTING_NUMBER, S(token_dropout), .most = 0.9, .initial = "0.1", .decides = true,
     .help = "share of the tokens that are read as unknown ones in training"},
    {NULL, "label-smoothing", "X", UR_SETTING_NUMBER, S(label_smoothing), .most = 0.9, .initial = "0.1",
     .decides = true, .help = "share of what is wanted that goes to all tokens alike"},

    {"The decoder", "attend", "general|dot|additive|none", UR_SETTING_WORD, S(attend), .initial = "additive",
     .unless = "net",
     .help = "how it scores the places of the picture that it looks at; none: it has the picture's mean alone"},
    {NULL, "input-feed", NULL, UR_SETTING_FLAG, S(input_feed), .unless = "net",
     .help = "what it found there goes into its next step, too, which takes longer"},

    {"Writing", "beam", "N", UR_SETTING_SIZE, S(beam), .least = 1, .most = 1000, .initial = "1", .reads = true,
     .help = "captions that are kept at each step; 1: the likeliest token is taken, as while it learns"},
    {NULL, "n-best", "N", UR_SETTING_SIZE, S(n_best), .least = 1, .most = 1000, .unset = "1", .reads = true,
     .help = "how many captions to write for a picture, each behind its log probability"},
    {NULL, "length-power", "X", UR_SETTING_NUMBER, S(length_power), .most = 10, .initial = "1", .reads = true,
     .help = "captions are compared by log probability / tokens^X; 0: longer ones are at a disadvantage"},
    {NULL, "attention", NULL, UR_SETTING_FLAG, S(attention), .reads = true,
     .help = "show where the network looked as it wrote each token; with --html over the picture"},
};

const ur_setting_table ur_caption_setting_table = UR_SETTING_TABLE(ROWS);

/* Sizes and passes were found by trying on small pictures with names. */
ur_status ur_caption_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_caption_task *c = data;
    ur_run_settings *run = &settings->run;
    bool small = c->part[UR_PART_TRAIN].count < 10000;
    UR_TRY(ur_settings_prefer(settings, "hidden", small ? "256" : "512", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer(settings, "embed", small ? "128" : "256", error));
    UR_TRY(ur_settings_prefer_number(settings, "dropout", 0.5, error));
    UR_TRY(ur_settings_prefer(settings, "batch", small ? "32" : "64", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", small ? 2e-3 : 1e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", 0.998, error));
    if (ur_run_is_endless(run)) run->epochs = small ? 100 : 20;
    return UR_OK;
}

/* ---- The network -------------------------------------------------------------------------------------------------- */

enum { PLACES_MOST = 10, FILTERS = 32, FILTERS_MOST = 128 }; /* places: along a side, that are attended to */

/* conv 32 3x3 relu > pool 2 > conv 64 3x3 relu > pool 2 > conv 128 3x3 relu > places: until few enough are left. */
static void write_eye(const ur_picture_size *size, char *line, size_t room)
{
    size_t side = size->rows > size->columns ? size->rows : size->columns, filters = FILTERS, used = 0;
    for (; side > PLACES_MOST; side /= 2, filters = filters < FILTERS_MOST ? 2 * filters : filters)
        used += (size_t)snprintf(line + used, room - used, "conv %zu 3x3 relu > pool 2 > ", filters);
    snprintf(line + used, room - used, "conv %zu 3x3 relu > places", filters);
}

/* image: conv … > places; decoder: embed E > dropout P > CELL H from image > attend image additive > dropout P > dense
 * where there are places to look at: features of a picture as a whole have none. */
static ur_status write_network(const ur_caption_task *c, const ur_run_settings *run, char *line, size_t size,
                               ur_error *error)
{
    char number[UR_NUMBER_MAX], drop[64] = "", between[64] = "", many[32] = "", eye[512], look[96];
    bool places = c->input.size.rows || c->input.places > 1;
    const ur_decoder_looking looking = {.name = "image",
                                        .attend = places ? c->settings.attend : "none",
                                        .width = c->settings.input_feed ? strtoul(run->hidden, NULL, 10) : 0,
                                        .feed = c->settings.input_feed};
    ur_write_number(run->dropout > 0 ? run->dropout : 0, number);
    if (run->dropout > 0) snprintf(drop, sizeof drop, " > dropout %s", number);
    if (run->layers > 1) snprintf(many, sizeof many, " x%zu", run->layers);
    if (run->layers > 1 && run->dropout > 0) snprintf(between, sizeof between, " drop=%s", number);
    snprintf(eye, sizeof eye, "dense %.12s tanh", run->hidden);
    if (c->input.size.rows) write_eye(&c->input.size, eye, sizeof eye);
    UR_TRY(ur_decoder_look(&looking, look, sizeof look, error));
    snprintf(line, size, "image: %s; decoder: embed %zu%s > %.40s %.12s%s%s from image%s%s > dense", eye, run->embed,
             drop, run->cell, run->hidden, many, between, look, drop);
    return UR_OK;
}

ur_status ur_caption_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_caption_task *c = data;
    const ur_picture_size *p = &c->input.size;
    const ur_sizes seen = {.features = c->input.width, .rows = p->rows, .columns = p->columns, .channels = p->channels};
    if (settings->run.net)
        UR_TRY(ur_net_text(&settings->run, false, "", request->line, error));
    else if (strchr(settings->run.hidden, ','))
        return ur_fail(error, UR_ERR_USAGE, "`hidden` %s: give one width, or the whole network as `net`",
                       settings->run.hidden);
    else
        UR_TRY(write_network(c, &settings->run, request->line, sizeof request->line, error));
    return ur_decoder_sizes(request, &seen, ur_vocabulary_size(c->vocabulary), error);
}
