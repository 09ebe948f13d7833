/*
 * unroll_generate.h: let a language model read and write.
 *
 *     ur_session_create(&session, model, &error);
 *     ur_session_read(session, "Once upon a time", 16, &error);
 *     ur_session_write(session, &(ur_writing){.tokens = 300}, &sink, &error);
 *
 * A session is one text on its way through a model: what was read and what was written. A token is a piece of that text:
 * a character, a byte or a word, whatever the model was trained on. Sessions share a model, and each is used by one
 * thread at a time. The model must outlive them and must not change meanwhile. A program that includes this header and
 * unroll.h alone links no training code.
 *
 * A model whose numbers grow without bound ends any call below with UR_ERR_NUMERIC, which names the layer and the number
 * of tokens; the session then gives this error until it is reset.
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

/* A session that has read nothing. UR_ERR_USAGE where the model does not predict the tokens that it reads. */
UR_API ur_status ur_session_create(ur_session **session, const ur_model *model, ur_error *error);
UR_API void ur_session_free(ur_session *session);  /* NULL is allowed */
UR_API void ur_session_reset(ur_session *session); /* to a new text: nothing read, draw 0; the sampling stays */

/* Makes `to` what `from` is, for several texts with one beginning, or to go back later. Both are of one model, or it is
 * UR_ERR_USAGE. A writing under way in `to` ends, one in `from` is not taken over. */
UR_API ur_status ur_session_copy(ur_session *to, const ur_session *from, ur_error *error);

/* How tokens are chosen; ur_sampling_default at first. `never` is the unknown token wherever the model has one. */
UR_API void ur_session_set_sampling(ur_session *session, const ur_sampling *how);
UR_API ur_sampling ur_session_sampling(const ur_session *session);

/* The number of the next draw: how many tokens were drawn so far. Set it where several texts have one seed. */
UR_API void ur_session_set_draw(ur_session *session, uint64_t draw);
UR_API uint64_t ur_session_next_draw(const ur_session *session);

/* Steps of a large model are shared out over the threads of a pool; NULL (at first) is the calling thread alone. */
UR_API void ur_session_use_pool(ur_session *session, ur_pool *pool);

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* Reads text. It may come in pieces of any length: the tokens are those of the whole text, also where a piece ends within
 * a word or a character. Bytes that may still become part of a longer token wait for the next piece. The text ends with
 * ur_session_read_end, or with the first call that needs to know what comes next. As in training, a byte order mark at the
 * beginning is left out and CR LF is read as LF; a model of bytes reads every byte.
 * UR_ERR_DATA: invalid UTF-8, or an unknown token where the model has no token for the unknown. Nothing was read then. */
UR_API ur_status ur_session_read(ur_session *session, const char *text, size_t length, ur_error *error);
UR_API ur_status ur_session_read_end(ur_session *session, ur_error *error);

/* The same with tokens. UR_ERR_USAGE for an id that the model does not have; nothing was read then. */
UR_API ur_status ur_session_read_tokens(ur_session *session, const int32_t *ids, size_t count, ur_error *error);

/* Finds the first token at or behind byte `*at` of a text that the model does not know: `*at` and `*size` are its place
 * and its bytes. False: it knows all that follow. To find the next one, add `*size` to `*at`. */
UR_API bool ur_find_unknown(const ur_model *model, const char *text, size_t length, size_t *at, size_t *size);

/* ---- Writing --------------------------------------------------------------------------------------------------- */

typedef struct ur_writing {
    size_t tokens;           /* at most so many */
    const char *const *stop; /* texts that end the writing, and are not part of it */
    size_t stop_count;
    bool raw; /* the bytes as the model gives them, even where they are not UTF-8 */
} ur_writing;

/* Takes the text as it comes: `size` bytes, at least 1. Another result than UR_OK ends the writing, which returns it. */
typedef struct ur_sink {
    ur_status (*write)(void *context, const char *bytes, size_t size, ur_error *error);
    void *context;
} ur_sink;

/* Draws tokens until the writing ends, and hands their text to the sink (NULL: to nobody). A session that has read nothing
 * reads a line break first; where the model has none, a token that depends on the seed.
 *
 * The text is valid UTF-8. Bytes that cannot be part of a character become U+FFFD. A character that is not complete waits,
 * if need be for the next writing; one that ended what was read is written whole. What may be the beginning of a stop text
 * is held back until that is known. The session has read all that was drawn, a stop text included. */
UR_API ur_status ur_session_write(ur_session *session, const ur_writing *writing, const ur_sink *sink, ur_error *error);

/* The same one token at a time, for callers with a loop of their own:
 *
 *     ur_session_begin(session, &writing, &error);
 *     while (ur_session_next(session, &text, &size, &error) == UR_OK && text) …
 *
 * begin copies the stop texts; next draws one token and allocates nothing. `*text` are the `*size` bytes (0 or more) that
 * are certain now, valid until the next call of the session. `*text` is NULL when the writing has ended. */
UR_API ur_status ur_session_begin(ur_session *session, const ur_writing *writing, ur_error *error);
UR_API ur_status ur_session_next(ur_session *session, const char **text, size_t *size, ur_error *error);

/* Ends a writing before its next token; from any thread, or from a handler of signals. */
UR_API void ur_session_stop(ur_session *session);

typedef enum ur_finish {
    UR_NOT_ENDED = 0,    /* more may come; after ur_session_write: it failed */
    UR_ENDED_TOKENS = 1, /* all tokens were written */
    UR_ENDED_STOP = 2,   /* a stop text was met */
    UR_ENDED_ASKED = 3   /* ur_session_stop */
} ur_finish;

UR_API ur_finish ur_session_ending(const ur_session *session); /* of the last writing */
UR_API size_t ur_session_written(const ur_session *session);   /* tokens it drew */

/* Draws one token, and nothing more: no stop text, no text at all. */
UR_API ur_status ur_session_draw(ur_session *session, int32_t *id, ur_error *error);

/* ---- Looking ahead --------------------------------------------------------------------------------------------- */
/* None of these changes what the session writes next. */

typedef struct ur_choice {
    int32_t id;
    double probability; /* as the sampling leaves it */
} ur_choice;

/* The likeliest next tokens, likeliest first: at most `capacity`, `*count` of them; none has probability 0. */
UR_API ur_status ur_session_predict(ur_session *session, ur_choice *choices, size_t capacity, size_t *count,
                                    ur_error *error);

/* The probabilities of all of them: ur_model_outputs numbers, valid until the next call of the session. */
UR_API ur_status ur_session_probabilities(ur_session *session, const ur_real **probabilities, ur_error *error);

enum { UR_WORD_MAX = 128 }; /* bytes, a zero among them */

typedef struct ur_completion {
    char text[UR_WORD_MAX]; /* the whole word, with what was begun of it; a zero behind it */
    size_t length;
    double log_probability; /* of the rest of the word and its end, given what was begun */
} ur_completion;

/* The bytes at the end of a text that a word not yet ended takes up, with one space before it. */
UR_API size_t ur_word_begun(const char *text, size_t length);

/* The likeliest ways to finish a word, likeliest first: at most `capacity`, `*count` of them. For predictive typing:
 * read what lies before the word, and call this with what is begun of it (ur_word_begun, 0 bytes or more) after each key.
 * Words end at white space and punctuation. The same word may be several texts of tokens; their probabilities are added.
 * UR_ERR_USAGE where more is begun than UR_WORD_MAX has room for. */
UR_API ur_status ur_session_complete(ur_session *session, const char *begun, size_t length, ur_completion *words,
                                     size_t capacity, size_t *count, ur_error *error);

/* ---- Beam search ----------------------------------------------------------------------------------------------- */

/* The likeliest texts of several tokens. A search asks a decoder for its steps, so that it serves any network that
 * gives one token after another: a language model, or a decoder with an encoder's context behind it. */

typedef struct ur_beam_settings {
    size_t width;        /* unended texts that are kept at each step */
    size_t best;         /* texts wanted at the end; 0: as many as width */
    size_t length;       /* tokens at most, the end among them */
    int32_t end;         /* the token that ends a text; −1: none, and all texts have `length` tokens */
    double length_power; /* texts are compared by log probability / tokens^this; 0: by the log probability */
    bool early; /* a text ends only where that is among the `width` likeliest ways to go on, and the search when
                            `width` texts have ended: as translators do it. With width 1 the likeliest token at each step */
} ur_beam_settings;

/* Step: row i of `rows` goes on from row `from[i]` of the step before (in the first step there is one row, which goes on
 * from where the decoder stands), reads `ids[i]`, and gives logits, (rows, outputs), in memory for `width` rows. −infinity
 * is a token that is not allowed. The first token read is the `first` of ur_beam_search. */
typedef struct ur_decoder {
    ur_status (*step)(void *context, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                      ur_error *error);
    void *context;
    size_t outputs;
} ur_decoder;

typedef struct ur_hypothesis {
    const int32_t *ids; /* belongs to the beam; valid until its next search */
    size_t length;
    double log_probability, score; /* score: what texts are compared by */
    bool ended;                    /* its last token is the end */
} ur_hypothesis;

typedef struct ur_beam ur_beam;

/* Takes all memory that a search needs. A beam may be used for any number of searches, one after another. */
UR_API ur_status ur_beam_create(ur_beam **beam, const ur_beam_settings *settings, size_t outputs, ur_error *error);
UR_API void ur_beam_free(ur_beam *beam); /* NULL is allowed */

/* Not `early`: a text that reaches its end is kept aside, where it stays while it is among the best; it takes no place from those that
 * go on. Among texts with equal scores the one found first stays. */
UR_API ur_status ur_beam_search(ur_beam *beam, const ur_decoder *decoder, int32_t first, ur_error *error);

/* The search from where a session stands, which it leaves as it was. The sampling settings are not used. */
UR_API ur_status ur_session_search(ur_session *session, ur_beam *beam, ur_error *error);

/* Text i of those found, best first; its length is 0 where there is no such text. */
UR_API size_t ur_beam_count(const ur_beam *beam);
UR_API ur_hypothesis ur_beam_hypothesis(const ur_beam *beam, size_t i);

/* ---- Keeping a session ----------------------------------------------------------------------------------------- */

/* Everything that decides how the text goes on: the states of all layers, the seed and the number of the next draw, the
 * bytes of a character that is not complete (docs/file-format.md). A session that is loaded writes what the saved one would
 * have written. Saving ends the text that is being read (UR_ERR_DATA within a character). The other settings of the sampling
 * and a writing under way are not saved. Files are written whole or not at all.
 *
 * Loading checks everything. UR_ERR_FORMAT: it is no state, or was cut or damaged. UR_ERR_DATA: it belongs to another model,
 * or to other weights. After an error the session is as it was. A session's first save or load reads all weights of the
 * model once, to know it again; its copies need not. */
UR_API ur_status ur_session_save(ur_session *session, const char *path, ur_error *error);
UR_API ur_status ur_session_load(ur_session *session, const char *path, ur_error *error);

/* The same in memory: exactly ur_session_size bytes, which depends on the model alone. */
UR_API size_t ur_session_size(const ur_session *session);
UR_API ur_status ur_session_save_memory(ur_session *session, void *bytes, size_t size, ur_error *error);
UR_API ur_status ur_session_load_memory(ur_session *session, const void *bytes, size_t size, ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
