/*
 * write.c: let a model write a text. Read the beginning, sample up to a stop text, save the session, and continue it
 * later.
 *
 *     write MODEL.safetensors "Once upon a time" [STATE]
 *
 * The text ends at an empty line. STATE is a file: the session continues from it if it exists, and is saved to it at
 * the end.
 */
#include <unroll_generate.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fail(const ur_error *error)
{
    fprintf(stderr, "write: %s\n", error->text);
    return 1;
}

/* Receives the text in pieces, each as soon as it is final. To send the text elsewhere, write another function like
 * this one. */
static ur_status print(void *file, const char *bytes, size_t size, ur_error *error)
{
    if (fwrite(bytes, 1, size, file) == size && fflush(file) == 0) return UR_OK;
    snprintf(error->text, sizeof error->text, "cannot write: %s", strerror(errno));
    return error->status = UR_ERR_IO;
}

static int exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    return file != NULL && fclose(file) == 0;
}

static ur_status go_on(ur_session *session, const char *prime, const char *state, ur_error *error)
{
    const char *const stop[] = {"\n\n"};
    const ur_writing writing = {.tokens = 500, .stop = stop, .stop_count = 1};
    const ur_sink out = {print, stdout};

    ur_sampling how = ur_sampling_default();
    how.temperature = 0.8; /* makes probable tokens a little more probable than in training */
    ur_session_set_sampling(session, &how);

    if (state != NULL && exists(state) && ur_session_load(session, state, error)) return error->status;
    if (ur_session_read(session, prime, strlen(prime), error)) return error->status;
    if (ur_session_write(session, &writing, &out, error)) return error->status;
    return state != NULL ? ur_session_save(session, state, error) : UR_OK;
}

int main(int argc, char **argv)
{
    if (argc < 3) return fputs("usage: write MODEL.safetensors TEXT [STATE]\n", stderr), 2;
    ur_error error;
    ur_model *model;
    ur_session *session;
    if (ur_model_load(&model, argv[1], NULL, &error)) return fail(&error);
    if (ur_session_create(&session, model, &error)) return fail(&error);
    fputs(argv[2], stdout);
    if (go_on(session, argv[2], argc > 3 ? argv[3] : NULL, &error)) return fail(&error);
    putchar('\n');
    ur_session_free(session);
    ur_model_free(model);
    return 0;
}
