/* See normal_form.h. Most texts are in normal form already, which their characters show. utf8proc
 * converts the others. */
#include "data/normal_form.h"

#include "base/error.h"
#include "base/utf8.h"
#include "unroll_train.h"

#include <stdlib.h>

#ifdef UR_HAVE_UTF8PROC
#include <utf8proc.h>
#endif

void ur_normal_form_free(ur_normal_form *form)
{
    free(form->codes);
    *form = (ur_normal_form){0};
}

/* The characters from first to last. */
typedef struct range {
    uint32_t first, last;
} range;

static bool is_in(const range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

/* Whether some character is in one of the ranges (`wanted`), or in none (!`wanted`). The search ends at
 * invalid UTF-8. */
static bool has_any(const range *ranges, size_t count, bool wanted, ur_field text, uint32_t *found)
{
    for (size_t at = 0; at < text.length;) {
        int size = ur_utf8_decode((const unsigned char *)text.text + at, text.length - at, found);
        if (size <= 0) return false;
        if (is_in(ranges, count, *found) == wanted) return true;
        at += (size_t)size;
    }
    return false;
}

#ifdef UR_HAVE_UTF8PROC

bool ur_makes_normal_form(void) { return true; }

/* Texts of these characters alone are in normal form: Latin, quotes and dashes, kana, ideographs, Hangul syllables.
 * Marks that would be joined with them are not included. */
static const range SAFE[] = {{0, 0x2FF},       {0x2010, 0x2027}, {0x3041, 0x3096},
                             {0x30A1, 0x30FA}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}};

/* Returns the number of characters, 0 if the text is not UTF-8, or −1 if there is no memory. */
static ptrdiff_t take_apart(ur_normal_form *form, ur_field text, utf8proc_option_t options)
{
    for (;;) {
        utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)text.text, (utf8proc_ssize_t)text.length,
                                                    form->codes, (utf8proc_ssize_t)form->room, options);
        if (count < 0) return 0;
        if ((size_t)count < form->room) return count; /* one place is left for the zero at the end */
        size_t room = 2 * (size_t)count + 64;
        int32_t *grown = realloc(form->codes, room * sizeof *grown);
        if (!grown) return -1;
        form->codes = grown;
        form->room = room;
    }
}

ur_status ur_normalise(ur_normal_form *form, ur_field *text, ur_error *error)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    uint32_t code;
    if (!has_any(SAFE, sizeof SAFE / sizeof *SAFE, false, *text, &code)) return UR_OK;
    ptrdiff_t count = take_apart(form, *text, options);
    if (count < 0) return ur_fail_memory(error, "a text");
    utf8proc_ssize_t length = count ? utf8proc_reencode(form->codes, count, options) : 0;
    if (length > 0) *text = (ur_field){(const char *)form->codes, (size_t)length};
    return UR_OK;
}

#else

bool ur_makes_normal_form(void) { return false; }

/* Marks that are joined with the character before them: accents, Hangul vowels and final consonants, kana marks. */
static const range MARKS[] = {{0x300, 0x36F}, {0x1161, 0x1175}, {0x11A8, 0x11C2}, {0x3099, 0x309A}};

ur_status ur_normalise(ur_normal_form *form, ur_field *text, ur_error *error)
{
    uint32_t code;
    (void)form;
    if (!has_any(MARKS, sizeof MARKS / sizeof *MARKS, true, *text, &code)) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "U+%04X is a combining character after its letter; this build has no utf8proc to compose the two. "
                   "Compose the text with uconv -x nfc",
                   (unsigned)code);
}

#endif
