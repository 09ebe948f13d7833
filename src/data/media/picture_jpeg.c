/* JPEG, by libjpeg. libjpeg reports an error by calling a function that must not return; the one here jumps back.
 * Warnings about oddities are ignored, but a file that ends early is an error. */
#include "base/error.h"
#include "data/media/picture_forms.h"
#include "unroll_train.h"

#include <stdlib.h>

static bool begins(const unsigned char *bytes, size_t size)
{
    return size > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

#ifdef UR_HAVE_JPEG
#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

bool ur_reads_jpeg(void) { return true; }

/* A file that is being read. */
typedef struct reading {
    struct jpeg_decompress_struct image;
    struct jpeg_error_mgr errors;
    jmp_buf back;
    struct jpeg_progress_mgr progress;
    char message[JMSG_LENGTH_MAX];
    unsigned char *numbers;
    bool out_of_memory;
} reading;

/* Files use about ten scans over the picture at most. A malicious file of a few bytes could ask for hours of scans over
 * a large picture. */
enum { SCANS_MOST = 100 };

static void leave(j_common_ptr image)
{
    reading *r = image->client_data;
    image->err->format_message(image, r->message);
    r->out_of_memory = image->err->msg_code == JERR_OUT_OF_MEMORY;
    longjmp(r->back, 1);
}

static void pass_over(j_common_ptr image, int level)
{
    if (level < 0 && image->err->msg_code == JWRN_JPEG_EOF) leave(image);
}

static void print_nothing(j_common_ptr image) { (void)image; }

static void count_scans(j_common_ptr image)
{
    reading *r = image->client_data;
    if (r->image.input_scan_number <= SCANS_MOST) return;
    snprintf(r->message, sizeof r->message, "more than %d passes over the picture", SCANS_MOST);
    longjmp(r->back, 1);
}

static void begin(reading *r, const unsigned char *bytes, size_t size)
{
    jpeg_create_decompress(&r->image);
    r->image.client_data = r;
    r->image.progress = &r->progress;
    jpeg_mem_src(&r->image, bytes, (unsigned long)size);
    jpeg_read_header(&r->image, TRUE);
}

static ur_status take_size(reading *r, ur_picture_file *p, ur_error *error)
{
    bool grey = r->image.jpeg_color_space == JCS_GRAYSCALE;
    *p = (ur_picture_file){r->image.image_height, r->image.image_width, grey ? 1 : 3};
    if (r->image.jpeg_color_space == JCS_CMYK || r->image.jpeg_color_space == JCS_YCCK)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "a JPEG in print colours (CMYK); save it as RGB");
    r->image.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    return ur_picture_check_size(p, error);
}

static ur_status read_rows(reading *r, const ur_picture_file *p, ur_error *error)
{
    size_t row = p->columns * p->channels;
    r->numbers = malloc(p->rows * row);
    if (!r->numbers) return ur_fail_memory(error, "a picture");
    jpeg_start_decompress(&r->image);
    while (r->image.output_scanline < r->image.output_height) {
        JSAMPROW at = r->numbers + r->image.output_scanline * row;
        jpeg_read_scanlines(&r->image, &at, 1);
    }
    jpeg_finish_decompress(&r->image);
    return UR_OK;
}

/* What the jump leaves behind is in `r`, which the caller frees. */
static ur_status read_all(reading *r, const unsigned char *bytes, size_t size, ur_picture_file *p, bool numbers,
                          ur_error *error)
{
    r->image.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = leave;
    r->errors.emit_message = pass_over;
    r->errors.output_message = print_nothing;
    r->progress.progress_monitor = count_scans;
    if (setjmp(r->back))
        return r->out_of_memory ? ur_fail_memory(error, "a picture")
                                : ur_fail(error, UR_ERR_FORMAT, "JPEG: %s", r->message);
    begin(r, bytes, size);
    UR_TRY(take_size(r, p, error));
    return numbers ? read_rows(r, p, error) : UR_OK;
}

static ur_status read_jpeg(const unsigned char *bytes, size_t size, ur_picture_file *p, unsigned char **numbers,
                           ur_error *error)
{
    reading *r = calloc(1, sizeof *r);
    if (!r) return ur_fail_memory(error, "a picture");
    r->image.client_data = r;
    ur_status status = read_all(r, bytes, size, p, numbers != NULL, error);
    jpeg_destroy_decompress(&r->image);
    if (numbers) *numbers = r->numbers;
    free(r);
    return status;
}

static ur_status look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    return read_jpeg(bytes, size, p, NULL, error);
}

static ur_status decode(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *p,
                        unsigned char **numbers, ur_error *error)
{
    (void)background;
    return read_jpeg(bytes, size, p, numbers, error);
}
#else
bool ur_reads_jpeg(void) { return false; }

static ur_status look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    (void)bytes, (void)size, (void)p;
    return ur_fail(error, UR_ERR_UNSUPPORTED, "this build cannot read JPEG, because it was made without libjpeg");
}

static ur_status decode(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *p,
                        unsigned char **numbers, ur_error *error)
{
    (void)background, (void)numbers;
    return look(bytes, size, p, error);
}
#endif

const ur_picture_form ur_picture_form_jpeg = {begins, look, decode, ".jpg .jpeg "};
