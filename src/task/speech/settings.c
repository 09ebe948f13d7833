/* The settings of speech, and what the task chooses for those that are left open. */
#include "task/speech/speech.h"

#include "base/number.h"
#include "task/decoder_net.h"
#include "task/rows.h"

#include <math.h>
#include <string.h>

#define S(field) offsetof(ur_speech_settings, field)

static const ur_setting ROWS[] = {
    {"The data", "file-column", "COLUMN", UR_SETTING_TEXT, S(file_column),
     .unset = "one called file, path, wav or audio, else the first", .decides = true, .reads = true,
     .help = "column of the file names, by name or by number from 1"},
    {NULL, "transcript-column", "COLUMN", UR_SETTING_TEXT, S(transcript_column),
     .unset = "one called transcript, text or sentence, else the second", .decides = true, .reads = true,
     .help = "column of the transcripts, by name or by number from 1"},
    {NULL, "speaker-column", "COLUMN", UR_SETTING_TEXT, S(speaker_column), .unset = "one called speaker",
     .decides = true, .reads = true, .help = "column of the speakers, by name or by number from 1"},
    {NULL, UR_ROW_HEADER(S(header)), .unset = "detected"},
    {NULL, "transcript-from", "PATTERN", UR_SETTING_TEXT, S(transcript_from), .unset = "from a table", .decides = true,
     .reads = true, .help = "where a file name holds the transcript, such as {transcript}_*.wav"},
    {NULL, "speaker-from", "PATTERN", UR_SETTING_TEXT, S(speaker_from), .unset = "none", .decides = true, .reads = true,
     .help = "where a file name holds the speaker, such as *_{speaker}_*.wav"},
    {NULL, "join", "A-B", UR_SETTING_TEXT, S(join), .unset = "each recording by itself", .decides = true, .reads = true,
     .help = "join A to B recordings of one speaker, with pauses of 0.03 to 0.3 seconds"},
    {NULL, UR_ROW_VAL_MATCH(S(val_match), "*_[5-9].wav")},

    {"Listening", "look", "back|both", UR_SETTING_CHOICE, S(look), .initial = "both", .decides = true,
     .help = "read recordings in both directions, or forwards only (back), which allows answers while it listens"},
    {NULL, "stack", "N", UR_SETTING_SIZE, S(stack), .least = 1, .most = 16, .initial = "3", .decides = true,
     .help = "slices of 10 ms that are read in one step"},
    {NULL, UR_ROW_NO_AUGMENT(S(no_augment), "recordings (speed, loudness, pitch, noise, masking)")},

    {"Spelling", "token", "char|byte|word", UR_SETTING_WORD, S(token),
     .unset = "word if recordings are joined, else char", .decides = true, .help = "what one token of a transcript is"},
    {NULL, UR_ROW_NFC(S(nfc)), .reads = true},
    {NULL, "decoder", "ctc|attention", UR_SETTING_CHOICE, S(decoder), .initial = "ctc", .unless = "net",
     .help = "ctc: each step gives a token or a blank; attention: a decoder writes token by token and attends to the "
             "whole recording"},

    {"With --decoder attention",
     UR_ROW_TOKEN_DROPOUT(S(token_dropout), "decoder's input tokens replaced by the end in training"), .unset = "0.1"},
    {NULL, UR_ROW_LABEL_SMOOTHING(S(label_smoothing), "tokens"), .unset = "0.1"},
    {NULL, "max-length", "N", UR_SETTING_SIZE, S(max_length), .least = 1, .most = 1e6, .initial = "200", .reads = true,
     .help = "longest text in tokens; output stops there"},
    {NULL, UR_ROW_LENGTH_POWER(S(length_power), "texts")},

    {NULL, UR_ROW_ATTENTION(S(attention), "recording")},

    {"Answers", "beam", "N", UR_SETTING_SIZE, S(beam), .least = 1, .most = 1000,
     .unset = "1, with --lm 16, with attention 5", .answers = true,
     .help = "beam width of the search for the likeliest text; 1: greedy"},
    {NULL, "lm", "MODEL", UR_SETTING_TEXT, S(lm), .unset = "none", .answers = true,
     .help = "a language model of characters (unroll train lm) to guide the search; not with attention"},
    {NULL, "lm-weight", "W", UR_SETTING_NUMBER, S(lm_weight), .most = 10, .initial = "0.5", .beside = "lm",
     .answers = true, .help = "weight of the language model's log probability"},
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

/* Some hundred updates pass before the network outputs anything but blanks, so few recordings need more epochs. */
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

/* Found by trial on strings of digits. */
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

/* Writes "EAR > dropout P > dense > ctc", or "sound: EAR; decoder: embed E > CELL 2·H > attend sound H additive feed >
 * dropout P > dense", where EAR is "CELL H xN drop=P [bi]". */
static ur_status write_network(const ur_listener *l, const ur_run_settings *run, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells ear = {.cell = run->cell, .layers = run->layers, .drop = run->dropout};
    ear.more = ur_speech_looks_back(l) ? NULL : "bi";
    UR_TRY(ur_run_width(run, &ear.width, error));
    if (l->attends) ur_net_put_line(&w, "sound");
    ur_net_put_cells(&w, &ear);
    if (l->attends) {
        ur_net_put_line(&w, "decoder");
        ur_net_put(&w, "embed %zu > %s %zu", run->embed, run->cell, 2 * ear.width);
        ur_net_put(&w, "attend sound %zu additive feed", ear.width);
    }
    ur_net_put_dropout(&w, run->dropout, NULL);
    ur_net_put(&w, l->attends ? "dense" : "dense > ctc");
    return ur_net_end(&w, error);
}

ur_status ur_speech_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_listener *l = data;
    const ur_sizes seen = {.features = ur_speech_features(l)};
    request->sizes = (ur_sizes){.features = seen.features, .outputs = ur_vocabulary_size(l->tokens)};
    if (!*request->line) UR_TRY(write_network(l, &settings->run, request->line, error));
    return l->attends ? ur_decoder_sizes(request, &seen, ur_vocabulary_size(l->tokens) + 1, error) : UR_OK;
}
