/* Finds and loads the model that the command line names. */
#include "cli/support/model_path.h"

#include "cli/args/verb.h"

#include "unroll_train.h"

#include "base/error.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

static ur_status fail_run(const char *folder, const char *last, const char *first, ur_error *error)
{
    if (ur_path_exists(last))
        return ur_fail(error, UR_ERR_IO, "%s: the run has not written its model.safetensors yet", folder);
    if (ur_path_exists(first))
        return ur_fail(error, UR_ERR_IO, "%s: it contains several runs; name one of them, such as %s/1", folder,
                       folder);
    return ur_fail(error, UR_ERR_IO, "%s: not a run folder: it has no model.safetensors", folder);
}

static ur_status path_in_run(const char *folder, char **path, ur_error *error)
{
    char *model = ur_path_join(folder, "model.safetensors"), *last = ur_path_join(folder, "last.safetensors");
    char *first = ur_path_join(folder, "1/model.safetensors");
    ur_status status = model && last && first ? UR_OK : ur_fail_memory(error, "a path");
    if (status == UR_OK && !ur_path_exists(model)) status = fail_run(folder, last, first, error);
    free(last);
    free(first);
    if (status == UR_OK)
        *path = model;
    else
        free(model);
    return status;
}

ur_status ur_cli_model_path(const char *given, char **path, ur_error *error)
{
    if (ur_path_is_folder(given)) return path_in_run(given, path, error);
    if (!ur_path_exists(given)) return ur_fail(error, UR_ERR_IO, "%s: no such model file or run folder", given);
    *path = strdup(given);
    return *path ? UR_OK : ur_fail_memory(error, "a path");
}

ur_status ur_cli_model_load(ur_model **model, const char *given, ur_error *error)
{
    char *path = NULL;
    UR_TRY(ur_cli_model_path(given, &path, error));
    ur_status status = ur_model_load(model, path, ur_cli_isa(), error);
    free(path);
    return status;
}

bool ur_cli_has_task_data(const ur_model *model)
{
    const char *task = ur_model_task(model);
    return ur_model_label(model, 0) || (*task && !ur_task_is_language(task));
}

ur_status ur_cli_check_language_model(const ur_model *model, const char *given, ur_error *error)
{
    const char *task = ur_model_task(model);
    const bool language = ur_task_is_language(task);
    const char *use = language ? NULL : ur_task_use(task);
    size_t tokens = ur_model_tokens(model);
    if (language && tokens > 0 && tokens == ur_model_outputs(model) && !ur_model_features(model)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: a model for %s, not a language model; %s%sunroll train lm trains one",
                   given, *task ? task : "no task that it names", use ? use : "", use ? ", and " : "");
}

static const char *const WEIGHTS[] = {"f32", "bf16", "int8"};

const char *ur_cli_weights_name(const ur_model *model) { return WEIGHTS[ur_model_weights(model)]; }

ur_status ur_cli_use_weights(ur_model *model, const char *word, ur_error *error)
{
    for (size_t i = 0; word && i < sizeof WEIGHTS / sizeof WEIGHTS[0]; i++)
        if (strcmp(word, WEIGHTS[i]) == 0) return ur_model_use_weights(model, (ur_weights)i, error);
    return UR_OK;
}
