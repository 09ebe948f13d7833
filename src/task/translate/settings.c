/* The settings of a translation, and what it chooses for those that are left open. */
#include "task/translate/translate.h"

#include "task/decoder_net.h"
#include "task/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define S(field) offsetof(ur_translate_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "source-column", "COLUMN", UR_SETTING_TEXT, S(source_column), .unset = "the first", .decides = true,
     .reads = true, .help = "column of the source texts in a table, by name or by number from 1"},
    {NULL, "target-column", "COLUMN", UR_SETTING_TEXT, S(target_column), .unset = "the second", .decides = true,
     .reads = true, .help = "column of the target texts, by name or by number from 1"},
    {NULL, UR_ROW_HEADER(S(header)), .unset = "yes in CSV, or if a column is given by name"},

    {"Tokens", UR_ROW_TOKEN_OR_PIECE(S(token)), .initial = "bpe"},
    {NULL, "joint", "yes|no", UR_SETTING_WORD, S(joint), .unset = "if both are written in the same alphabet",
     .decides = true, .help = "share one vocabulary and one embedding between source and target"},
    {NULL, UR_ROW_NFC(S(nfc))},
    {NULL, UR_ROW_VOCAB_LIMIT(S(vocabulary_limit)), .unset = "chosen by the size of the data"},
    {NULL, UR_ROW_MIN_COUNT(S(min_count)), .unset = "2"},
    {NULL, "max-length", "N", UR_SETTING_SIZE, S(max_length), .least = 1, .most = 1e6, .initial = "100",
     .decides = true, .reads = true,
     .help = "longest text in tokens: longer pairs are left out of the training, a longer source is cut, and output "
             "stops there"},

    {"The decoder", UR_ROW_ATTEND(S(attend), "source", "the encoder's last state"), .initial = "general"},
    {NULL, UR_ROW_INPUT_FEED(S(input_feed))},
    {NULL, "teacher-forcing", "SHARE", UR_SETTING_NUMBER, S(teacher_forcing), .most = 1, .initial = "1",
     .decides = true,
     .help = "share of the true tokens among those that the decoder is fed in training; the others are its own"},
    {NULL, "forcing-steps", "N", UR_SETTING_SIZE, S(forcing_steps), .least = 1, .most = 1e15,
     .unset = "those of three epochs", .decides = true,
     .help = "updates in which that share falls from 1 to --teacher-forcing"},
    {NULL, UR_ROW_TOKEN_DROPOUT(S(token_dropout), UR_TOKENS_UNKNOWN), .unset = "chosen by the data"},
    {NULL, UR_ROW_LABEL_SMOOTHING(S(label_smoothing), "tokens"), .initial = "0.1"},

    {"Writing", UR_ROW_BEAM(S(beam), "texts"), .initial = "5"},
    {NULL, UR_ROW_N_BEST(S(n_best), "texts", "line")},
    {NULL, UR_ROW_LENGTH_POWER(S(length_power), "texts")},
    {NULL, "at-once", "N", UR_SETTING_SIZE, S(at_once), .least = 1, .most = 65536, .initial = "1", .answers = true,
     .help = "lines to answer together: faster, but each waits for the others"},
    {NULL, UR_ROW_ATTENTION(S(attention), "source")},
};

const ur_setting_table ur_translate_setting_table = UR_SETTING_TABLE(ROWS);

/* Number of epochs, such that about the same number of pairs is read for any size of the data. */
static double choose_epochs(size_t pairs)
{
    double epochs = 600000 / (double)(pairs + 1);
    return epochs < 2 ? 2 : epochs > 60 ? 60 : floor(epochs);
}

/* The share of true tokens falls over three epochs. */
static ur_status choose_forcing(ur_settings *settings, size_t pairs, ur_error *error)
{
    char steps[32];
    size_t batch = settings->run.batch;
    snprintf(steps, sizeof steps, "%zu", 3 * ((pairs + batch - 1) / batch));
    return ur_settings_prefer(settings, "forcing-steps", steps, error);
}

ur_status ur_translate_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_translate *c = data;
    ur_run_settings *run = &settings->run;
    size_t pairs = c->part[UR_PART_TRAIN].count;
    bool small = pairs < 8000 || run->minutes < 6, letters = strcmp(c->settings.token, "char") == 0;
    char limit[32];
    snprintf(limit, sizeof limit, "%zu", c->settings.vocabulary_limit);
    UR_TRY(ur_settings_prefer(settings, "joint", c->joint ? "yes" : "no", error));
    if (c->settings.vocabulary_limit) UR_TRY(ur_settings_prefer(settings, "vocab-limit", limit, error));
    UR_TRY(ur_settings_prefer(settings, "hidden", small ? "256" : "512", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer(settings, "embed", small ? "128" : "256", error));
    UR_TRY(ur_settings_prefer_number(settings, "dropout", small ? 0.4 : 0.3, error));
    UR_TRY(ur_settings_prefer_number(settings, "token-dropout", letters ? 0 : 0.1, error));
    UR_TRY(ur_settings_prefer(settings, "batch", small ? "32" : "64", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", small ? 2e-3 : 1e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", small ? 0.995 : 0.998, error));
    if (!small) UR_TRY(ur_settings_prefer(settings, "warmup", "200", error));
    if (ur_run_is_endless(run)) run->epochs = choose_epochs(pairs);
    return c->settings.teacher_forcing < 1 ? choose_forcing(settings, pairs, error) : UR_OK;
}

/* Writes "encoder: embed E > dropout P > CELL H/2 bi; decoder: embed like encoder > dropout P > CELL H from encoder >
 * attend encoder E > dropout P > dense tied". If the vocabulary is not joint, the decoder has its own embedding.
 * Without attention nothing is tied, since H is not E. */
static ur_status write_network(const ur_translate *c, const ur_run_settings *run, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {.cell = run->cell, .layers = run->layers, .drop = run->dropout};
    const ur_decoder_looking looking = {"encoder", c->settings.attend, run->embed, c->settings.input_feed};
    size_t hidden;
    UR_TRY(ur_run_width(run, &hidden, error));
    ur_net_put_line(&w, "encoder");
    ur_net_put(&w, "embed %zu", run->embed);
    ur_net_put_dropout(&w, run->dropout, NULL);
    cells.width = (hidden + 1) / 2, cells.more = "bi";
    ur_net_put_cells(&w, &cells);
    ur_net_put_line(&w, "decoder");
    ur_net_put(&w, c->joint ? "embed like encoder" : "embed %zu", run->embed);
    ur_net_put_dropout(&w, run->dropout, NULL);
    cells.width = hidden, cells.more = "from encoder";
    ur_net_put_cells(&w, &cells);
    UR_TRY(ur_decoder_look(&looking, &w, error));
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put(&w, ur_decoder_looks(&looking) ? "dense tied" : "dense");
    return ur_net_end(&w, error);
}

/* All lines but the last read the source; the last reads the target. */
static ur_status size_lines(const ur_translate *c, ur_net_request *request, ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_net_parse(request->line, &spec, error));
    for (size_t i = 0; i < spec.line_count; i++) {
        const ur_layer_kind *first = spec.layers[spec.lines[i].first].kind;
        bool decoder = i + 1 == spec.line_count;
        size_t symbols = ur_vocabulary_size(c->side[decoder ? UR_TARGET : UR_SOURCE].vocabulary);
        if (!first->reads_ids && (decoder || !first->joins))
            return ur_fail(
                error, UR_ERR_USAGE,
                "network line \"%s\": line %zu takes numbers; in a translation it begins with embed or onehot",
                request->line, i + 1);
        request->lines[i] = (ur_sizes){.symbols = first->reads_ids ? symbols : 0, .outputs = decoder ? symbols : 0};
    }
    request->sizes.lines = request->lines;
    return UR_OK;
}

ur_status ur_translate_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_translate *c = data;
    if (!*request->line) UR_TRY(write_network(c, &settings->run, request->line, error));
    return size_lines(c, request, error);
}
