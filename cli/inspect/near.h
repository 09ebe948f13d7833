/* Internal to unroll inspect near. */
#ifndef UR_CLI_INSPECT_NEAR_H
#define UR_CLI_INSPECT_NEAR_H

#include "unroll_inspect.h"

/* The token asked for, and its neighbours. */
typedef struct ur_cli_near {
    ur_model *model;
    int32_t id;
    const ur_neighbour *nearest;
    size_t count;
    bool words; /* the tokens are words, most of which begin with a space */
} ur_cli_near;

/* The name of a token in a report; free() it. NULL if memory is lacking. The space before a word is left out; a word
 * without a space, as at the beginning of a line, has a bar in front. Other spaces are ␣. */
char *ur_cli_near_name(const ur_cli_near *near, int32_t id);

/* Writes an HTML file with bars of the neighbours and all tokens in a plane. */
ur_status ur_cli_near_page(const ur_cli_near *near, const char *path, bool overwrite, ur_error *error);

#endif
