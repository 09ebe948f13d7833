/*
 * translate.c: translate each line of standard input with a model that `unroll train translate` made.
 *
 *     translate MODEL.safetensors [BEAM] <lines
 */
#include <unroll_generate.h>
#include <unroll_train.h>

#include <stdio.h>
#include <string.h>

static ur_status print(void *file, const char *bytes, size_t size, ur_error *error)
{
    (void)error; /* a failed write is detected at the end */
    fwrite(bytes, 1, size, file);
    return UR_OK;
}

static int fail(const ur_error *error)
{
    fprintf(stderr, "%s\n", error->text);
    return 1;
}

int main(int argc, char **argv)
{
    char line[4096];
    ur_error error;
    ur_model *model;
    ur_settings *how;
    ur_answerer *translator;
    if (argc < 2) return fputs("usage: translate MODEL.safetensors [BEAM] <lines\n", stderr), 2;
    if (ur_model_load(&model, argv[1], NULL, &error)) return fail(&error);
    if (ur_settings_of_model(&how, model, &error)) return fail(&error);
    if (ur_settings_set(how, "beam", argc > 2 ? argv[2] : "5", &error)) return fail(&error);
    if (ur_answerer_create(&translator, model, how, false, &error)) return fail(&error);
    while (fgets(line, sizeof line, stdin))
        if (ur_answer(translator, line, strcspn(line, "\n"), &(ur_sink){print, stdout}, &error)) return fail(&error);
    ur_answerer_free(translator);
    ur_settings_free(how);
    ur_model_free(model);
    return fflush(stdout) != 0;
}
