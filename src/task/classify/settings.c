/* The settings of a classification, and what it chooses for those that are left open. */
#include "task/classify/classify.h"

#include "task/rows.h"

#include <math.h>
#include <stdio.h>

#define S(field) offsetof(ur_classify_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "form", "tsv|csv|lines|fasttext|trees|files|folders|wav|idx", UR_SETTING_WORD, S(form),
     .unset = "detected", .reads = true, .help = "format of the data"},
    {NULL, "text-column", "COLUMN", UR_SETTING_TEXT, S(text_column), .unset = "the one with long, varied values",
     .decides = true, .reads = true, .help = "column of the texts in a table, by name or by number from 1"},
    {NULL, UR_ROW_LABEL_COLUMN(S(label_column)), .unset = "the one with few different values"},
    {NULL, UR_ROW_HEADER(S(header)), .unset = "detected"},
    {NULL, "label-from", "PATTERN", UR_SETTING_TEXT, S(label_from), .unset = "the folder is the label", .decides = true,
     .reads = true, .help = "where a file name holds the label, such as {label}_*_*.wav"},
    {NULL, UR_ROW_RELABEL(S(relabel), "0=neg,1=neg,2=,3=pos,4=pos", "examples whose label gets no name are left out")},
    {NULL, "phrases", "root|all", UR_SETTING_CHOICE, S(phrases), .initial = "root", .decides = true,
     .help = "sentiment trees: train on whole sentences, or on every phrase as well"},
    {NULL, "sentence-weight", "X", UR_SETTING_NUMBER, S(sentence_weight), .most = 1e3, .above = true, .initial = "1",
     .beside = "phrases=all", .decides = true, .help = "weight of a whole sentence's loss, relative to a phrase's"},
    {NULL, "scan", "rows|pixels", UR_SETTING_CHOICE, S(scan), .initial = "rows", .decides = true,
     .help = "pictures: what is read in one step"},
    {NULL, UR_ROW_VAL_MATCH(S(val_match), "*_[5-9].wav")},
    {NULL, UR_ROW_VAL_FOLD(S(val_fold), "part I of K equal parts")},

    {"Tokens", "token", "char|byte|word", UR_SETTING_WORD, S(token), .unset = "chosen by the data", .decides = true,
     .help = "what one token of a text is"},
    {NULL, "unit", "char|byte|word", UR_SETTING_WORD, S(token), .help = NULL},
    {NULL, "keep-case", NULL, UR_SETTING_FLAG, S(keep_case), .decides = true, .help = "words: keep capital letters"},
    {NULL, UR_ROW_MIN_COUNT(S(min_count)), .unset = "1"},
    {NULL, UR_ROW_VOCAB_LIMIT(S(vocabulary_limit)), .unset = "none"},
    {NULL, "max-length", "N", UR_SETTING_SIZE, S(max_length), .least = 1, .most = 1e6, .initial = "256",
     .decides = true, .reads = true, .help = "steps of an example to read; the rest is cut off"},
    {NULL, UR_ROW_VECTORS(S(vectors))},
    {NULL, UR_ROW_VECTORS_FIXED(S(vectors_fixed))},
    {NULL, "characters", "none|char|jamo", UR_SETTING_WORD, S(characters), .initial = "none", .decides = true,
     .help = "also read the spelling of each word: none, its characters, or (jamo) Hangul letter by letter"},
    {NULL, UR_ROW_TOKEN_DROPOUT(S(token_dropout), UR_TOKENS_UNKNOWN), .unset = "chosen by the data"},

    {"Labels", "hierarchy", NULL, UR_SETTING_FLAG, S(hierarchy), .decides = true,
     .help = "three labels that mean negative, neutral and positive in alphabetical order: decide neutral or polar "
             "first, then which side"},
    {NULL, UR_ROW_LABEL_SMOOTHING(S(label_smoothing), "labels"), .initial = "0"},
    {NULL, UR_ROW_CLASS_WEIGHTS(S(class_weights), "examples")},
    {NULL, UR_ROW_NO_AUGMENT(S(no_augment), "pictures and recordings (shift, rotate, scale; stretch, mask)")},
};

const ur_setting_table ur_classify_setting_table = UR_SETTING_TABLE(ROWS);

/* Epochs and sizes were found by trial on sentences, names and pictures. */
ur_status ur_classify_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_classify *c = data;
    ur_classify_settings *s = settings->own;
    ur_run_settings *run = &settings->run;
    bool words = c->vocabulary && ur_vocabulary_kind(c->vocabulary) == UR_TOKEN_WORD;
    bool small = c->part[UR_PART_TRAIN].count < 5000;
    char width[32];
    s->token = c->settings.token;
    UR_TRY(ur_settings_prefer(settings, "cell", c->vocabulary ? "lstm" : "gru", error));
    UR_TRY(ur_settings_prefer(settings, "hidden", c->vocabulary ? "128" : "192", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    snprintf(width, sizeof width, "%zu", c->vectors.width ? c->vectors.width : (size_t)(words ? 128 : 48));
    UR_TRY(ur_settings_prefer(settings, "embed", width, error));
    UR_TRY(ur_settings_prefer_number(settings, "dropout", c->vocabulary ? 0.5 : 0.2, error));
    UR_TRY(ur_settings_prefer_number(settings, "token-dropout", words ? 0.2 : 0, error));
    UR_TRY(ur_settings_prefer(settings, "batch", small ? "32" : "64", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", 3e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", 0.998, error));
    if (ur_run_is_endless(run)) run->epochs = words ? 12 : 20;
    return UR_OK;
}

/* Writes "embed E > dropout > CELL H bi > max > dropout > dense". If words are spelled, "chars: embed 32 > CELL 64 bi >
 * last" comes before it and is joined to the embedding. Pictures and recordings have no embedding. The embedding's
 * dropout is smaller than that after the cells, because a number dropped from an embedding is lost at its step. */
static ur_status write_network(const ur_run_settings *run, const ur_classify *c, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {.cell = run->cell, .layers = run->layers, .more = "bi"};
    UR_TRY(ur_run_width(run, &cells.width, error));
    if (c->characters) ur_spelling_put(&w, run->cell);
    ur_net_put_line(&w, "");
    if (c->vocabulary) {
        ur_net_put(&w, c->settings.vectors_fixed ? "embed %zu fixed" : "embed %zu", run->embed);
        if (c->characters) ur_net_put(&w, "join chars");
        ur_net_put_dropout(&w, 0.6 * run->dropout, NULL);
    }
    ur_net_put_cells(&w, &cells);
    ur_net_put(&w, "max");
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}

/* Sets the sizes of each line if words are spelled, else those of the whole network. */
static ur_status size_network(const ur_classify *c, ur_net_request *request, ur_error *error)
{
    size_t outputs = c->settings.hierarchy ? UR_CLASS_OUT_SIDES : c->label_count;
    request->sizes.outputs = outputs;
    if (c->vocabulary) request->sizes.symbols = ur_vocabulary_size(c->vocabulary);
    if (!c->vocabulary) request->sizes.features = ur_labelled_features(c->set);
    if (!c->characters) return UR_OK;
    ur_net_spec spec;
    UR_TRY(ur_spelling_sizes(c->vocabulary, c->characters, request, error));
    UR_TRY(ur_net_parse(request->line, &spec, error));
    request->lines[spec.line_count - 1].outputs = outputs;
    return UR_OK;
}

ur_status ur_classify_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_classify *c = data;
    if (!*request->line) UR_TRY(write_network(&settings->run, c, request->line, error));
    return size_network(c, request, error);
}
