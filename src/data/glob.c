/* See glob.h. A * matches as little as possible, and more if the rest does not match. Only the last *
 * needs to be tried again. */
#include "data/glob.h"

#include "base/error.h"

#include <string.h>

static const char LABEL[] = "{label}";
enum { LABEL_LENGTH = sizeof LABEL - 1 };

static bool begins_label(const char *pattern) { return strncmp(pattern, LABEL, LABEL_LENGTH) == 0; }

/* The position after the set's "]", or NULL if there is none. A "]" that comes first belongs to the set. */
static const char *pass_set(const char *pattern)
{
    const char *at = pattern + 1;
    if (*at == '!') at++;
    if (*at == ']') at++;
    at = strchr(at, ']');
    return at ? at + 1 : NULL;
}

ur_status ur_glob_check(const char *pattern, bool *labelled, ur_error *error)
{
    *labelled = false;
    for (const char *at = pattern; *at;) {
        if (begins_label(at)) {
            if (*labelled) return ur_fail(error, UR_ERR_USAGE, "the pattern %s has {label} twice", pattern);
            *labelled = true;
            at += LABEL_LENGTH;
        } else if (*at == '{' || *at == '}') {
            return ur_fail(error, UR_ERR_USAGE, "the pattern %s has a brace that is not {label}", pattern);
        } else if (*at == '[' && !pass_set(at)) {
            return ur_fail(error, UR_ERR_USAGE, "the pattern %s has a [ without a ]", pattern);
        } else {
            at = *at == '[' ? pass_set(at) : at + 1;
        }
    }
    return UR_OK;
}

static bool is_in_set(const char *set, const char *end, unsigned char byte)
{
    bool negated = set[1] == '!', found = false;
    const unsigned char *at = (const unsigned char *)set + 1 + negated, *last = (const unsigned char *)end - 1;
    while (at < last) {
        bool range = at + 2 < last && at[1] == '-';
        found = found || (at[0] <= byte && byte <= (range ? at[2] : at[0]));
        at += range ? 3 : 1;
    }
    return found != negated;
}

/* Matches one byte against the next element of the pattern, and moves the pattern past that element. */
static bool takes_byte(const char **pattern, unsigned char byte)
{
    const char *at = *pattern, *end = *at == '[' ? pass_set(at) : at + 1;
    *pattern = end;
    if (*at == '[') return is_in_set(at, end, byte);
    return *at == '?' || (unsigned char)*at == byte;
}

typedef struct star {
    const char *behind, *from; /* the pattern after the star; the name where the star began */
    const char *taken;         /* end of the text that the star matches so far */
    bool labelled;
} star;

bool ur_glob(const char *pattern, const char *name, const char **label, size_t *length)
{
    star last = {0}, wanted = {0};
    for (;;) {
        bool labelled = begins_label(pattern);
        if (labelled || *pattern == '*') {
            if (last.labelled) wanted = last;
            pattern += labelled ? LABEL_LENGTH : 1;
            last = (star){pattern, name, name, labelled};
        } else if (*name && *pattern && takes_byte(&pattern, (unsigned char)*name)) {
            name++;
        } else if (!*name && !*pattern) {
            break;
        } else if (last.behind && *last.taken) {
            name = ++last.taken;
            pattern = last.behind;
        } else {
            return false;
        }
    }
    if (last.labelled) wanted = last;
    if (label) *label = wanted.from;
    if (length) *length = (size_t)(wanted.taken - wanted.from);
    return true;
}
