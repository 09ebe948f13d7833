/* See mosaic.h. */
#include "base/mosaic.h"

#include <string.h>

ur_mosaic ur_mosaic_of(size_t count, size_t across, size_t rows, size_t columns)
{
    for (size_t side = 1; !across; side++)
        if (side * side >= count) across = side;
    size_t down = (count + across - 1) / across;
    return (ur_mosaic){.across = across,
                       .picture = {rows, columns},
                       .size = {down * (rows + UR_MOSAIC_MARGIN) + UR_MOSAIC_MARGIN,
                                across * (columns + UR_MOSAIC_MARGIN) + UR_MOSAIC_MARGIN}};
}

void ur_mosaic_put(const ur_mosaic *m, size_t i, const unsigned char *picture, unsigned char *all)
{
    size_t top = UR_MOSAIC_MARGIN + i / m->across * (m->picture[0] + UR_MOSAIC_MARGIN);
    size_t left = UR_MOSAIC_MARGIN + i % m->across * (m->picture[1] + UR_MOSAIC_MARGIN);
    for (size_t row = 0; row < m->picture[0]; row++)
        memcpy(all + (top + row) * m->size[1] + left, picture + row * m->picture[1], m->picture[1]);
}
