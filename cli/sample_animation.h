/* Pictures while they are painted, as an HTML page or a GIF. */
#ifndef UR_CLI_SAMPLE_ANIMATION_H
#define UR_CLI_SAMPLE_ANIMATION_H

#include "base/mosaic.h"
#include "unroll_train.h"

/* All pictures of one frame, side by side. If pictures were given, each of these is before the picture that was made
 * from it. `across`: pictures, or pairs, per row; 0 for about as many as there are rows. The caller frees the
 * pixels. */
typedef struct ur_cli_mosaic {
    ur_mosaic mosaic;
    unsigned char *pixel;
} ur_cli_mosaic;

ur_status ur_cli_painted_mosaic(const ur_painted *painted, size_t frame, size_t across, ur_cli_mosaic *all,
                                ur_error *error);

/* Writes a file whole or not at all. An existing file is replaced. */
ur_status ur_cli_write_file(const char *path, const unsigned char *bytes, size_t size, ur_error *error);

/* Writes a GIF if the path ends in .gif, else an HTML page. */
ur_status ur_cli_sample_animation(const ur_painted *painted, const char *path, bool overwrite, ur_error *error);

#endif
