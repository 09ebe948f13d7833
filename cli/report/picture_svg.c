/* A grey picture in an <svg>, as a PNG inside the page; see picture.h. */
#include "cli/report/picture.h"

#include "base/png.h"

#include <stdlib.h>

static void write_base64(FILE *out, const unsigned char *bytes, size_t size)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i < 3 ? size - i : 3;
        unsigned group = (unsigned)bytes[i] << 16;
        if (left > 1) group |= (unsigned)bytes[i + 1] << 8;
        if (left > 2) group |= bytes[i + 2];
        const char four[4] = {letters[group >> 18], letters[group >> 12 & 63],
                              left > 1 ? letters[group >> 6 & 63] : '=', left > 2 ? letters[group & 63] : '='};
        fwrite(four, 1, sizeof four, out);
    }
}

ur_status ur_cli_picture_svg(FILE *file, const unsigned char *pixel, size_t rows, size_t columns,
                             const char *attributes, ur_error *error)
{
    unsigned char *png = NULL;
    size_t size;
    ur_status status = ur_png_make(pixel, rows, columns, &png, &size, error);
    if (status != UR_OK) return status;
    fprintf(file, "<image %s href=\"data:image/png;base64,", attributes);
    write_base64(file, png, size);
    fputs("\"/>\n", file);
    free(png);
    return UR_OK;
}
