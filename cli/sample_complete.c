/* unroll sample --complete: predictive typing. */
#include "cli/sample.h"
#include "cli/support/json_out.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_lines(const ur_completion *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("%.6f  ", exp(words[i].log_probability));
        ur_cli_print_shown(stdout, words[i].text, words[i].length);
        putchar('\n');
    }
}

static json_t *entry_of(const ur_completion *word, size_t typed)
{
    json_t *entry = json_object();
    ur_cli_json_set(&entry, "word", ur_cli_json_text(word->text, word->length));
    ur_cli_json_set(&entry, "rest", ur_cli_json_text(word->text + typed, word->length - typed));
    ur_cli_json_set(&entry, "probability", ur_cli_json_number(exp(word->log_probability)));
    return entry;
}

/* `typed`: the number of bytes of the word that were typed. */
static ur_status print(const ur_completion *words, size_t count, size_t typed, bool json, ur_error *error)
{
    if (!json) {
        print_lines(words, count);
        return UR_OK;
    }
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; list && i < count; i++) ur_cli_json_add(&list, entry_of(&words[i], typed));
    ur_cli_json_set(&object, "complete", list);
    return ur_cli_json_print(object, error);
}

static ur_status complete(ur_session *session, const char *begun, size_t length, ur_completion *words, size_t most,
                          size_t *count, ur_error *error)
{
    ur_status status = ur_session_complete(session, begun, length, words, most, count, error);
    return status == UR_ERR_USAGE ? ur_fail_in(error, status, "--complete") : status;
}

ur_status ur_cli_sample_complete(const ur_cli_sample_settings *s, ur_session *session, ur_error *error)
{
    const char *prime = s->prime ? s->prime : "";
    size_t length = strlen(prime), begun = ur_word_begun(prime, length), count = 0;
    const char *word = prime + length - begun;
    ur_completion *words = calloc(s->complete, sizeof *words);
    if (!words) return ur_fail_memory(error, "the list of words");
    ur_status status = ur_cli_read_prime(session, prime, length - begun, error);
    if (status == UR_OK) status = complete(session, word, begun, words, s->complete, &count, error);
    if (status == UR_OK) status = print(words, count, begun - (begun > 0 && *word == ' '), s->json, error);
    free(words);
    return status;
}
