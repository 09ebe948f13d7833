/*
 * Speech: the words of a recording, as characters or words, without times. A recording is read as slices of 40 numbers
 * every 10 ms, several of them in one step. The network ends in ctc, or its last line is a decoder, which writes the
 * text token by token and looks at the recording (attention). Recordings of one speaker may be joined to strings.
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

/* Settings; see the rows of settings.c. */
typedef struct ur_speech_settings {
    const char *file_column, *transcript_column, *speaker_column, *header, *transcript_from, *speaker_from, *val_match;
    const char *join; /* "3-7"; NULL to leave recordings as they are */
    const char *token, *nfc;
    size_t stack;
    bool no_augment;
    size_t beam; /* 0 if left open */
    const char *lm;
    double lm_weight;
    enum { UR_SPELL_CTC, UR_SPELL_ATTENTION } decoder;
    double token_dropout, label_smoothing, length_power;
    size_t max_length;
    bool attention;
    enum { UR_LISTEN_BACK, UR_LISTEN_BOTH } look;
} ur_speech_settings;

enum { UR_JOIN_MOST = 32 };

/* Recordings that follow one another, with samples of silence after each but the last. */
typedef struct ur_spoken_string {
    uint32_t item[UR_JOIN_MOST]; /* indices in the set */
    size_t pause[UR_JOIN_MOST];
    size_t count, samples; /* total number of samples */
    uint64_t seed;
} ur_spoken_string;

typedef struct ur_speech_part {
    const ur_utterances *set; /* NULL if there is no such part */
    uint32_t *item;           /* (count) indices in the set, grouped by speaker */
    uint32_t *begin;          /* where each speaker begins in `item`, and the end of the last one */
    uint32_t *length;         /* (count) steps of each, or of the string that begins with it in this epoch */
    size_t count, left_out;   /* left_out: recordings that have fewer steps than their text needs */
    size_t unknown;           /* tokens in them that the training set does not have */
    ur_order order;
} ur_speech_part;

/* Sums over an evaluation. */
typedef struct ur_speech_tally {
    size_t utterances, exact;
    size_t characters, wrong_characters, words, wrong_words; /* of the true texts; edits needed to make them */
} ur_speech_tally;

/* The slices of a recording, before they go into a batch. */
typedef struct ur_heard {
    double *samples, *work; /* work: work space for the bands */
    size_t sample_room;
    float *slice, *varied; /* (slices, UR_SPEECH_BANDS), as recorded and augmented */
    size_t slice_room;
    size_t slices;
    const float *bands; /* slice or varied, whichever is used */
} ur_heard;

/* A text that ends with a zero byte, in a buffer that grows. */
typedef struct ur_speech_text {
    char *text;
    size_t length, room;
} ur_speech_text;

typedef struct ur_speech_say ur_speech_say;

typedef struct ur_listener {
    ur_speech_settings settings;
    const struct ur_watcher *watcher;
    uint64_t seed;
    size_t batch, join_least, join_most; /* join_least and join_most are 0 if recordings stay as they are */
    ur_utterances *set, *validation;
    ur_speech_part part[UR_PARTS];
    ur_vocabulary *tokens; /* the next id after them is the blank, or with a decoder the end token */
    bool attends;          /* the network has a decoder */
    ur_model *model;       /* NULL while data are opened for a training */
    size_t threads;
    ur_speech *speech;
    float *mean, *scale; /* (UR_SPEECH_BANDS) for a network that looks back: a slice becomes (x − mean)·scale */

    ur_heard heard;
    int32_t *ids; /* of one transcript, −1 if unknown */
    size_t id_room;

    real *packed; /* steps of the lanes, one lane after the other */
    size_t packed_room;
    real *values; /* (T, B, F) */
    int32_t *targets, *lengths, *target_lengths;
    size_t places, target_places, lanes; /* capacity */
    ur_teaching teaching;                /* inputs and targets of a decoder */
    ur_decoding *decoding;
    size_t longest;         /* most tokens of a string to train on */
    ur_speech_say *say;     /* a language model, or NULL */
    ur_part at;             /* part of the last batch */
    const uint32_t *number; /* numbers of the strings in its lanes */
    char token_shown[UR_TOKEN_MAX_BYTES + 2];

    /* For evaluation and answers. */
    ur_speech_text truth, said;
    int32_t *labels; /* the labels found */
    size_t label_room;
    uint64_t *edit;
    size_t edit_room;
    struct {
        ur_state *state;                          /* NULL if the network needs the whole recording */
        double *samples;                          /* samples that wait; fewer than a slice if the network is stepped */
        size_t count, room, all, slices, stacked; /* stacked: slices that wait for their step */
        int32_t before;                           /* the label of the step before, or −1 */
        real *step, *out;
        int riff; /* number of pieces of a WAV file's header that have been seen */
    } live;
} ur_listener;

static inline size_t ur_speech_features(const ur_listener *l) { return l->settings.stack * UR_SPEECH_BANDS; }
static inline bool ur_speech_looks_back(const ur_listener *l) { return l->settings.look == UR_LISTEN_BACK; }
static inline bool ur_speech_by_words(const ur_listener *l) { return ur_vocabulary_kind(l->tokens) == UR_TOKEN_WHOLE; }
/* The token that ends a text, and from which a decoder begins. */
static inline int32_t ur_speech_end(const ur_listener *l) { return (int32_t)ur_vocabulary_size(l->tokens); }

extern const ur_task ur_task_speech;
extern const ur_setting_table ur_speech_setting_table;

/* In settings.c: */
ur_status ur_speech_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_speech_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);
/* Reads "3-7" or "5". Gives 0 and 0 for NULL. */
ur_status ur_speech_read_join(const char *join, size_t *least, size_t *most, ur_error *error);

/* In open.c: */
ur_status ur_speech_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_speech_close(void *data);
void ur_speech_describe(const void *data, char *text, size_t size);
uint64_t ur_speech_hash(const void *data, ur_part part);
ur_utterances_options ur_speech_options(const ur_listener *l);

/* In tokens.c: ur_speech_cut puts the tokens of a transcript into l->ids, from index `at` on; *count is the number of
 * ids after that. ur_speech_spell appends the text of tokens to `text`. */
ur_status ur_speech_cut(ur_listener *l, const char *text, size_t at, size_t *count, ur_error *error);
ur_status ur_speech_count_tokens(ur_listener *l, ur_error *error);
ur_status ur_speech_spell(const ur_listener *l, const int32_t *ids, size_t count, ur_speech_text *text,
                          ur_error *error);
ur_status ur_speech_text_add(ur_speech_text *text, const char *bytes, size_t length, ur_error *error);

/* In join.c: ur_speech_plan gives string `number` of a part in an epoch; strings that are not trained on are always the
 * same. ur_speech_join reads its samples into l->heard. */
void ur_speech_plan(const ur_listener *l, ur_part part, uint64_t epoch, uint32_t number, ur_spoken_string *string);
ur_status ur_speech_join(ur_listener *l, const ur_utterances *set, const ur_spoken_string *string, ur_error *error);

/* In hear.c: */
/* Computes mean and standard deviation of the training slices, for a network that looks back. */
ur_status ur_speech_measure(ur_listener *l, ur_error *error);
ur_status ur_speech_sample_room(ur_heard *heard, size_t samples, ur_error *error);
/* Makes slices of the first `samples` samples of l->heard. */
ur_status ur_speech_hear(ur_listener *l, size_t samples, ur_error *error);
/* Augments these slices, depending on (seed, number). */
ur_status ur_speech_hear_otherwise(ur_listener *l, uint64_t seed, uint64_t number, ur_error *error);
size_t ur_speech_stacked(const ur_listener *l, size_t slices); /* number of steps for this many slices */
/* Writes step t of what was heard, as the network takes it. */
void ur_speech_take(const ur_listener *l, size_t t, real *to);

/* Makes one slice of a live recording, as number `at` of those that wait. */
ur_status ur_speech_slice_live(ur_listener *l, const double *samples, size_t count, size_t at, ur_error *error);

/* In batches.c: */
ur_status ur_speech_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                            ur_error *error);
uint64_t ur_speech_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_speech_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                          ur_error *error);

/* In record.c: */
ur_status ur_speech_record(void *data, ur_model *model, ur_error *error);
ur_status ur_speech_take_model(ur_listener *l, const ur_model *model, ur_error *error);

/* In edits.c: the number of edits (Levenshtein 1966) between two texts, and the number of characters or words in the
 * true one. */
ur_status ur_speech_edits(ur_listener *l, const ur_speech_text *said, const ur_speech_text *truth, bool words,
                          size_t *edits, size_t *count, ur_error *error);

/* In decode.c: finds the text of a recording from the outputs of its steps, which are `stride` apart in x. */
bool ur_speech_searches(const ur_listener *l); /* search for the most probable text, not just the best path */
ur_status ur_speech_decode(ur_listener *l, const real *x, size_t stride, size_t steps, ur_speech_text *text,
                           ur_error *error);

/* In write.c: ur_speech_write writes a text for each recording of a batch with the decoder. With `learner` NULL it uses
 * a learner of its own. ur_speech_written gives the text of a lane. */
ur_status ur_speech_write(ur_listener *l, ur_learner *learner, const ur_batch *batch, ur_error *error);
ur_status ur_speech_written(const ur_listener *l, size_t lane, ur_speech_text *text, ur_error *error);
/* For inspection: the file names of a string; the text of a token, with a blank before a word. */
ur_status ur_speech_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error);
const char *ur_speech_token_text(void *data, int32_t token, size_t *length);
/* Makes a batch in which all lines but the decoder read the recordings. */
void ur_speech_see(const ur_listener *l, const ur_sequences *recordings, ur_batch *batch);

/* In say.c: a language model of characters, which scores the texts of a search. */
ur_status ur_speech_say_open(ur_speech_say **say, const char *path, double weight, const ur_vocabulary *tokens,
                             ur_error *error);
void ur_speech_say_free(ur_speech_say *say); /* may be NULL */
const ur_ctc_judge *ur_speech_say_judge(const ur_speech_say *say);

/* In judge.c: */
ur_status ur_speech_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error);
ur_status ur_speech_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                           struct json_t *more, ur_error *error);

/* In answer.c: */
bool ur_speech_takes_files(const void *data);
size_t ur_speech_item_size(const void *data);
ur_status ur_speech_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                           const ur_sink *sink, ur_error *error);
ur_status ur_speech_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                ur_error *error);

#endif
