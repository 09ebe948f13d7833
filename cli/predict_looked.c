/* See predict_looked.h. */
#include "cli/predict_looked.h"

const char *ur_cli_looked_word(const json_t *tokens, size_t i)
{
    const char *text = json_string_value(json_array_get(tokens, i));
    if (!text || !*text) return "(end)";
    if (text[0] != ' ') return text;
    return text[1] ? text + 1 : "␣";
}

const char *ur_cli_looked_token(const json_t *object, size_t i)
{
    return ur_cli_looked_word(json_object_get(object, "target"), i);
}

const json_t *ur_cli_looked_shares(const json_t *object, size_t i)
{
    return json_array_get(json_object_get(object, "attention"), i);
}

double ur_cli_looked_share(const json_t *shares, size_t place)
{
    return json_number_value(json_array_get(shares, place));
}

size_t ur_cli_looked_most(const json_t *shares)
{
    size_t most = 0;
    for (size_t i = 1; i < json_array_size(shares); i++)
        if (ur_cli_looked_share(shares, i) > ur_cli_looked_share(shares, most)) most = i;
    return most;
}
