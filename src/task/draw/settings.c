/* The settings of DRAW, and what it chooses for those that are left open. */
#include "task/draw/draw.h"

#define S(field) offsetof(ur_draw_settings, field)

enum { STROKES_MOST = 1000, LATENT_MOST = 4096 };

static const ur_setting ROWS[] = {
    {"The pictures", "binarise", "sample|resample|threshold", UR_SETTING_CHOICE, S(binarise), .initial = "sample",
     .decides = true, .reads = true,
     .help = "how grey becomes black or white: drawn at random once, drawn anew in each epoch, or split at one half"},

    {"Painting", "strokes", "N", UR_SETTING_SIZE, S(strokes), .least = 1, .most = STROKES_MOST, .initial = "10",
     .decides = true, .help = "strokes per picture"},
    {NULL, "latent", "N", UR_SETTING_SIZE, S(latent), .least = 1, .most = LATENT_MOST, .initial = "10", .decides = true,
     .help = "latent variables per stroke"},
    {NULL, "read-size", "N", UR_SETTING_SIZE, S(read_size), .most = UR_GRID_SIDE_MOST, .initial = "0", .decides = true,
     .help = "read the picture through N x N filters (attention); 0: read all of it"},
    {NULL, "write-size", "N", UR_SETTING_SIZE, S(write_size), .most = UR_GRID_SIDE_MOST, .initial = "0",
     .decides = true, .help = "write through N x N filters (attention); 0: write on the whole canvas"},
};

const ur_setting_table ur_draw_setting_table = UR_SETTING_TABLE(ROWS);

/* The choices made here, and the defaults of this task, were found by trial on handwritten digits. */
ur_status ur_draw_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_draw *d = data;
    ur_run_settings *run = &settings->run;
    bool few = d->pictures.part[UR_PART_TRAIN].count < 5000;
    bool small = few || (run->minutes > 0 && run->minutes < 6);
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer(settings, "hidden", small ? "128" : "256", error));
    UR_TRY(ur_settings_prefer(settings, "batch", few ? "32" : "100", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", few ? 4e-3 : 2e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", few ? 0.99 : 0.998, error));
    if (ur_run_is_endless(run)) run->epochs = few ? 100 : 30;
    return UR_OK;
}
