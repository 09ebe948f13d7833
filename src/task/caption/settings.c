/* The settings of captions, and what the task chooses for those that are left open. */
#include "task/caption/caption.h"

#include "task/decoder_net.h"
#include "task/rows.h"

#include <stdio.h>

#define S(field) offsetof(ur_caption_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "images", "PATH", UR_SETTING_TEXT, S(images), .unset = "none", .reads = true, .unless = "features",
     .help = "the pictures: an idx file with one picture per row of the table, or a folder"},
    {NULL, "val-images", "PATH", UR_SETTING_TEXT, S(val_images), .unset = "--images, if that is a folder",
     .help = "the pictures of the --val table"},
    {NULL, "features", "FILE", UR_SETTING_TEXT, S(features), .unset = "none", .reads = true, .unless = "images",
     .help = "instead of pictures, the output of another network: .npy of shape (N, D) or (N, L, D)"},
    {NULL, "val-features", "FILE", UR_SETTING_TEXT, S(val_features), .unset = "none",
     .help = "the features of the --val table"},
    {NULL, "caption-column", "COLUMN", UR_SETTING_TEXT, S(caption_column),
     .unset = "one called caption, text, sentence or description", .decides = true, .reads = true,
     .help = "column of the captions, by name or by number from 1"},
    {NULL, "file-column", "COLUMN", UR_SETTING_TEXT, S(file_column), .unset = "one called file, image or the like",
     .decides = true, .reads = true,
     .help = "column of the file names, by name or by number from 1; names may omit the ending"},
    {NULL, UR_ROW_HEADER(S(header)), .unset = "detected"},

    {NULL, "nearest", "TABLE", UR_SETTING_TEXT, S(nearest), .unset = "none", .answers = true,
     .help = "eval: also judge a baseline that copies the caption of the most similar picture in this table"},
    {NULL, "nearest-images", "PATH", UR_SETTING_TEXT, S(nearest_images), .unset = "none", .answers = true,
     .help = "the pictures of that table"},

    {"Pictures", "side", "N", UR_SETTING_SIZE, S(side), .least = 4, .most = 1024,
     .unset = "the size of an idx file's pictures, else 64", .decides = true, .help = "scale pictures to N x N"},
    {NULL, UR_ROW_NO_AUGMENT(S(no_augment), "pictures (shift, scale, change brightness and contrast)")},

    {"Captions", UR_ROW_TOKEN_OR_PIECE(S(token)), .initial = "word"},
    {NULL, UR_ROW_NFC(S(nfc)), .reads = true},
    {NULL, UR_ROW_MIN_COUNT(S(min_count)), .unset = "1"},
    {NULL, UR_ROW_VOCAB_LIMIT(S(vocabulary_limit)), .unset = "all words; for bpe, chosen by the size of the data"},
    {NULL, "max-length", "N", UR_SETTING_SIZE, S(max_length), .least = 1, .most = 1e6, .initial = "40", .decides = true,
     .reads = true, .help = "longest caption in tokens: longer ones are cut, and output stops there"},
    {NULL, UR_ROW_TOKEN_DROPOUT(S(token_dropout), UR_TOKENS_UNKNOWN), .initial = "0.1"},
    {NULL, UR_ROW_LABEL_SMOOTHING(S(label_smoothing), "tokens"), .initial = "0.1"},

    {"The decoder", UR_ROW_ATTEND(S(attend), "picture", "their mean"), .initial = "additive"},
    {NULL, UR_ROW_INPUT_FEED(S(input_feed))},

    {"Writing", UR_ROW_BEAM(S(beam), "captions"), .initial = "1"},
    {NULL, UR_ROW_N_BEST(S(n_best), "captions", "picture")},
    {NULL, UR_ROW_LENGTH_POWER(S(length_power), "captions")},
    {NULL, UR_ROW_ATTENTION(S(attention), "picture")},
};

const ur_setting_table ur_caption_setting_table = UR_SETTING_TABLE(ROWS);

/* Sizes and passes were found by trial on small pictures that have names. */
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

enum { PLACES_MOST = 10, FILTERS = 32, FILTERS_MOST = 128 }; /* PLACES_MOST: places along a side that are attended to */

/* Puts "conv 32 3x3 relu > pool 2 > conv 64 3x3 relu > pool 2 > conv 128 3x3 relu > places", as long as is needed to
 * leave few enough places. */
static void put_eye(ur_net_writing *w, const ur_picture_size *size)
{
    size_t side = size->rows > size->columns ? size->rows : size->columns, filters = FILTERS;
    for (; side > PLACES_MOST; side /= 2, filters = filters < FILTERS_MOST ? 2 * filters : filters)
        ur_net_put(w, "conv %zu 3x3 relu > pool 2", filters);
    ur_net_put(w, "conv %zu 3x3 relu > places", filters);
}

/* Writes "image: conv … > places; decoder: embed E > dropout P > CELL H from image > attend image additive > dropout P
 * > dense". The decoder attends only if there are several places. Features of a whole picture have just one. */
static ur_status write_network(const ur_caption_task *c, const ur_run_settings *run, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {.cell = run->cell, .layers = run->layers, .drop = run->dropout, .more = "from image"};
    UR_TRY(ur_run_width(run, &cells.width, error));
    const ur_decoder_looking looking = {.name = "image",
                                        .attend =
                                            c->input.size.rows || c->input.places > 1 ? c->settings.attend : "none",
                                        .width = c->settings.input_feed ? cells.width : 0,
                                        .feed = c->settings.input_feed};
    ur_net_put_line(&w, "image");
    if (c->input.size.rows)
        put_eye(&w, &c->input.size);
    else
        ur_net_put(&w, "dense %zu tanh", cells.width);
    ur_net_put_line(&w, "decoder");
    ur_net_put(&w, "embed %zu", run->embed);
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put_cells(&w, &cells);
    UR_TRY(ur_decoder_look(&looking, &w, error));
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}

ur_status ur_caption_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_caption_task *c = data;
    const ur_picture_size *p = &c->input.size;
    const ur_sizes seen = {.features = c->input.width, .rows = p->rows, .columns = p->columns, .channels = p->channels};
    if (!*request->line) UR_TRY(write_network(c, &settings->run, request->line, error));
    return ur_decoder_sizes(request, &seen, ur_vocabulary_size(c->vocabulary), error);
}
