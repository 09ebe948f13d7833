/* What a training on speech is told, and what it chooses by itself. */
#include "task/speech/speech.h"

#include "base/number.h"
#include "task/decoder_net.h"
#include "train/net_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S(field) offsetof(ur_speech_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "file-column", "COLUMN", UR_SETTING_TEXT, S(file_column), .unset = "one called file, else the first",
     .decides = true, .reads = true, .help = "of a table: its name in the header, or its number from 1"},
    {NULL, "transcript-column", "COLUMN", UR_SETTING_TEXT, S(transcript_column),
     .unset = "one called transcript, else the second", .decides = true, .reads = true, .help = "as --file-column"},
    {NULL, "speaker-column", "COLUMN", UR_SETTING_TEXT, S(speaker_column), .unset = "one called speaker",
     .decides = true, .reads = true, .help = "as --file-column"},
    {NULL, "header", "yes|no", UR_SETTING_WORD, S(header), .unset = "found by looking", .reads = true,
     .help = "whether the first line of a table names its columns"},
    {NULL, "transcript-from", "PATTERN", UR_SETTING_TEXT, S(transcript_from), .unset = "a table says it",
     .decides = true, .reads = true,
     .help = "where the transcript stands in the name of a file, such as {transcript}_*.wav"},
    {NULL, "speaker-from", "PATTERN", UR_SETTING_TEXT, S(speaker_from), .unset = "none", .decides = true, .reads = true,
     .help = "where the speaker stands in the name of a file, such as *_{speaker}_*.wav"},
    {NULL, "join", "A-B", UR_SETTING_TEXT, S(join), .unset = "recordings as they are", .decides = true, .reads = true,
     .help = "strings of A to B recordings of one speaker, with pauses of 0.03 to 0.3 seconds between them"},
    {NULL, "val-match", "GLOB", UR_SETTING_TEXT, S(val_match), .unset = "none", .decides = true,
     .unless = "val-fraction", .help = "validate on the files with such names, such as *_[5-9].wav"},

    {"Listening", "look", "back|both", UR_SETTING_CHOICE, S(look), .initial = "both", .decides = true,
     .help = "what was said so far, to spell while it listens; or what is said later, too"},
    {NULL, "stack", "N", UR_SETTING_SIZE, S(stack), .least = 1, .most = 16, .initial = "3", .decides = true,
     .help = "slices of 10 ms that are read in one step"},
    {NULL, "no-augment", NULL, UR_SETTING_FLAG, S(no_augment), .decides = true,
     .help =
         "recordings as they are; else a little faster or slower, louder, with noise, each time they are learnt from"},

    {"Spelling", "token", "char|byte|word", UR_SETTING_WORD, S(token),
     .unset = "words where recordings are joined, else char", .decides = true,
     .help = "what is spelled: characters, or words between blanks"},
    {NULL, "nfc", "yes|no", UR_SETTING_WORD, S(nfc), .initial = "yes", .decides = true, .reads = true,
     .help = "make a letter and its accent, or the letters of a syllable of Hangul, one character (normal form C)"},
    {NULL, "decoder", "ctc|attention", UR_SETTING_CHOICE, S(decoder), .initial = "ctc", .unless = "net",
     .help =
         "ctc: each step says a token or nothing; attention: the text is written token by token, and each looks at the "
         "whole recording"},

    {"With --decoder attention", "token-dropout", "P", UR_SETTING_NUMBER, S(token_dropout), .most = 0.9, .unset = "0.1",
     .decides = true, .help = "share of the tokens that are read as the end in training"},
    {NULL, "label-smoothing", "X", UR_SETTING_NUMBER, S(label_smoothing), .most = 0.9, .unset = "0.1", .decides = true,
     .help = "share of what is wanted that goes to all tokens alike"},
    {NULL, "max-length", "N", UR_SETTING_SIZE, S(max_length), .least = 1, .most = 1e6, .initial = "200", .reads = true,
     .help = "tokens of a text; no more are written"},
    {NULL, "length-power", "X", UR_SETTING_NUMBER, S(length_power), .most = 10, .initial = "1", .reads = true,
     .help = "texts are compared by log probability / tokens^X; 0: longer ones are at a disadvantage"},

    {NULL, "attention", NULL, UR_SETTING_FLAG, S(attention), .reads = true,
     .help = "show where in the recording each token looked; with --html as a page"},

    {"Answers", "beam", "N", UR_SETTING_SIZE, S(beam), .least = 1, .most = 1000,
     .unset = "1, with --lm 16, with attention 5", .reads = true,
     .help =
         "beginnings that are kept in the search for the likeliest text; 1: the likeliest path, or token at each step"},
    {NULL, "lm", "MODEL", UR_SETTING_TEXT, S(lm), .unset = "none", .reads = true,
     .help = "a language model of characters (unroll train lm) that has a say in the search; not with attention"},
    {NULL, "lm-weight", "W", UR_SETTING_NUMBER, S(lm_weight), .most = 10, .initial = "0.5", .beside = "lm",
     .reads = true, .help = "how much of one: its log p is multiplied by this"},
};

const ur_setting_table ur_speech_setting_table = UR_SETTING_TABLE(ROWS);

static ur_status fail_join(const char *join, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "`join` %.80s: two whole numbers from 1 to %d, such as 3-7", join,
                   (int)UR_JOIN_MOST);
}

ur_status ur_speech_read_join(const char *join, size_t *least, size_t *most, ur_error *error)
{
    char first[16];
    double a, b;
    *least = *most = 0;
    if (!join) return UR_OK;
    const char *dash = strchr(join, '-');
    size_t length = dash ? (size_t)(dash - join) : strlen(join);
    if (length >= sizeof first) return fail_join(join, error);
    memcpy(first, join, length);
    first[length] = 0;
    if (!ur_read_number(first, &a) || !ur_read_number(dash ? dash + 1 : first, &b)) return fail_join(join, error);
    if (!(a >= 1 && a <= b && b <= UR_JOIN_MOST)) return fail_join(join, error);
    *least = (size_t)a;
    *most = (size_t)b;
    return (double)*least == a && (double)*most == b ? UR_OK : fail_join(join, error);
}

enum { EPOCHS = 10, UPDATES = 1500, BATCH = 16 };

/* Some hundred updates pass before anything but blanks comes out: of few recordings more epochs are wanted. */
static double choose_epochs(const ur_listener *l)
{
    double updates = (double)l->part[UR_PART_TRAIN].count / BATCH;
    return updates * EPOCHS < UPDATES ? ceil(UPDATES / updates) : EPOCHS;
}

static ur_status choose_decoder(ur_settings *settings, ur_error *error)
{
    UR_TRY(ur_settings_prefer(settings, "embed", "64", error));
    UR_TRY(ur_settings_prefer_number(settings, "token-dropout", 0.1, error));
    return ur_settings_prefer_number(settings, "label-smoothing", 0.1, error);
}

/* Found by trying on strings of digits. */
ur_status ur_speech_choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_listener *l = data;
    ur_run_settings *run = &settings->run;
    ((ur_speech_settings *)settings->own)->token = l->settings.token;
    UR_TRY(ur_settings_prefer(settings, "hidden", "128", error));
    UR_TRY(ur_settings_prefer(settings, "layers", "2", error));
    UR_TRY(ur_settings_prefer_number(settings, "dropout", 0.3, error));
    UR_TRY(ur_settings_prefer(settings, "batch", "16", error));
    UR_TRY(ur_settings_prefer_number(settings, "lr", 2e-3, error));
    UR_TRY(ur_settings_prefer_number(settings, "average", 0.99, error));
    if (ur_run_is_endless(run)) run->epochs = choose_epochs(l);
    return l->attends ? choose_decoder(settings, error) : UR_OK;
}

/* CELL H xN [bi] drop=P, which reads the recording */
static void write_ear(const ur_listener *l, const ur_run_settings *run, char *line, size_t size)
{
    char number[UR_NUMBER_MAX], between[UR_NUMBER_MAX + 16] = "", many[32] = "";
    ur_write_number(run->dropout, number);
    if (run->dropout > 0 && run->layers > 1) snprintf(between, sizeof between, " drop=%s", number);
    if (run->layers > 1) snprintf(many, sizeof many, " x%zu", run->layers);
    snprintf(line, size, "%.40s %.12s%s%s%s", run->cell, run->hidden, many, ur_speech_looks_back(l) ? "" : " bi",
             between);
}

/* EAR > dropout P > dense > ctc, or
 * sound: EAR; decoder: embed E > CELL 2·H > attend sound H additive feed > dropout P > dense */
static void write_network(const ur_listener *l, const ur_run_settings *run, char *line, size_t size)
{
    char ear[160], number[UR_NUMBER_MAX], drop[UR_NUMBER_MAX + 16] = "";
    size_t hidden = strtoul(run->hidden, NULL, 10);
    write_ear(l, run, ear, sizeof ear);
    ur_write_number(run->dropout, number);
    if (run->dropout > 0) snprintf(drop, sizeof drop, "dropout %s > ", number);
    if (l->attends)
        snprintf(line, size, "sound: %s; decoder: embed %zu > %.40s %zu > attend sound %zu additive feed > %sdense",
                 ear, run->embed, run->cell, 2 * hidden, hidden, drop);
    else
        snprintf(line, size, "%s > %sdense > ctc", ear, drop);
}

ur_status ur_speech_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_listener *l = data;
    const ur_run_settings *run = &settings->run;
    const ur_sizes seen = {.features = ur_speech_features(l)};
    request->sizes = (ur_sizes){.features = seen.features, .outputs = ur_vocabulary_size(l->tokens)};
    if (run->net)
        UR_TRY(ur_net_text(run, false, "", request->line, error));
    else if (strchr(run->hidden, ','))
        return ur_fail(error, UR_ERR_USAGE, "`hidden` %s: give one width, or the whole network as `net`", run->hidden);
    else
        write_network(l, run, request->line, sizeof request->line);
    return l->attends ? ur_decoder_sizes(request, &seen, ur_vocabulary_size(l->tokens) + 1, error) : UR_OK;
}
