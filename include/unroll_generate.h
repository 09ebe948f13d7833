/*
 * unroll_generate.h: let a language model read and write.
 *
 *     ur_session_create(&session, model, &error);
 *     ur_session_read(session, "Once upon a time", 16, &error);
 *     ur_session_write(session, &(ur_writing){.tokens = 300}, &sink, &error);
 *
 * A session is one text that a model has partly read and partly written. A token is a character, a byte or a word of that
 * text, depending on the model. Sessions may share a model; each is used by one thread at a time. The model must outlive
 * them and must not change meanwhile. A program that uses only this header and unroll.h links no training code.
 *
 * If the numbers of a model grow without bound, a call below returns UR_ERR_NUMERIC, which names the layer and the number
 * of tokens. The session then returns this error until it is reset.
 */
#ifndef UNROLL_GENERATE_H
#define UNROLL_GENERATE_H

#include "unroll.h"

#ifndef __cplusplus
#include <stdbool.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Session --------------------------------------------------------------------------------------------------- */

typedef struct ur_session ur_session;

/* A session that has read nothing; freed with ur_session_free. UR_ERR_USAGE if the model does not predict the tokens
 * that it reads. */
UR_API ur_status ur_session_create(ur_session **session, const ur_model *model, ur_error *error);
UR_API void ur_session_free(ur_session *session);  /* NULL is allowed */
UR_API void ur_session_reset(ur_session *session); /* a new text: nothing read, draw 0; the sampling stays */

/* Makes `to` a copy of `from`, to continue one beginning in several ways or to return to it later. UR_ERR_USAGE if they
 * have different models. A writing under way in `to` ends; one in `from` is not copied. */
UR_API ur_status ur_session_copy(ur_session *to, const ur_session *from, ur_error *error);

/* How tokens are chosen; initially ur_sampling_default. `never` is the unknown token if the model has one. */
UR_API void ur_session_set_sampling(ur_session *session, const ur_sampling *how);
UR_API ur_sampling ur_session_sampling(const ur_session *session);

/* The number of the next draw, that is, how many tokens were drawn so far. Set it if several texts use one seed. */
UR_API void ur_session_set_draw(ur_session *session, uint64_t draw);
UR_API uint64_t ur_session_next_draw(const ur_session *session);

/* The steps of a large model are shared by the threads of a pool. NULL (the default) is the calling thread alone. */
UR_API void ur_session_use_pool(ur_session *session, ur_pool *pool);

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* Reads text. It may come in pieces of any length: the tokens are those of the whole text, even if a piece ends within
 * a word or a character. Bytes that may become part of a longer token wait for the next piece. The text ends with
 * ur_session_read_end, or with the first call that needs to know what comes next. As in training, a byte order mark at
 * the beginning is left out and CR LF is read as LF; a model of bytes reads every byte. UR_ERR_DATA: invalid UTF-8, or
 * an unknown token if the model has none for unknown text. Then nothing was read. */
UR_API ur_status ur_session_read(ur_session *session, const char *text, size_t length, ur_error *error);
UR_API ur_status ur_session_read_end(ur_session *session, ur_error *error);

/* The same with tokens. UR_ERR_USAGE for an id that the model does not have; then nothing was read. */
UR_API ur_status ur_session_read_tokens(ur_session *session, const int32_t *ids, size_t count, ur_error *error);

/* Finds the first token at or after byte `*at` that the model does not know: `*at` becomes its place and `*size` its
 * number of bytes. False: there is none. To find the next one, add `*size` to `*at`. */
UR_API bool ur_find_unknown(const ur_model *model, const char *text, size_t length, size_t *at, size_t *size);

/* ---- Writing --------------------------------------------------------------------------------------------------- */

typedef struct ur_writing {
    size_t tokens;           /* at most */
    const char *const *stop; /* texts that end the writing and are not part of it */
    size_t stop_count;
    bool raw; /* the bytes as the model gives them, even if they are not UTF-8 */
} ur_writing;

/* Receives the text as it is made: `size` bytes, at least 1. Any result but UR_OK ends the writing, which returns
 * it. */
typedef struct ur_sink {
    ur_status (*write)(void *context, const char *bytes, size_t size, ur_error *error);
    void *context;
} ur_sink;

/* Draws tokens until the writing ends, and hands their text to the sink (NULL: to nobody). A session that has read
 * nothing first reads a line break; if the model has none, a token that depends on the seed.
 *
 * The text is valid UTF-8. Bytes that cannot be part of a character become U+FFFD. An incomplete character waits, if
 * need be for the next writing. If it began in the text that was read, it is written whole. What may be the beginning
 * of a stop text is held back until that is known. The session has read all tokens that were drawn, those of a stop
 * text included. */
UR_API ur_status ur_session_write(ur_session *session, const ur_writing *writing, const ur_sink *sink, ur_error *error);

/* The same one token at a time, for callers with a loop of their own:
 *
 *     ur_session_begin(session, &writing, &error);
 *     while (ur_session_next(session, &text, &size, &error) == UR_OK && text) …
 *
 * begin copies the stop texts. next draws one token and allocates nothing. `*text` has the `*size` bytes (0 or more) that
 * are now certain, valid until the next call with this session. `*text` is NULL when the writing has ended. */
UR_API ur_status ur_session_begin(ur_session *session, const ur_writing *writing, ur_error *error);
UR_API ur_status ur_session_next(ur_session *session, const char **text, size_t *size, ur_error *error);

/* Ends a writing before its next token. May be called from any thread or from a signal handler. */
UR_API void ur_session_stop(ur_session *session);

typedef enum ur_finish {
    UR_NOT_ENDED = 0,    /* more may come; after ur_session_write: it has failed */
    UR_ENDED_TOKENS = 1, /* all tokens were written */
    UR_ENDED_STOP = 2,   /* a stop text was met */
    UR_ENDED_ASKED = 3   /* ur_session_stop */
} ur_finish;

UR_API ur_finish ur_session_ending(const ur_session *session); /* of the last writing */
UR_API size_t ur_session_written(const ur_session *session);   /* tokens it drew */

/* Draws one token and gives its id; stop texts and text are not involved. */
UR_API ur_status ur_session_draw(ur_session *session, int32_t *id, ur_error *error);

/* ---- Looking ahead --------------------------------------------------------------------------------------------- */
/* None of these changes what the session writes next. */

typedef struct ur_choice {
    int32_t id;
    double probability; /* as the sampling leaves it */
} ur_choice;

/* The likeliest next tokens, likeliest first. `*count` is how many there are, at most `capacity`; none has probability
 * 0. */
UR_API ur_status ur_session_predict(ur_session *session, ur_choice *choices, size_t capacity, size_t *count,
                                    ur_error *error);

/* The probabilities of all tokens: ur_model_outputs numbers, valid until the next call with this session. */
UR_API ur_status ur_session_probabilities(ur_session *session, const ur_real **probabilities, ur_error *error);

enum { UR_WORD_MAX = 128 }; /* bytes, a zero among them */

typedef struct ur_completion {
    char text[UR_WORD_MAX]; /* the whole word, including its beginning as typed; zero-terminated */
    size_t length;
    double log_probability; /* of the rest of the word and its end, given its beginning */
} ur_completion;

/* The number of bytes that an unfinished word at the end of a text takes up, with one space before it. */
UR_API size_t ur_word_begun(const char *text, size_t length);

/* The likeliest ways to finish a word, likeliest first. `*count` is how many there are, at most `capacity`. For
 * predictive typing, read the text before the word, and after each key call this with the beginning of the word
 * (ur_word_begun; 0 bytes or more). Words end at white space and punctuation. If several sequences of tokens spell the
 * same word, their probabilities are added. UR_ERR_USAGE if the beginning does not fit into UR_WORD_MAX. */
UR_API ur_status ur_session_complete(ur_session *session, const char *begun, size_t length, ur_completion *words,
                                     size_t capacity, size_t *count, ur_error *error);

/* ---- Beam search ----------------------------------------------------------------------------------------------- */

/* Searches for the likeliest texts of several tokens. A search asks a decoder for its steps, so it serves any network
 * that gives one token after another: a language model, or a decoder with an encoder. */

typedef struct ur_beam_settings {
    size_t width;        /* unfinished texts kept at each step */
    size_t best;         /* texts wanted at the end; 0: as many as width */
    size_t length;       /* tokens at most, the end included */
    int32_t end;         /* the token that ends a text; −1: none, and all texts have `length` tokens */
    double length_power; /* texts are compared by log probability / tokens^this; 0: by the log probability */
    bool early; /* as in translation: a text ends only if its end is among the `width` likeliest continuations, and the
                   search when `width` texts have ended. Width 1 then takes the likeliest token at each step */
} ur_beam_settings;

/* Step: row i of `rows` continues row `from[i]` of the step before, reads `ids[i]`, and gives logits, (rows, outputs),
 * in memory for `width` rows. The first step has one row, which continues from where the decoder stands and reads the
 * `first` of ur_beam_search. A logit of −infinity is a token that is not allowed. */
typedef struct ur_decoder {
    ur_status (*step)(void *context, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                      ur_error *error);
    void *context;
    size_t outputs;
} ur_decoder;

typedef struct ur_hypothesis {
    const int32_t *ids; /* owned by the beam; valid until its next search */
    size_t length;
    double log_probability, score; /* texts are compared by score */
    bool ended;                    /* its last token is the end */
} ur_hypothesis;

typedef struct ur_beam ur_beam;

/* Allocates all memory that a search needs. A beam may be used for any number of searches, one after another. */
UR_API ur_status ur_beam_create(ur_beam **beam, const ur_beam_settings *settings, size_t outputs, ur_error *error);
UR_API void ur_beam_free(ur_beam *beam); /* NULL is allowed */

/* Without `early`, a text that reaches its end is kept aside as long as it is among the best, and takes no place from
 * unfinished ones. Among texts with equal scores the one found first stays. */
UR_API ur_status ur_beam_search(ur_beam *beam, const ur_decoder *decoder, int32_t first, ur_error *error);

/* Searches from where a session stands, and leaves the session as it was. The sampling settings are not used. */
UR_API ur_status ur_session_search(ur_session *session, ur_beam *beam, ur_error *error);

/* Text i of those found, best first; its length is 0 if there is no such text. */
UR_API size_t ur_beam_count(const ur_beam *beam);
UR_API ur_hypothesis ur_beam_hypothesis(const ur_beam *beam, size_t i);

/* ---- Keeping a session ----------------------------------------------------------------------------------------- */

/* Saves or loads everything that decides how the text continues: the states of all layers, the seed, the number of the
 * next draw, and the bytes of an incomplete character (docs/file-format.md). A session that is loaded writes what the
 * saved one would have written. Saving ends the text that is being read (UR_ERR_DATA within a character). The other
 * sampling settings and a writing under way are not saved. Files are written whole or not at all.
 *
 * Loading checks everything. UR_ERR_FORMAT: not a state, or cut or damaged. UR_ERR_DATA: a state of another model, or
 * of other weights. After an error the session is as it was. The first save or load of a session reads all weights of
 * the model once, to recognise it; its copies need not. */
UR_API ur_status ur_session_save(ur_session *session, const char *path, ur_error *error);
UR_API ur_status ur_session_load(ur_session *session, const char *path, ur_error *error);

/* The same in memory: exactly ur_session_size bytes, a size that depends on the model alone. */
UR_API size_t ur_session_size(const ur_session *session);
UR_API ur_status ur_session_save_memory(ur_session *session, void *bytes, size_t size, ur_error *error);
UR_API ur_status ur_session_load_memory(ur_session *session, const void *bytes, size_t size, ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
