/* unroll sample --complete: predictive typing. Prints what complete.c finds. */
#include "complete.h"
#include "json_out.h"
#include "sample.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_lines(const ur_cli_completions *found)
{
    for (size_t i = 0; i < found->count; i++) {
        printf("%.6f  ", exp(found->list[i].log_probability));
        ur_cli_print_shown(stdout, found->list[i].text, found->list[i].length);
        putchar('\n');
    }
}

static json_t *entry_of(const ur_cli_completion *completion, size_t typed)
{
    json_t *entry = json_object();
    const char *text = completion->text;
    ur_cli_json_set(&entry, "word", ur_cli_json_text(text, completion->length));
    ur_cli_json_set(&entry, "rest", ur_cli_json_text(text + typed, completion->length - typed));
    ur_cli_json_set(&entry, "probability", ur_cli_json_number(exp(completion->log_probability)));
    return entry;
}

static json_t *list(const ur_cli_completions *found, size_t typed)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < found->count; i++) {
        ur_cli_json_add(&array, entry_of(&found->list[i], typed));
    }
    return array;
}

static ur_status print(const ur_cli_completions *found, size_t typed, bool json, ur_error *error)
{
    if (!json) {
        print_lines(found);
        return UR_OK;
    }
    json_t *object = json_object();
    ur_cli_json_set(&object, "complete", list(found, typed));
    return ur_cli_json_print(object, error);
}

ur_status ur_cli_print_completions(ur_cli_speaker *speaker, const char *prime, size_t count, bool json, ur_error *error)
{
    size_t length = strlen(prime), typed = ur_cli_open_word(prime, length);
    ur_cli_completions found;
    ur_status status = ur_cli_complete(speaker, prime, length, count, &found, error);
    if (status == UR_OK) status = print(&found, typed, json, error);
    ur_cli_completions_free(&found);
    return status;
}
