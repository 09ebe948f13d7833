/*
 * Speech: what is said in a recording, as characters or words, without being told when. A recording is read as slices of 40
 * numbers every 10 ms, some of them at a time. The network ends in ctc, or its last line is a decoder, which writes the text token
 * by token and looks at the recording (attention). Recordings of one speaker may be joined to strings.
 */
#ifndef UR_TASK_SPEECH_SPEECH_H
#define UR_TASK_SPEECH_SPEECH_H

#include "data/media/augment.h"
#include "data/media/speech.h"
#include "data/utterances/utterances.h"
#include "data/vocabulary.h"
#include "generate/ctc_search.h"
#include "model/graph.h"
#include "task/decoder.h"
#include "task/order.h"
#include "task/teaching.h"
#include "train/task.h"

/* As the rows of settings.c say. */
typedef struct ur_speech_settings {
    const char *file_column, *transcript_column, *speaker_column, *header, *transcript_from, *speaker_from, *val_match;
    const char *join; /* "3-7"; NULL: recordings as they are */
    const char *token, *nfc;
    size_t stack;
    bool no_augment;
    size_t beam; /* 0: open */
    const char *lm;
    double lm_weight;
    enum { UR_SPELL_CTC, UR_SPELL_ATTENTION } decoder;
    double token_dropout, label_smoothing, length_power;
    size_t max_length;
    bool attention;
    enum { UR_LISTEN_BACK, UR_LISTEN_BOTH } look;
} ur_speech_settings;

enum { UR_JOIN_MOST = 32 };

/* Recordings that follow one another, and the samples of silence behind each but the last. */
typedef struct ur_spoken_string {
    uint32_t item[UR_JOIN_MOST]; /* numbers in the set */
    size_t pause[UR_JOIN_MOST];
    size_t count, samples; /* in all */
    uint64_t seed;
} ur_spoken_string;

typedef struct ur_speech_part {
    const ur_utterances *set; /* NULL: there is no such part */
    uint32_t *item;           /* count of them: numbers in the set, a speaker's side by side */
    uint32_t *begin;          /* of each speaker among them, and the end of the last */
    uint32_t *length;         /* steps of each, or of the string that begins with it in this epoch */
    size_t count, left_out;   /* left out: with more to say than there are steps */
    size_t unknown;           /* tokens of them that the training has not */
    ur_order order;
} ur_speech_part;

/* What an evaluation adds up. */
typedef struct ur_speech_tally {
    size_t utterances, exact;
    size_t characters, wrong_characters, words, wrong_words; /* of the true ones; edits to them */
} ur_speech_tally;

/* Slices of a recording on the way into a batch. */
typedef struct ur_heard {
    double *samples, *work; /* work: of the bands */
    size_t sample_room;
    float *slice, *varied; /* (slices, UR_SPEECH_BANDS) */
    size_t slice_room;
    size_t slices;
    const float *bands; /* of these two, the one that counts */
} ur_heard;

/* A text with a zero behind it, in room that grows. */
typedef struct ur_speech_text {
    char *text;
    size_t length, room;
} ur_speech_text;

typedef struct ur_speech_say ur_speech_say;

typedef struct ur_listener {
    ur_speech_settings settings;
    const struct ur_watcher *watcher;
    uint64_t seed;
    size_t batch, join_least, join_most; /* join: 0: recordings as they are */
    ur_utterances *set, *validation;
    ur_speech_part part[UR_PARTS];
    ur_vocabulary *tokens; /* the number behind them is the blank, or of a decoder the end of a text */
    bool attends;          /* the network has a decoder */
    ur_model *model;       /* NULL while data are opened for a training */
    size_t threads;
    ur_speech *speech;
    float *mean, *scale; /* (UR_SPEECH_BANDS) of a network that looks back: a slice is taken as (x − mean)·scale */

    ur_heard heard;
    int32_t *ids; /* of one transcript, −1: unknown */
    size_t id_room;

    real *packed; /* steps of the lanes, one lane after the other */
    size_t packed_room;
    real *values; /* (T, B, F) */
    int32_t *targets, *lengths, *target_lengths;
    size_t places, target_places, lanes; /* for which there is room */
    ur_teaching teaching;                /* of a decoder */
    ur_decoding *decoding;
    size_t longest;         /* tokens of a string to train on, at most */
    ur_speech_say *say;     /* a language model, NULL: none */
    ur_part at;             /* of the last batch */
    const uint32_t *number; /* of its lanes: strings */
    char token_shown[UR_TOKEN_MAX_BYTES + 2];

    /* Of judging and answering. */
    ur_speech_text truth, said;
    int32_t *labels; /* what was found, and which step began it */
    size_t label_room;
    uint64_t *edit;
    size_t edit_room;
    struct {
        ur_state *state;                          /* NULL: the whole recording is awaited */
        double *samples;                          /* that wait: where it is stepped fewer than a slice has */
        size_t count, room, all, slices, stacked; /* stacked: slices that wait for their step */
        int32_t before;                           /* the label of the step before, −1: none */
        real *step, *out;
        int riff; /* pieces of the beginning of a WAV file that have come */
    } live;
} ur_listener;

static inline size_t ur_speech_features(const ur_listener *l) { return l->settings.stack * UR_SPEECH_BANDS; }
static inline bool ur_speech_looks_back(const ur_listener *l) { return l->settings.look == UR_LISTEN_BACK; }
static inline bool ur_speech_by_words(const ur_listener *l) { return ur_vocabulary_kind(l->tokens) == UR_TOKEN_WHOLE; }
/* What ends a text, and begins one that is written. */
static inline int32_t ur_speech_end(const ur_listener *l) { return (int32_t)ur_vocabulary_size(l->tokens); }

extern const ur_task ur_task_speech;
extern const ur_setting_table ur_speech_setting_table;

/* settings.c */
ur_status ur_speech_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_speech_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);
/* "3-7" or "5"; 0 and 0 for NULL. */
ur_status ur_speech_read_join(const char *join, size_t *least, size_t *most, ur_error *error);

/* open.c */
ur_status ur_speech_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_speech_close(void *data);
void ur_speech_describe(const void *data, char *text, size_t size);
uint64_t ur_speech_hash(const void *data, ur_part part);
ur_utterances_options ur_speech_options(const ur_listener *l);

/* tokens.c: the tokens of a transcript into l->ids, from place `at` on; *count: the places then taken. And the text of tokens
 * behind `text`. */
ur_status ur_speech_cut(ur_listener *l, const char *text, size_t at, size_t *count, ur_error *error);
ur_status ur_speech_count_tokens(ur_listener *l, ur_error *error);
ur_status ur_speech_spell(const ur_listener *l, const int32_t *ids, size_t count, ur_speech_text *text,
                          ur_error *error);
ur_status ur_speech_text_add(ur_speech_text *text, const char *bytes, size_t length, ur_error *error);

/* join.c: string `number` of a part in an epoch; those that are not learnt from are always the same. Its samples into
 * l->heard. */
void ur_speech_plan(const ur_listener *l, ur_part part, uint64_t epoch, uint32_t number, ur_spoken_string *string);
ur_status ur_speech_join(ur_listener *l, const ur_utterances *set, const ur_spoken_string *string, ur_error *error);

/* hear.c */
/* Mean and deviation of the training slices, for a network that looks back. */
ur_status ur_speech_measure(ur_listener *l, ur_error *error);
ur_status ur_speech_sample_room(ur_heard *heard, size_t samples, ur_error *error);
/* Slices of the first `samples` samples of l->heard. */
ur_status ur_speech_hear(ur_listener *l, size_t samples, ur_error *error);
/* The same, spoken a little otherwise by (seed, number). */
ur_status ur_speech_hear_otherwise(ur_listener *l, uint64_t seed, uint64_t number, ur_error *error);
size_t ur_speech_stacked(const ur_listener *l, size_t slices); /* steps of so many slices */
/* Step t of what was heard, as the network takes it. */
void ur_speech_take(const ur_listener *l, size_t t, real *to);

/* One slice of what is heard live, as number `at` of those that wait. */
ur_status ur_speech_slice_live(ur_listener *l, const double *samples, size_t count, size_t at, ur_error *error);

/* batches.c */
ur_status ur_speech_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                            ur_error *error);
uint64_t ur_speech_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_speech_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                          ur_error *error);

/* record.c */
ur_status ur_speech_record(void *data, ur_model *model, ur_error *error);
ur_status ur_speech_take_model(ur_listener *l, const ur_model *model, ur_error *error);

/* edits.c: edits (Levenshtein 1966) that make one text of another, and how many characters or words the true one has. */
ur_status ur_speech_edits(ur_listener *l, const ur_speech_text *said, const ur_speech_text *truth, bool words,
                          size_t *edits, size_t *count, ur_error *error);

/* decode.c: what the steps say, whose numbers are `stride` apart at x. */
bool ur_speech_searches(const ur_listener *l); /* for the likeliest text, and not its likeliest path */
ur_status ur_speech_decode(ur_listener *l, const real *x, size_t stride, size_t steps, ur_speech_text *text,
                           ur_error *error);

/* write.c: a text for each recording of a batch, by a decoder. `learner` NULL: besides the trainer's work. Then that of a lane. */
ur_status ur_speech_write(ur_listener *l, ur_learner *learner, const ur_batch *batch, ur_error *error);
ur_status ur_speech_written(const ur_listener *l, size_t lane, ur_speech_text *text, ur_error *error);
/* To be looked at: the files of a string; a token, a word with a blank in front of it. */
ur_status ur_speech_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error);
const char *ur_speech_token_text(void *data, int32_t token, size_t *length);
/* A batch of recordings that all lines but the decoder read. */
void ur_speech_see(const ur_listener *l, const ur_sequences *recordings, ur_batch *batch);

/* say.c: a language model of characters, as a judge of a search. */
ur_status ur_speech_say_open(ur_speech_say **say, const char *path, double weight, const ur_vocabulary *tokens,
                             ur_error *error);
void ur_speech_say_free(ur_speech_say *say); /* NULL is allowed */
const ur_ctc_judge *ur_speech_say_judge(const ur_speech_say *say);

/* judge.c */
ur_status ur_speech_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error);
ur_status ur_speech_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                           struct json_t *more, ur_error *error);

/* answer.c */
bool ur_speech_takes_files(const void *data);
size_t ur_speech_item_size(const void *data);
ur_status ur_speech_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                           const ur_sink *sink, ur_error *error);
ur_status ur_speech_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                ur_error *error);

#endif
