/* See picture_file.h. Every form is read as 8 bits per number. */
#include "data/media/picture_file.h"

#include "base/error.h"
#include "data/media/picture_forms.h"
#include "data/source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const ur_picture_form *const FORMS[] = {&ur_picture_form_png, &ur_picture_form_jpeg, &ur_picture_form_pnm};
enum { FORM_COUNT = sizeof FORMS / sizeof *FORMS };

/* NULL if the file has none of these forms. */
static const ur_picture_form *find_form(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < FORM_COUNT; i++)
        if (FORMS[i]->begins(bytes, size)) return FORMS[i];
    return NULL;
}

static ur_status no_picture(ur_error *error)
{
    return ur_fail(error, UR_ERR_FORMAT, "not a picture: neither PNG, JPEG nor binary PGM or PPM");
}

ur_status ur_picture_check_size(const ur_picture_file *p, ur_error *error)
{
    if (p->rows && p->columns && p->rows <= UR_PICTURE_PLACES_MAX && p->columns <= UR_PICTURE_PLACES_MAX / p->rows)
        return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "a picture of %zu x %zu; it may have 1 to %d pixels", p->rows, p->columns,
                   UR_PICTURE_PLACES_MAX);
}

bool ur_picture_file_named(const char *name)
{
    const char *ending;
    size_t length = ur_source_stem(name, &ending);
    length -= (size_t)(ending - name);
    for (size_t i = 0; length > 1 && i < FORM_COUNT; i++)
        for (const char *at = FORMS[i]->endings; *at; at += strcspn(at, " ") + 1)
            if (strcspn(at, " ") == length && strncasecmp(at, ending, length) == 0) return true;
    return false;
}

ur_status ur_picture_file_look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    const ur_picture_form *form = find_form(bytes, size);
    return form ? form->look(bytes, size, p, error) : no_picture(error);
}

ur_status ur_picture_file_decode(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *p,
                                 unsigned char **numbers, ur_error *error)
{
    const ur_picture_form *form = find_form(bytes, size);
    *numbers = NULL;
    if (!form) return no_picture(error);
    ur_status status = form->decode(bytes, size, background, p, numbers, error);
    if (status == UR_OK) return UR_OK;
    free(*numbers);
    *numbers = NULL;
    return status;
}

ur_status ur_picture_file_read(const unsigned char *bytes, size_t size, const ur_picture_file *wanted, float *value,
                               ur_error *error)
{
    ur_picture_file p;
    unsigned char *numbers;
    UR_TRY(ur_picture_file_decode(bytes, size, 0, &p, &numbers, error));
    bool same = p.rows == wanted->rows && p.columns == wanted->columns && p.channels == wanted->channels;
    for (size_t i = 0; same && i < p.rows * p.columns * p.channels; i++) value[i] = (float)numbers[i] / 255.0f;
    free(numbers);
    return same ? UR_OK : ur_fail(error, UR_ERR_DATA, "its size has changed");
}
