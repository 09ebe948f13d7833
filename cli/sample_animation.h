/* Pictures while they are painted, as one HTML page. */
#ifndef UR_CLI_SAMPLE_ANIMATION_H
#define UR_CLI_SAMPLE_ANIMATION_H

#include "base/mosaic.h"
#include "unroll_train.h"

/* All pictures as they were at a frame, side by side; those given, each before its own. `across`: pictures, or pairs, in a row; 0:
 * about as many as rows. The pixels are the caller's. */
typedef struct ur_cli_mosaic {
    ur_mosaic mosaic;
    unsigned char *pixel;
} ur_cli_mosaic;

ur_status ur_cli_painted_mosaic(const ur_painted *painted, size_t frame, size_t across, ur_cli_mosaic *all,
                                ur_error *error);

ur_status ur_cli_sample_animation(const ur_painted *painted, const char *path, bool overwrite, ur_error *error);

#endif
