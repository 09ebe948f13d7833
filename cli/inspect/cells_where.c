/*
 * --where NAME=REGEX: the places inside a match. PCRE2 matches the expressions line by line, with the syntax of Perl.
 * In a build without PCRE2 the option fails with a message.
 */
#include "cli/inspect/cells.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef UR_HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef struct expression {
    char name[64];
    pcre2_code *code;
    pcre2_match_data *match;
} expression;

bool ur_cli_where_built(void) { return true; }

struct ur_cli_where {
    expression each[UR_EACH_MOST];
    ur_own_predicate predicate[UR_EACH_MOST];
    size_t count;
};

static ur_status fail_match(const expression *e, int number, ur_error *error)
{
    char text[160] = "";
    pcre2_get_error_message(number, (PCRE2_UCHAR *)text, sizeof text);
    return ur_fail(error, number == PCRE2_ERROR_NOMEMORY ? UR_ERR_MEMORY : UR_ERR_DATA, "--where %s: %s", e->name,
                   text);
}

/* Marks all matches of a line. After an empty match the search continues one character further. A line that is not
 * UTF-8 has no match. */
static ur_status mark(void *context, const char *line, size_t length, unsigned char *marks, ur_error *error)
{
    expression *e = context;
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(e->match);
    for (size_t at = 0; at <= length;) {
        int found = pcre2_match(e->code, (PCRE2_SPTR)line, length, at, at ? PCRE2_NO_UTF_CHECK : 0, e->match, NULL);
        if (found == PCRE2_ERROR_NOMATCH) return UR_OK;
        if (found <= PCRE2_ERROR_UTF8_ERR1 && found >= PCRE2_ERROR_UTF8_ERR21) return UR_OK;
        if (found < 0) return fail_match(e, found, error);
        size_t from = place[0], to = place[1];
        for (size_t i = from; i < to; i++) marks[i] = 1;
        at = to > at ? to : at + 1;
        while (to <= from && at < length && ((unsigned char)line[at] & 0xC0) == 0x80) at++;
    }
    return UR_OK;
}

static bool is_name(const char *text, size_t length)
{
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return length > 0 && length < sizeof((expression *)0)->name && strspn(text, allowed) >= length;
}

static bool is_taken(const ur_cli_where *w, const char *name)
{
    ur_predicate built_in;
    for (size_t i = 0; ur_predicate_at(i, &built_in); i++)
        if (strcmp(built_in.name, name) == 0) return true;
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->each[i].name, name) == 0) return true;
    return false;
}

static ur_status compile(expression *e, const char *pattern, ur_error *error)
{
    int number;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    e->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &number, &at, NULL);
    if (!e->code) {
        char text[160] = "";
        pcre2_get_error_message(number, (PCRE2_UCHAR *)text, sizeof text);
        return ur_fail(error, UR_ERR_USAGE, "--where %s: column %zu of '%.120s': %s", e->name, (size_t)at + 1, pattern,
                       text);
    }
    pcre2_jit_compile(e->code, PCRE2_JIT_COMPLETE); /* if this fails, matching is slower and otherwise the same */
    e->match = pcre2_match_data_create_from_pattern(e->code, NULL);
    return e->match ? UR_OK : ur_fail_memory(error, "a regular expression");
}

static ur_status add(ur_cli_where *w, const char *given, ur_error *error)
{
    size_t length = strcspn(given, "=");
    if (!given[length] || !given[length + 1] || !is_name(given, length))
        return ur_fail(error, UR_ERR_USAGE,
                       "--where: '%.80s' is not allowed; give a name of letters, digits, _ and -, an equals sign and a "
                       "regular expression, such as number=[0-9]+",
                       given);
    expression *e = &w->each[w->count];
    memcpy(e->name, given, length);
    e->name[length] = 0;
    if (is_taken(w, e->name)) return ur_fail(error, UR_ERR_USAGE, "--where: the name '%s' is taken", e->name);
    w->count++; /* counted already, so that it is freed after a failure too */
    w->predicate[w->count - 1] = (ur_own_predicate){e->name, mark, e};
    return compile(e, given + length + 1, error);
}

ur_status ur_cli_where_open(ur_cli_where **where, const ur_each *given, ur_error *error)
{
    ur_cli_where *w = *where = calloc(1, sizeof *w);
    if (!w) return ur_fail_memory(error, "the regular expressions");
    for (size_t i = 0; i < given->count; i++) UR_TRY(add(w, given->text[i], error));
    return UR_OK;
}

void ur_cli_where_close(ur_cli_where *w)
{
    for (size_t i = 0; w && i < w->count; i++) {
        pcre2_match_data_free(w->each[i].match);
        pcre2_code_free(w->each[i].code);
    }
    free(w);
}

const ur_own_predicate *ur_cli_where_predicates(const ur_cli_where *w, size_t *count)
{
    *count = w->count;
    return w->predicate;
}

#else

bool ur_cli_where_built(void) { return false; }

ur_status ur_cli_where_open(ur_cli_where **where, const ur_each *given, ur_error *error)
{
    *where = NULL;
    if (!given->count) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "--where: this build has no regular expressions; build it where PCRE2 is (Debian: libpcre2-dev)");
}

void ur_cli_where_close(ur_cli_where *w) { (void)w; }

const ur_own_predicate *ur_cli_where_predicates(const ur_cli_where *w, size_t *count)
{
    (void)w;
    *count = 0;
    return NULL;
}

#endif
