/*
 * step.c: all that a product embeds. Load a model, hold a state, step, draw, step again.
 *
 *     step MODEL.safetensors [TEXT]
 *
 * It uses unroll.h alone, so that a static link takes no training code along. After the state is made nothing below
 * allocates and nothing can fail: the loop could stand in an audio callback.
 */
#include <unroll.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRIME = 4096, LENGTH = 300 }; /* tokens read at most; tokens written */

static int fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    return 1;
}

/* Some tokens are several bytes long, so that one is written at its length, and the unknown one has no text at all. */
static void write_token(const ur_model *model, int32_t id)
{
    size_t length = 0;
    const char *text = ur_token_text(model, id, &length);
    if (text != NULL) fwrite(text, 1, length, stdout);
}

/* The model is read-only: all threads of a program may share it. What differs from one user to the next is the state.
 */
static void write_on(const ur_model *model, ur_state *state, ur_real *logits, const ur_sampling *how)
{
    const size_t tokens = ur_model_outputs(model);
    for (uint64_t draw = 0; draw < LENGTH; draw++) {
        int32_t id = ur_sample(logits, tokens, how, draw); /* which token comes next? */
        write_token(model, id);
        ur_step(model, state, &id, logits); /* it came: and after it? */
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

    /* Where something is wrong this program ends and its memory with it; a product would free what it has. */
    if (ur_model_load(&model, argv[1], NULL, &error)) return fail(error.text);
    if (ur_model_tokens(model) == 0) return fail("this model is not one of text");
    if (ur_encode(model, prime, strlen(prime), ids, PRIME, &count, &error)) return fail(error.text);
    if (count == 0 || count > PRIME) return fail("the text to begin with has 1 to 4096 tokens");
    if (ur_state_create(&state, model, 1, &error)) return fail(error.text);
    ur_real *logits = malloc(ur_model_outputs(model) * sizeof *logits);
    if (logits == NULL) return fail("out of memory");

    ur_sampling how = ur_sampling_default();
    how.temperature = 0.8;               /* a little surer of itself than it was trained to be */
    how.never = ur_unknown_token(model); /* it has no text */
    for (size_t i = 0; i < count; i++) { /* read the beginning … */
        write_token(model, ids[i]);
        ur_step(model, state, &ids[i], logits);
    }
    write_on(model, state, logits, &how); /* … and go on */

    free(logits);
    ur_state_free(state);
    ur_model_free(model);
    return 0;
}
