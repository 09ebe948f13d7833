/* Inside of unroll inspect near. */
#ifndef UR_CLI_INSPECT_NEAR_H
#define UR_CLI_INSPECT_NEAR_H

#include "unroll_inspect.h"

/* What was asked, and what is near it. */
typedef struct ur_cli_near {
    ur_model *model;
    int32_t id;
    const ur_neighbour *nearest;
    size_t count;
    bool words; /* the model's tokens are words, most of which begin with a space */
} ur_cli_near;

/* A token as a report names it, free() it; NULL without memory. The space before a word is left out, and one that stands
 * there without it, as at the beginning of a line, has a bar instead; other spaces are ␣. */
char *ur_cli_near_name(const ur_cli_near *near, int32_t id);

/* Bars of the neighbours and the plane of all tokens as an HTML file. */
ur_status ur_cli_near_page(const ur_cli_near *near, const char *path, bool overwrite, ur_error *error);

#endif
