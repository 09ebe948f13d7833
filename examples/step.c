/*
 * step.c: all the code that a product embeds. Load a model, create a state, step, sample, step again.
 *
 *     step MODEL.safetensors [TEXT]
 *
 * This file uses unroll.h alone, so a static link contains no training code. Once the state and the logits are
 * allocated, no library call below allocates or can fail, so the loop could run in an audio callback.
 */
#include <unroll.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRIME = 4096, LENGTH = 300 }; /* the most tokens read, and the number of tokens written */

static int fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    return 1;
}

/* A token may be several bytes long, so its length is passed on. The unknown token has no text. */
static void write_token(const ur_model *model, int32_t id)
{
    size_t length = 0;
    const char *text = ur_token_text(model, id, &length);
    if (text != NULL) fwrite(text, 1, length, stdout);
}

/* The model is read-only: all threads of a program may share it. Each user has a state of their own. */
static void write_on(const ur_model *model, ur_state *state, ur_real *logits, const ur_sampling *how)
{
    const size_t tokens = ur_model_outputs(model);
    for (uint64_t draw = 0; draw < LENGTH; draw++) {
        int32_t id = ur_sample(logits, tokens, how, draw); /* sample the next token */
        write_token(model, id);
        ur_step(model, state, &id, logits); /* read it, and get the logits of the token after it */
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc < 2) return fail("usage: step MODEL.safetensors [TEXT]");
    const char *prime = argc > 2 ? argv[2] : "\n";
    ur_error error;
    ur_model *model;
    ur_state *state;
    int32_t ids[PRIME];
    size_t count;

    /* On an error this program ends, and the system frees its memory. A product would free everything itself. */
    if (ur_model_load(&model, argv[1], NULL, &error)) return fail(error.text);
    if (ur_model_tokens(model) == 0) return fail("this model is not one of text");
    if (ur_encode(model, prime, strlen(prime), ids, PRIME, &count, &error)) return fail(error.text);
    if (count == 0 || count > PRIME) return fail("the text to begin with has 1 to 4096 tokens");
    if (ur_state_create(&state, model, 1, &error)) return fail(error.text);
    ur_real *logits = malloc(ur_model_outputs(model) * sizeof *logits);
    if (logits == NULL) return fail("out of memory");

    ur_sampling how = ur_sampling_default();
    how.temperature = 0.8;               /* makes probable tokens a little more probable than in training */
    how.never = ur_unknown_token(model); /* the unknown token has no text */
    for (size_t i = 0; i < count; i++) { /* read the text to begin with … */
        write_token(model, ids[i]);
        ur_step(model, state, &ids[i], logits);
    }
    write_on(model, state, logits, &how); /* … and continue it */

    free(logits);
    ur_state_free(state);
    ur_model_free(model);
    return 0;
}
