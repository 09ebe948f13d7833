/* See task_settings.h. */
#include "cli/support/task_settings.h"

#include "cli/support/reading.h"

static ur_status fill(ur_settings *task, const char *name, const ur_cli_arguments *arguments, ur_cli_texts *data,
                      size_t threads, ur_error *error)
{
    const ur_watcher watcher = ur_cli_watcher(&data->watching);
    ur_settings_watch(task, &watcher);
    UR_TRY(ur_cli_take_pending(arguments, task, name, error));
    for (size_t i = 0; i < data->count; i++) UR_TRY(ur_settings_add_data(task, data->paths[i], error));
    return ur_cli_set_threads(task, threads, error);
}

ur_status ur_cli_task_settings(ur_settings **task, const ur_model *model, const ur_cli_arguments *arguments,
                               ur_cli_texts *data, size_t threads, ur_error *error)
{
    UR_TRY(ur_settings_of_model(task, model, error));
    ur_status status = fill(*task, ur_model_task(model), arguments, data, threads, error);
    if (status == UR_OK) return UR_OK;
    ur_settings_free(*task);
    *task = NULL;
    return status;
}
