/* See relabel.h. The rules are short, so they are read again for each label. */
#include "data/relabel.h"

#include <string.h>

/* Cuts off the first rule; false if there is none left. */
static bool cut_rule(const char **rules, ur_field *from, ur_field *to)
{
    const char *begin = *rules;
    if (!*begin) return false;
    size_t length = strcspn(begin, ",");
    const char *equal = memchr(begin, '=', length);
    size_t name = equal ? (size_t)(equal - begin) : length;
    *from = ur_field_trim((ur_field){begin, name});
    *to = equal ? ur_field_trim((ur_field){equal + 1, length - name - 1}) : (ur_field){NULL, 0};
    *rules = begin + length + (begin[length] == ',');
    return true;
}

ur_status ur_relabel_check(const char *rules, ur_error *error)
{
    ur_field from, to;
    for (const char *rest = rules; cut_rule(&rest, &from, &to);)
        if (!to.text || !from.length)
            return ur_fail(error, UR_ERR_USAGE,
                           "`relabel` %.80s: \"%.*s\" is not a rule; give LABEL=NAME rules separated by commas; LABEL= "
                           "leaves a label out",
                           rules, (int)from.length, from.text);
    return UR_OK;
}

ur_field ur_relabel(const char *rules, ur_field label)
{
    ur_field from, to;
    while (rules && cut_rule(&rules, &from, &to))
        if (from.length == label.length && memcmp(from.text, label.text, label.length) == 0) return to;
    return label;
}
