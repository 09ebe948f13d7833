/* PNG, by libpng. */
#include "base/error.h"
#include "data/media/picture_forms.h"
#include "unroll_train.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const unsigned char *bytes, size_t size)
{
    return size > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

#ifdef UR_HAVE_PNG
#include <png.h>

bool ur_reads_png(void) { return true; }

static ur_status open_png(png_image *image, const unsigned char *bytes, size_t size, ur_picture_file *p,
                          ur_error *error)
{
    *image = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(image, bytes, size))
        return ur_fail(error, UR_ERR_FORMAT, "PNG: %s", image->message);
    bool colour = image->format & PNG_FORMAT_FLAG_COLOR;
    image->format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    *p = (ur_picture_file){image->height, image->width, colour ? 3 : 1};
    ur_status status = ur_picture_check_size(p, error);
    if (status != UR_OK) png_image_free(image);
    return status;
}

static ur_status look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    png_image image;
    UR_TRY(open_png(&image, bytes, size, p, error));
    png_image_free(&image);
    return UR_OK;
}

static ur_status decode(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *p,
                        unsigned char **numbers, ur_error *error)
{
    png_image image;
    const png_color behind = {background, background, background};
    UR_TRY(open_png(&image, bytes, size, p, error));
    *numbers = malloc(PNG_IMAGE_SIZE(image));
    ur_status status = *numbers ? UR_OK : ur_fail_memory(error, "a picture");
    if (status == UR_OK && !png_image_finish_read(&image, &behind, *numbers, 0, NULL))
        status = ur_fail(error, UR_ERR_FORMAT, "PNG: %s", image.message);
    png_image_free(&image);
    return status;
}
#else
bool ur_reads_png(void) { return false; }

static ur_status look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    (void)bytes, (void)size, (void)p;
    return ur_fail(error, UR_ERR_UNSUPPORTED, "this build cannot read PNG, because it was made without libpng");
}

static ur_status decode(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *p,
                        unsigned char **numbers, ur_error *error)
{
    (void)background, (void)numbers;
    return look(bytes, size, p, error);
}
#endif

const ur_picture_form ur_picture_form_png = {begins, look, decode, ".png "};
