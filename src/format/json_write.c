/* JSON values to text. json_dumpb writes into memory that it is given, so that it cannot lose anything. */
#include "format/json_text.h"

#include <stdlib.h>

ur_status ur_json_write(const json_t *value, char **text, ur_error *error)
{
    size_t size = json_dumpb(value, NULL, 0, JSON_COMPACT);
    char *out = size ? malloc(size + 1) : NULL;
    if (!out || json_dumpb(value, out, size, JSON_COMPACT) != size) {
        free(out);
        return ur_fail_memory(error, "a JSON text");
    }
    out[size] = 0;
    *text = out;
    return UR_OK;
}
