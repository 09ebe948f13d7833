/* Writes text from outside as HTML, so that no part of it is markup or a control character. */
#include "cli/report/page.h"

#include "cli/support/glyphs.h"

#include "base/utf8.h"

#include <string.h>

static const char *entity_of(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "↵";
    case '\t':
        return "⇥";
    default:
        return NULL;
    }
}

void ur_cli_html_text(FILE *file, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        int size = ur_utf8_decode((const unsigned char *)text + i, length - i, &code);
        const char *entity = size > 0 ? entity_of(code) : "\xEF\xBF\xBD";
        if (entity)
            fputs(entity, file);
        else if (ur_cli_acts(code))
            fprintf(file, "⟨U+%04X⟩", (unsigned)code);
        else
            fwrite(text + i, 1, (size_t)size, file);
        i += size > 0 ? (size_t)size : size < 0 ? code : length - i;
    }
}
