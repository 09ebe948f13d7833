/*
 * Unicode's normal form C (UAX #15): what can be written as one character is one, such as a letter with its accent, or the letters
 * of a syllable of Hangul. So texts that look the same are the same bytes.
 */
#ifndef UR_DATA_NORMAL_FORM_H
#define UR_DATA_NORMAL_FORM_H

#include "data/table/field.h"
#include "unroll.h"

#include <stdint.h>

/* Room for a text. Begins as zeros. */
typedef struct ur_normal_form {
    int32_t *codes;
    size_t room;
} ur_normal_form;

void ur_normal_form_free(ur_normal_form *form);

/* Brings *text to its normal form; where that is another text it is in `form`, until the next call. What is not UTF-8 stays as it
 * is. UR_ERR_UNSUPPORTED: it has characters that may have to be joined, and this build was made without utf8proc. */
ur_status ur_normalise(ur_normal_form *form, ur_field *text, ur_error *error);

#endif
