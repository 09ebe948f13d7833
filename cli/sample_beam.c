/* unroll sample --beam: searches for the most probable texts instead of sampling. */
#include "cli/sample.h"
#include "cli/support/json_out.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* The text of a hypothesis, without a zero byte at the end; the caller frees it. NULL if memory is lacking. */
static char *text_of(const ur_model *model, const ur_hypothesis *found, size_t *size)
{
    char *text = NULL;
    FILE *memory = open_memstream(&text, size);
    for (size_t i = 0; memory && i < found->length; i++) {
        size_t length = 0;
        const char *token = ur_token_text(model, found->ids[i], &length);
        if (token) fwrite(token, 1, length, memory);
    }
    if (memory && fclose(memory) == 0) return text;
    free(memory ? text : NULL);
    return NULL;
}

static ur_status print_line(const ur_model *model, const ur_hypothesis *found, ur_error *error)
{
    size_t size;
    char *text = text_of(model, found, &size);
    if (!text) return ur_fail_memory(error, "a text");
    printf("%.6f  ", found->log_probability);
    ur_cli_print_shown(stdout, text, size);
    putchar('\n');
    free(text);
    return UR_OK;
}

static json_t *entry_of(const ur_model *model, const ur_hypothesis *found)
{
    size_t size;
    char *text = text_of(model, found, &size);
    json_t *entry = json_object();
    ur_cli_json_set(&entry, "text", text ? ur_cli_json_text(text, size) : NULL);
    ur_cli_json_set(&entry, "units", json_integer((json_int_t)found->length));
    ur_cli_json_set(&entry, "log_probability", ur_cli_json_number(found->log_probability));
    ur_cli_json_set(&entry, "stopped", json_boolean(found->ended));
    free(text);
    return entry;
}

static ur_status print(const ur_model *model, const ur_beam *beam, bool json, ur_error *error)
{
    json_t *object = json ? json_object() : NULL, *list = json ? json_array() : NULL;
    for (size_t i = 0; i < ur_beam_count(beam); i++) {
        const ur_hypothesis found = ur_beam_hypothesis(beam, i);
        if (!json)
            UR_TRY(print_line(model, &found, error));
        else
            ur_cli_json_add(&list, entry_of(model, &found));
    }
    if (!json) return UR_OK;
    ur_cli_json_set(&object, "beam", list);
    return ur_cli_json_print(object, error);
}

/* Encodes --stop as the token that ends a text, or sets −1 if there is no --stop. */
static ur_status find_end(const ur_cli_sample_settings *s, const ur_model *model, int32_t *end, ur_error *error)
{
    size_t count = 1;
    *end = -1;
    if (s->stop.count == 0) return UR_OK;
    const char *text = s->stop.text[0];
    ur_status status = ur_encode(model, text, strlen(text), end, 1, &count, error);
    if (status == UR_OK && s->stop.count == 1 && count == 1 && *end != ur_unknown_token(model)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--stop: with --beam it is one token of the model");
}

ur_status ur_cli_sample_beam(const ur_cli_sample_settings *s, const ur_model *model, ur_session *session,
                             ur_error *error)
{
    ur_beam *beam;
    ur_beam_settings settings = {.width = s->beam, .best = s->n_best ? s->n_best : 1, .length = s->length};
    UR_TRY(find_end(s, model, &settings.end, error));
    UR_TRY(ur_beam_create(&beam, &settings, ur_model_outputs(model), error));
    ur_status status = ur_session_search(session, beam, error);
    if (status == UR_OK) status = print(model, beam, s->json, error);
    ur_beam_free(beam);
    return status;
}
