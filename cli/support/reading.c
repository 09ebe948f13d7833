/* See reading.h. */
#include "cli/support/reading.h"

#include "cli/args/value.h"
#include "cli/support/model_path.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

ur_status ur_cli_set_threads(ur_settings *task, size_t threads, ur_error *error)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", threads);
    return threads ? ur_settings_set(task, "threads", text, error) : UR_OK;
}

ur_status ur_cli_expect_model(const ur_cli_arguments *arguments, ur_error *error)
{
    return ur_cli_expect(arguments, 1, SIZE_MAX, "which model? give a model file or a run folder, then data", error);
}

ur_status ur_cli_expect_text_for(const ur_model *model, const char *path, const ur_cli_arguments *arguments,
                                 size_t texts, ur_error *error)
{
    UR_TRY(ur_cli_check_language_model(model, path, error));
    UR_TRY(ur_cli_check_pending(arguments, ur_model_task(model), error));
    if (texts) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "which text? give files or folders, or - for standard input");
}

ur_status ur_cli_refuse_options(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *only,
                                const ur_model *model, ur_error *error)
{
    const ur_setting *option = ur_cli_given_only(table, arguments, only);
    if (!option) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--%s is for %s; this model is of the task %s", option->name, only,
                   ur_model_task(model));
}

ur_status ur_cli_refuse_text_options(const ur_setting_table *table, const ur_cli_arguments *arguments,
                                     const ur_model *model, ur_error *error)
{
    return ur_cli_refuse_options(table, arguments, UR_CLI_TEXTS, model, error);
}

ur_status ur_cli_read_part(const char *part, double *begin, double *end, ur_error *error)
{
    char first[64] = {0};
    if (!part) return UR_OK;
    size_t length = strcspn(part, ":");
    bool right = part[length] == ':' && length < sizeof first;
    if (right) memcpy(first, part, length);
    right = right && ur_read_number(first, begin) && ur_read_number(part + length + 1, end) && *begin >= 0 &&
            *end <= 1 && *begin < *end;
    if (right) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "--part: '%.80s' is not allowed; give two shares from 0 to 1 with a colon between, such as 0.9:1",
                   part);
}

ur_status ur_cli_reading_set(ur_reading *reading, const char *part, int invalid, ur_error *error)
{
    reading->replace_invalid = invalid == 1;
    return ur_cli_read_part(part, &reading->begin, &reading->end, error);
}

ur_status ur_cli_reading_open(ur_reading *reading, ur_cli_texts *texts, const char *const *words, size_t count,
                              ur_error *error)
{
    ur_status status = ur_cli_texts_open(texts, words, count, error);
    reading->paths = texts->paths;
    reading->path_count = texts->count;
    reading->watcher = ur_cli_watcher(&texts->watching);
    return status;
}
