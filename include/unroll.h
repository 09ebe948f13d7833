/*
 * unroll.h: run a recurrent network. Load a model, hold a state, step.
 *
 * A loaded model is read-only, and any number of threads may share it. A state (h and c of every layer, for any number
 * of lanes) is a plain value: it may be copied with memcpy, stored, sent and used again. ur_step never allocates and
 * never fails.
 *
 * Functions that can fail return a ur_status. If they are given a ur_error (it may be NULL), they write there what went
 * wrong, where, and with which value. Nothing here prints, exits or keeps global state. Shapes are written (T, B, H):
 * time steps, lanes (rows of the batch), hidden units. Arrays are dense and row-major. Compiles as C11 and as C++.
 */
#ifndef UNROLL_H
#define UNROLL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define UR_API                 __attribute__((visibility("default")))
#define UR_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define UR_API
#define UR_PRINTF(text, first)
#endif

/* The number type: float, except in the double-precision build, in which gradients are checked (UR_REAL_DOUBLE). */
#ifdef UR_REAL_DOUBLE
typedef double ur_real;
#else
typedef float ur_real;
#endif

/* ---- Errors ---------------------------------------------------------------------------------------------------- */

/* The numbers are part of the interface and never change. */
typedef enum ur_status {
    UR_OK = 0,
    UR_ERR_USAGE = 1,       /* an argument or option is wrong */
    UR_ERR_MEMORY = 2,      /* the allocator gave nothing */
    UR_ERR_IO = 3,          /* the operating system refused: missing file, full disk */
    UR_ERR_FORMAT = 4,      /* a file or text is not what it should be */
    UR_ERR_DATA = 5,        /* the data do not fit these settings or this model */
    UR_ERR_NUMERIC = 6,     /* a value is not finite */
    UR_ERR_BUSY = 7,        /* in use by another process */
    UR_ERR_UNSUPPORTED = 8, /* known, but not in this build or on this machine */
    UR_ERR_INTERRUPTED = 9  /* the caller asked to stop */
} ur_status;

/* Owned by the caller. Written only on failure: one line without a newline that names the place and the offending
 * value. */
typedef struct ur_error {
    ur_status status;
    char text[512];
} ur_error;

/* ---- Model ----------------------------------------------------------------------------------------------------- */

typedef struct ur_model ur_model;

/* Reads a model file (.safetensors, see docs/file-format.md). `isa` chooses an instruction set ("portable", "avx2",
 * "avx512", "neon"); NULL takes the best one of this machine. All give the same bits. UR_ERR_IO: the file cannot be
 * read; UR_ERR_FORMAT: it is not a whole model file; UR_ERR_UNSUPPORTED: this machine lacks the instruction set. The
 * caller frees the model with ur_model_free, after the last use of its states. */
UR_API ur_status ur_model_load(ur_model **model, const char *path, const char *isa, ur_error *error);

/* The same from bytes in memory (a model linked into a program). They may be freed after the call. */
UR_API ur_status ur_model_load_memory(ur_model **model, const void *bytes, size_t size, const char *isa,
                                      ur_error *error);
UR_API void ur_model_free(ur_model *model); /* NULL is allowed */

UR_API const char *ur_model_net(const ur_model *model);  /* the network line, such as "onehot > rnn 100 > dense" */
UR_API const char *ur_model_task(const ur_model *model); /* "lm" for a language model; "" if none was recorded */
UR_API size_t ur_model_outputs(const ur_model *model);   /* numbers per lane that a step gives */
/* Numbers per lane that a step takes, of the first line that takes numbers; 0: all lines take ids. */
UR_API size_t ur_model_features(const ur_model *model);
UR_API size_t ur_model_parameters(const ur_model *model); /* trained numbers in all */

/* Small weights make a step faster, and the model's file smaller. The matrices (not the biases) are rounded, for good,
 * to bf16 or to int8 with a scale for each row. With int8, a product also rounds its input. A file with small weights
 * is loaded with them. */
typedef enum ur_weights { UR_WEIGHTS_F32 = 0, UR_WEIGHTS_BF16 = 1, UR_WEIGHTS_INT8 = 2 } ur_weights;

/* Must be called before other threads use the model. UR_ERR_USAGE: it is being trained; UR_ERR_NUMERIC: a weight is too
 * large or not finite; UR_ERR_UNSUPPORTED: a layer is too wide for int8. After an error the model is as it was. F32
 * returns to exact products with the rounded weights. Each kind gives the same bits on every machine. */
UR_API ur_status ur_model_use_weights(ur_model *model, ur_weights weights, ur_error *error);
UR_API ur_weights ur_model_weights(const ur_model *model);

/* ---- Tokens of text (a language model's characters, bytes or words, numbered 0 … ur_model_tokens − 1) -------------- */

UR_API size_t ur_model_tokens(const ur_model *model); /* 0 if the model has no vocabulary */

/* Text of a token: `*length` bytes without a terminating 0, valid as long as the model. NULL for the unknown token and
 * for an id out of range. */
UR_API const char *ur_token_text(const ur_model *model, int32_t id, size_t *length);
UR_API int32_t ur_unknown_token(const ur_model *model); /* its id, or −1 if the model has none */

/* Cuts text into tokens as training does: a byte order mark at the beginning is left out, and CR LF is read as LF (a
 * model of bytes reads bytes as they are). `*count` becomes the number of tokens; it never exceeds `length`. At most
 * `capacity` ids are written; with capacity 0 ids may be NULL, and the call only counts. An unknown token gets the
 * unknown id; if the model has none, UR_ERR_DATA names the token. */
UR_API ur_status ur_encode(const ur_model *model, const char *text, size_t length, int32_t *ids, size_t capacity,
                           size_t *count, ur_error *error);

/* ---- State ----------------------------------------------------------------------------------------------------- */

typedef struct ur_state ur_state;

/* Bytes of a state of `lanes` lanes; 0 if lanes is 0 or so many are not possible. */
UR_API size_t ur_state_size(const ur_model *model, size_t lanes);

/* Makes a zero state in the caller's memory: at least ur_state_size bytes, aligned as by malloc. It holds no pointers,
 * needs no clean-up, and may be moved and copied bytewise. UR_ERR_USAGE if size or lanes do not fit; UR_ERR_UNSUPPORTED
 * if the network cannot be stepped (several lines, or a layer that needs whole sequences). */
UR_API ur_status ur_state_init(ur_state *state, size_t size, const ur_model *model, size_t lanes, ur_error *error);

/* The same in memory of its own, freed with ur_state_free. */
UR_API ur_status ur_state_create(ur_state **state, const ur_model *model, size_t lanes, ur_error *error);
UR_API void ur_state_free(ur_state *state);

UR_API size_t ur_state_lanes(const ur_state *state);
UR_API void ur_state_reset(ur_state *state, size_t lane); /* one lane back to zero; UR_ALL_LANES for all */
#define UR_ALL_LANES ((size_t)-1)

/* Copies one lane's h and c into a lane of another state of the same model, or of the same state. */
UR_API void ur_state_copy(ur_state *to, size_t to_lane, const ur_state *from, size_t from_lane);

/* The address of h (`which` 0) or, in a cell that has one, c (`which` 1) of a lane: `*width` numbers inside the state,
 * to be read and written. Recurrent layers are counted from 0. NULL if there is no such thing. */
UR_API ur_real *ur_state_values(const ur_model *model, ur_state *state, size_t layer, int which, size_t lane,
                                size_t *width);

/* ---- Step ------------------------------------------------------------------------------------------------------ */

/* One time step of all lanes. ids: (B), each below ur_model_tokens or the network's number of symbols; one out of range
 * is read as the last id. out: (B, outputs), what the last layer gives: logits if it is a dense layer without
 * activation. In a network with `last`, each step gives the answer for the sequence so far. Model and state must belong
 * together. Never allocates, never fails. Different states may be stepped from different threads at the same time. */
UR_API void ur_step(const ur_model *model, ur_state *state, const int32_t *ids, ur_real *out);

/* The same for a network that takes numbers. x: (B, features). */
UR_API void ur_step_values(const ur_model *model, ur_state *state, const ur_real *x, ur_real *out);

/* Threads that share the steps of a large model: 1 to 256, including the calling one. The caller frees the pool with
 * ur_pool_free; NULL is allowed there. */
typedef struct ur_pool ur_pool;
UR_API ur_status ur_pool_create(ur_pool **pool, size_t threads, ur_error *error);
UR_API void ur_pool_free(ur_pool *pool);

/* ur_step (if the network takes ids) or ur_step_values on a pool; NULL is no pool. A step that is too small to be
 * shared stays on the calling thread. The bits are the same. A pool does one step at a time. */
UR_API void ur_step_on(ur_pool *pool, const ur_model *model, ur_state *state, const int32_t *ids, const ur_real *x,
                       ur_real *out);

/* ---- Sampling -------------------------------------------------------------------------------------------------- */

typedef struct ur_sampling {
    double temperature; /* divides the logits; 0 takes the likeliest token */
    double top_p;       /* the fewest likeliest tokens that together have this probability; 1: all */
    double min_p;       /* only tokens at least this share as likely as the likeliest; 0: all */
    size_t top_k;       /* only this many of the likeliest tokens; 0: all */
    int32_t never;      /* an id that is never drawn (the unknown token); −1: none */
    uint64_t seed;      /* the random number of draw n depends on seed and n alone */
} ur_sampling;

/* Temperature 1 and no limits. */
UR_API ur_sampling ur_sampling_default(void);

/* Turns n logits, in place, into the probabilities that the settings leave: at least one is above 0, whatever the
 * settings and logits. NaN counts as −infinity. If the likeliest allowed logit is not finite, one id gets all the
 * probability: the first with +infinity, or the first that is allowed if all are −infinity. A min_p above 1 is read as
 * 1. */
UR_API void ur_probabilities(ur_real *logits, size_t n, const ur_sampling *how);

/* Draws an id. `draw` counts the draws of a text (0, 1, 2 …). Overwrites the logits with the probabilities. Returns −1
 * if n is 0. */
UR_API int32_t ur_sample(ur_real *logits, size_t n, const ur_sampling *how, uint64_t draw);

UR_API const char *ur_version(void);

#ifdef __cplusplus
}
#endif
#endif
