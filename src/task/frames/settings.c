/* The settings of frames, and what the task chooses for those that are left open. */
#include "task/frames/frames.h"

#include "task/rows.h"

#include <stdio.h>

#define S(field) offsetof(ur_frames_settings, field)

static const ur_setting ROWS[] = {
    {"The data", UR_ROW_LABEL_COLUMN(S(label_column)),
     .unset = "one called label, class, phase or target, else the last without numbers"},
    {NULL, UR_ROW_HEADER(S(header)), .unset = "detected"},
    {NULL, "ignore", "COLUMNS", UR_SETTING_TEXT, S(ignore), .unset = "timestamp, time and date", .decides = true,
     .reads = true, .help = "columns to leave out, such as time,id"},
    {NULL, "names", "FILE", UR_SETTING_TEXT, S(names), .unset = "none",
     .help = "idx files: names of the labels 0, 1 ..., one per line"},
    {NULL, UR_ROW_RELABEL(S(relabel), "D=rest,H=", "frames whose label gets no name do not count")},
    {NULL, UR_ROW_VAL_MATCH(S(val_match), "c*.csv")},
    {NULL, UR_ROW_VAL_FOLD(S(val_fold), "clip I and every K-th clip after it")},
    {NULL, "span", "N", UR_SETTING_SIZE, S(span), .least = 1, .most = 100000, .initial = "200", .decides = true,
     .help = "train on clips of at most N frames; longer ones are cut into pieces"},

    {"Pictures", "video-rows", "N", UR_SETTING_SIZE, S(video_rows), .least = 2, .most = 4096, .unset = "64",
     .decides = true, .help = "scale the frames of videos to N rows, keeping their proportions"},
    {NULL, "colour", NULL, UR_SETTING_FLAG, S(colour), .decides = true,
     .help = "read videos in colour instead of grey"},
    {NULL, "difference", NULL, UR_SETTING_FLAG, S(difference), .decides = true,
     .help = "also give the network each number's difference from the frame before"},
    {NULL, UR_ROW_NO_AUGMENT(S(no_augment), "pictures (shift, scale, rotate, change brightness and contrast)")},
    {NULL, "flip", NULL, UR_SETTING_FLAG, S(flip), .decides = true, .unless = "no-augment",
     .help = "mirror half of the clips; only if left and right mean the same"},

    {"Labels", "look", "back|both", UR_SETTING_CHOICE, S(look), .initial = "back", .decides = true,
     .help = "label a frame from it and earlier frames, as live use needs; or from later frames, too"},
    {NULL, UR_ROW_LABEL_SMOOTHING(S(label_smoothing), "labels"), .initial = "0"},
    {NULL, UR_ROW_CLASS_WEIGHTS(S(class_weights), "frames")},
};

const ur_setting_table ur_frames_setting_table = UR_SETTING_TABLE(ROWS);

/* Found by trial on speaking mouths, and on the joints of people telling stories. */
ur_status ur_frames_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_frames *f = data;
    ur_run_settings *run = &settings->run;
    bool pictures = f->input.rows > 0;
    UR_TRY(ur_settings_prefer(settings, "cell", pictures ? "lstm" : "gru", error));
    UR_TRY(ur_settings_prefer(settings, "hidden", pictures ? "128" : "64", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer_number(settings, "dropout", 0.5, error));
    UR_TRY(ur_settings_prefer(settings, "batch", "8", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", pictures ? 1e-3 : 2e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", f->part[UR_PART_TRAIN].count < 400 ? 0.99 : 0.998, error));
    if (ur_run_is_endless(run)) run->epochs = pictures ? 40 : 60;
    return UR_OK;
}

enum { SIDE_LEAST = 8 }; /* smallest side of a picture that is worth a convolution */

/* Writes "conv 16 5x5 relu > pool 2 > conv 32 3x3 relu > pool 2 > dropout > CELL H [bi] > dropout > dense". Tables have
 * no convolutions. */
static ur_status write_network(const ur_frames *f, const ur_run_settings *run, char *line, ur_error *error)
{
    const ur_frames_input *in = &f->input;
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {
        .cell = run->cell, .layers = run->layers, .more = f->settings.look == UR_LOOK_BOTH ? "bi" : NULL};
    UR_TRY(ur_run_width(run, &cells.width, error));
    if (in->rows >= SIDE_LEAST && in->columns >= SIDE_LEAST) {
        ur_net_put(&w, "conv 16 5x5 relu > pool 2 > conv 32 3x3 relu > pool 2");
        ur_net_put_dropout(&w, run->dropout, NULL);
    }
    ur_net_put_cells(&w, &cells);
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}

ur_status ur_frames_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_frames *f = data;
    request->sizes.outputs = f->label_count;
    request->sizes.features = ur_frames_features(&f->input);
    request->sizes.rows = f->input.rows;
    request->sizes.columns = f->input.columns;
    if (f->input.rows) request->sizes.channels = f->input.channels * (f->input.difference ? 2 : 1);
    return *request->line ? UR_OK : write_network(f, &settings->run, request->line, error);
}
