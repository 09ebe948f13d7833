/* The settings of a tagger, and what it chooses for those that are left open. */
#include "task/tag/tag.h"

#include "task/rows.h"

#include <stdio.h>
#include <string.h>

#define S(field) offsetof(ur_tag_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "column", "COLUMN", UR_SETTING_TEXT, S(column), .initial = "upos", .decides = true,
     .help = "column of CoNLL-U to learn: lemma, upos, xpos, feats, deprel, misc, or a number from 1"},
    {NULL, "also", "COLUMN", UR_SETTING_TEXT, S(also), .unset = "none", .decides = true,
     .help = "a second column to learn at the same time, with an output layer of its own; this often helps the first"},
    {NULL, "also-weight", "X", UR_SETTING_NUMBER, S(also_weight), .most = 1e3, .above = true, .initial = "0.5",
     .beside = "also", .decides = true, .help = "weight of the second column's loss"},

    {"Words", "characters", "none|char|jamo", UR_SETTING_WORD, S(characters), .initial = "char", .decides = true,
     .help =
         "how the network reads the spelling of a word: not at all, by characters, or (jamo) Hangul letter by letter"},
    {NULL, "keep-case", NULL, UR_SETTING_FLAG, S(keep_case), .decides = true, .help = "keep capital letters in words"},
    {NULL, UR_ROW_MIN_COUNT(S(min_count)), .unset = "1"},
    {NULL, UR_ROW_VOCAB_LIMIT(S(vocabulary_limit)), .unset = "none"},
    {NULL, UR_ROW_VECTORS(S(vectors))},
    {NULL, UR_ROW_VECTORS_FIXED(S(vectors_fixed))},
    {NULL, UR_ROW_TOKEN_DROPOUT(S(token_dropout), UR_TOKENS_UNKNOWN "; of words that occur once, at least half"),
     .unset = "chosen by the data"},
    {NULL, UR_ROW_LABEL_SMOOTHING(S(label_smoothing), "labels; not with crf"), .initial = "0"},

    {"Answers", "lines", "text|tokens|conllu", UR_SETTING_WORD, S(lines), .unset = "text or conllu, detected",
     .reads = true,
     .help = "format of the input: one sentence per line, one word per line with an empty line after each sentence, or "
             "CoNLL-U"},
    {NULL, "inline", NULL, UR_SETTING_FLAG, S(in_line), .answers = true,
     .help = "answer with word/TAG, one sentence per line, instead of CoNLL-U"},
};

const ur_setting_table ur_tag_setting_table = UR_SETTING_TABLE(ROWS);

/* Epochs and sizes were found by trial on English and Korean treebanks. */
ur_status ur_tag_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_tag *c = data;
    ur_run_settings *run = &settings->run;
    size_t words = ur_conllu_all_words(c->set);
    bool small = words < 20000;
    UR_TRY(ur_settings_prefer(settings, "hidden", small ? "64" : "200", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "1", error));
    UR_TRY(ur_settings_prefer_number(settings, "embed",
                                     (double)(c->vectors.width ? c->vectors.width
                                              : small          ? 64
                                                               : 100),
                                     error));
    UR_TRY(ur_settings_prefer_number(settings, "dropout", 0.5, error));
    UR_TRY(ur_settings_prefer_number(settings, "token-dropout", 0.2, error));
    UR_TRY(ur_settings_prefer(settings, "batch", small ? "16" : "32", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", 3e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", 0.998, error));
    if (ur_run_is_endless(run)) run->epochs = words < 100000 ? 60 : 25;
    return UR_OK;
}

/* Writes "chars: embed 32 > lstm 64 bi > last; embed E > join chars > dropout > lstm H bi > dropout > dense". With a
 * second column, each of the two last lines joins the line before them. */
static ur_status write_network(const ur_run_settings *run, const ur_tag *c, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {.cell = run->cell, .layers = run->layers, .drop = run->dropout, .more = "bi"};
    bool also = c->heads > 1;
    UR_TRY(ur_run_width(run, &cells.width, error));
    if (c->characters) ur_spelling_put(&w, run->cell);
    ur_net_put_line(&w, also ? "words" : "");
    ur_net_put(&w, c->settings.vectors_fixed ? "embed %zu fixed" : "embed %zu", run->embed);
    if (c->characters) ur_net_put(&w, "join chars");
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put_cells(&w, &cells);
    ur_net_put_dropout(&w, run->dropout, NULL);
    if (also) {
        ur_net_put_line(&w, "also");
        ur_net_put(&w, "join words > dense");
        ur_net_put_line(&w, "");
        ur_net_put(&w, "join words");
    }
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}

/* The line `also` gives the second column, the last line gives the first. */
static ur_status size_lines(const ur_tag *c, ur_net_request *request, ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_spelling_sizes(c->words, c->characters, request, error));
    UR_TRY(ur_net_parse(request->line, &spec, error));
    for (size_t i = 0; i < spec.line_count; i++) {
        bool also = c->heads > 1 && strcmp(spec.lines[i].name, "also") == 0;
        if (also) request->lines[i].outputs = ur_vocabulary_size(c->head[1].labels);
    }
    request->lines[spec.line_count - 1].outputs = ur_vocabulary_size(c->head[0].labels);
    return UR_OK;
}

ur_status ur_tag_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_tag *c = data;
    if (!*request->line) UR_TRY(write_network(&settings->run, c, request->line, error));
    return size_lines(c, request, error);
}
