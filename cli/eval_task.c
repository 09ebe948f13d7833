/* See eval_task.h. The library gives one JSON object; without --json its numbers are printed as a table. */
#include "cli/eval_task.h"

#include "cli/eval_picture.h"
#include "cli/support/json_out.h"
#include "cli/support/spool.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static ur_status set_up(ur_settings *task, const char *name, const ur_cli_arguments *arguments,
                        const ur_cli_texts *data, size_t threads, ur_error *error)
{
    char text[32];
    UR_TRY(ur_cli_take_pending(arguments, task, name, error));
    for (size_t i = 0; i < data->count; i++) UR_TRY(ur_settings_add_data(task, data->paths[i], error));
    if (!threads) return UR_OK;
    snprintf(text, sizeof text, "%zu", threads);
    return ur_settings_set(task, "threads", text, error);
}

static ur_status judge(ur_model *model, const ur_cli_arguments *arguments, const ur_cli_texts *data, size_t threads,
                       char **json, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_settings_of_model(&task, model, error));
    ur_status status = set_up(task, ur_model_task(model), arguments, data, threads, error);
    if (status == UR_OK) status = ur_judge(model, task, json, error);
    ur_settings_free(task);
    return status;
}

/* Numbers as lines; what is longer is for --json, but for a table of the labels that were taken for others. */
static void print_numbers(const json_t *result)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)result, key, value)
    {
        if (json_is_integer(value)) printf("%-12s  %lld\n", key, (long long)json_integer_value(value));
        if (json_is_real(value)) printf("%-12s  %.4f\n", key, json_real_value(value));
        if (json_is_string(value)) printf("%-12s  %s\n", key, json_string_value(value));
    }
}

ur_status ur_cli_eval_task(ur_model *model, const ur_cli_arguments *arguments, const ur_cli_judging *how,
                           ur_error *error)
{
    ur_cli_texts data;
    char *text = NULL;
    ur_status status = ur_cli_texts_open(&data, arguments->words + 1, arguments->count - 1, error);
    if (status == UR_OK) status = judge(model, arguments, &data, how->threads, &text, error);
    ur_cli_texts_close(&data, error);
    if (status != UR_OK) return status;
    json_t *result = how->json ? NULL : json_loads(text, 0, NULL);
    if (how->json) printf("%s\n", text);
    if (result) print_numbers(result);
    status = how->json || result ? UR_OK : ur_fail_memory(error, "the result");
    json_decref(result);
    if (status == UR_OK && how->picture) status = ur_cli_eval_picture(text, how->picture, how->overwrite, error);
    free(text);
    return status;
}
