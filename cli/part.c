/* See part.h. */
#include "part.h"

#include "value.h"

#include "base/error.h"

#include <string.h>

ur_status ur_cli_read_part(const char *part, double *begin, double *end, ur_error *error)
{
    char first[64] = {0};
    if (!part) return UR_OK;
    size_t length = strcspn(part, ":");
    bool right = part[length] == ':' && length < sizeof first;
    if (right) memcpy(first, part, length);
    right = right && ur_cli_read_number(first, begin) && ur_cli_read_number(part + length + 1, end) && *begin >= 0 &&
            *end <= 1 && *begin < *end;
    if (right) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "--part: '%.80s' is not allowed; give two shares from 0 to 1 with a colon between, such as 0.9:1",
                   part);
}
