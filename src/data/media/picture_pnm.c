/* Binary PGM and PPM: "P5" or "P6"; columns, rows and the largest value as text; one white-space
 * character; the numbers. */
#include "base/error.h"
#include "data/media/picture_forms.h"

#include <stdlib.h>
#include <string.h>

/* Reads a number of the head, after white space and comments. 0 if there is none. */
static size_t read_head_number(const unsigned char *bytes, size_t size, size_t *at)
{
    size_t number = 0;
    while (*at < size && (strchr(" \t\r\n", bytes[*at]) || bytes[*at] == '#')) {
        if (bytes[*at] == '#')
            while (*at < size && bytes[*at] != '\n') ++*at;
        if (*at < size) ++*at;
    }
    for (; *at < size && bytes[*at] >= '0' && bytes[*at] <= '9'; ++*at)
        if (number <= UR_PICTURE_PLACES_MAX) number = 10 * number + (size_t)(bytes[*at] - '0');
    return number;
}

static ur_status find_numbers(const unsigned char *bytes, size_t size, ur_picture_file *p, size_t *begin,
                              ur_error *error)
{
    size_t at = 2;
    p->channels = bytes[1] == '6' ? 3 : 1;
    p->columns = read_head_number(bytes, size, &at);
    p->rows = read_head_number(bytes, size, &at);
    size_t most = read_head_number(bytes, size, &at);
    if (!p->rows || !p->columns) return ur_fail(error, UR_ERR_FORMAT, "its header gives no size");
    UR_TRY(ur_picture_check_size(p, error));
    if (most != 255) return ur_fail(error, UR_ERR_UNSUPPORTED, "its largest value is %zu; it must be 255", most);
    *begin = at + 1;
    if (size > at && size - at - 1 >= p->rows * p->columns * p->channels) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "it ends before its %zu x %zu pixels do", p->rows, p->columns);
}

static bool begins(const unsigned char *bytes, size_t size)
{
    return size > 2 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '6');
}

static ur_status look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    size_t begin;
    return find_numbers(bytes, size, p, &begin, error);
}

static ur_status decode(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *p,
                        unsigned char **numbers, ur_error *error)
{
    size_t begin;
    (void)background;
    UR_TRY(find_numbers(bytes, size, p, &begin, error));
    *numbers = malloc(p->rows * p->columns * p->channels);
    if (!*numbers) return ur_fail_memory(error, "a picture");
    memcpy(*numbers, bytes + begin, p->rows * p->columns * p->channels);
    return UR_OK;
}

const ur_picture_form ur_picture_form_pnm = {begins, look, decode, ".pgm .ppm "};
