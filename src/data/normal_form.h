/*
 * Unicode's normal form C (UAX #15): what can be written as one character is one character, such as a letter with its
 * accent, or the letters of a Hangul syllable. So texts that look the same have the same bytes.
 */
#ifndef UR_DATA_NORMAL_FORM_H
#define UR_DATA_NORMAL_FORM_H

#include "data/table/field.h"
#include "unroll.h"

#include <stdint.h>

/* A buffer for a text. All zeros at first. */
typedef struct ur_normal_form {
    int32_t *codes;
    size_t room;
} ur_normal_form;

void ur_normal_form_free(ur_normal_form *form);

/* Brings *text to normal form C. If that changes the text, the new text is in `form` and valid until the next call.
 * Text that is not UTF-8 is left unchanged. UR_ERR_UNSUPPORTED if the text has characters that may have to be joined
 * and this build has no utf8proc. */
ur_status ur_normalise(ur_normal_form *form, ur_field *text, ur_error *error);

#endif
