/* See eval_task.h. The library gives one JSON object. Without --json, its numbers are printed as a table. */
#include "cli/eval_task.h"

#include "cli/eval_labels.h"
#include "cli/eval_picture.h"
#include "cli/support/json_out.h"
#include "cli/support/task_settings.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static ur_status judge(ur_model *model, const ur_cli_arguments *arguments, ur_cli_texts *data, size_t threads,
                       char **json, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_task_settings(&task, model, arguments, data, threads, error));
    ur_status status = ur_judge(model, task, json, error);
    ur_settings_free(task);
    return status;
}

/* Prints the most frequent mistakes. Each element is [label, label it was taken for, count]. */
static void print_mistakes(const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        const char *there = json_string_value(json_array_get(one, 0)),
                   *taken = json_string_value(json_array_get(one, 1));
        if (there && taken)
            printf("%s%s taken for %s: %lld\n", i ? "" : "\nmost common mistakes\n", there, taken,
                   (long long)json_integer_value(json_array_get(one, 2)));
    }
}

/* Whether the value is a list of numbers, one for each glimpse or stroke. */
static bool has_steps(const json_t *value) { return json_is_real(json_array_get(value, 0)); }

static void print_steps(const char *key, int width, const json_t *list)
{
    enum { A_LINE = 10 };
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i % A_LINE == 0) printf("%s%-*s ", i ? "\n" : "", width, i ? "" : key);
        printf(" %.4f", json_real_value(json_array_get(list, i)));
    }
    putchar('\n');
}

/* Prints numbers and strings, one per line. Longer values are for --json. */
static void print_numbers(const json_t *result)
{
    const char *key;
    json_t *value;
    int width = 12;
    json_object_foreach((json_t *)(uintptr_t)result, key, value)
    {
        if ((!json_is_array(value) || has_steps(value)) && (int)strlen(key) > width) width = (int)strlen(key);
    }
    json_object_foreach((json_t *)(uintptr_t)result, key, value)
    {
        if (json_is_integer(value)) printf("%-*s  %lld\n", width, key, (long long)json_integer_value(value));
        if (json_is_real(value)) printf("%-*s  %.4f\n", width, key, json_real_value(value));
        if (has_steps(value)) print_steps(key, width, value);
        if (!json_is_string(value)) continue;
        printf("%-*s  ", width, key);
        ur_cli_print_name(stdout, json_string_value(value));
        putchar('\n');
    }
    ur_cli_print_labels(result);
    print_mistakes(json_object_get(result, "commonest_mistakes"));
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
