/* unroll sample --next: prints the most probable next tokens. */
#include "cli/sample.h"
#include "cli/support/json_out.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <stdlib.h>

static void print_lines(const ur_model *model, const ur_choice *choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *text = ur_token_text(model, choices[i].id, &length);
        printf("%.6f  ", choices[i].probability);
        ur_cli_print_shown(stdout, text ? text : "", length);
        putchar('\n');
    }
}

static json_t *list(const ur_model *model, const ur_choice *choices, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++) {
        size_t length = 0;
        const char *text = ur_token_text(model, choices[i].id, &length);
        json_t *entry = json_object();
        ur_cli_json_set(&entry, "unit", ur_cli_json_text(text ? text : "", length));
        ur_cli_json_set(&entry, "id", json_integer(choices[i].id));
        ur_cli_json_set(&entry, "probability", ur_cli_json_number(choices[i].probability));
        ur_cli_json_add(&array, entry);
    }
    return array;
}

static ur_status print(const ur_model *model, const ur_choice *choices, size_t count, bool json, ur_error *error)
{
    if (!json) {
        print_lines(model, choices, count);
        return UR_OK;
    }
    json_t *object = json_object();
    ur_cli_json_set(&object, "next", list(model, choices, count));
    return ur_cli_json_print(object, error);
}

ur_status ur_cli_sample_next(const ur_cli_sample_settings *s, const ur_model *model, ur_session *session,
                             ur_error *error)
{
    size_t tokens = ur_model_outputs(model), most = s->next < tokens ? s->next : tokens, count;
    ur_choice *choices = calloc(most, sizeof *choices);
    if (!choices) return ur_fail_memory(error, "the list of tokens");
    ur_status status = ur_session_predict(session, choices, most, &count, error);
    if (status == UR_OK && s->state_out) status = ur_session_save(session, s->state_out, error);
    if (status == UR_OK) status = print(model, choices, count, s->json, error);
    free(choices);
    return status;
}
