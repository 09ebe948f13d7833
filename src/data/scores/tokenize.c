/*
 * The words of mteval-v13a, on which published BLEU scores are based. The steps, in order: entities such as &quot; are
 * replaced by their characters; ASCII punctuation other than . , - ' becomes words of its own; so do . and , unless
 * digits are on both sides; so does - after a digit. Each rule is one pass from left to right that does not look again
 * at what it changed.
 */
#include "data/scores/bleu.h"

#include "base/utf8.h"

#include <string.h>

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
static bool is_stop(char byte) { return byte == '.' || byte == ','; }

/* A text that is being written. */
typedef struct writing {
    char *text;
    size_t length;
} writing;

static void put(writing *w, char byte) { w->text[w->length++] = byte; }

/* Writes two bytes with a space between them, and another space before or after them. */
static void put_apart(writing *w, char first, char second, bool front)
{
    if (front) put(w, ' ');
    put(w, first);
    put(w, ' ');
    put(w, second);
    if (!front) put(w, ' ');
}

/* ---- Markup ------------------------------------------------------------------------------------------------------ */

/* Replaces every `from` by `to`, which must not be longer. */
static void replace(writing *w, const char *from, const char *to)
{
    size_t size = strlen(from), kept = 0, more = strlen(to);
    for (size_t at = 0; at < w->length;) {
        bool here = w->length - at >= size && memcmp(w->text + at, from, size) == 0;
        if (here) {
            memcpy(w->text + kept, to, more);
            kept += more;
            at += size;
        } else {
            w->text[kept++] = w->text[at++];
        }
    }
    w->length = kept;
}

/* Replaces the markup, and adds a space at both ends. */
static void read_markup(writing *w, const char *text, size_t length)
{
    memcpy(w->text + 1, text, length);
    w->text[0] = ' ';
    w->length = length + 1;
    replace(w, "<skipped>", "");
    replace(w, "-\n", "");
    replace(w, "\n", " ");
    replace(w, "&quot;", "\"");
    replace(w, "&amp;", "&");
    replace(w, "&lt;", "<");
    replace(w, "&gt;", ">");
    put(w, ' ');
}

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

/* ASCII from the space on, except letters, digits and ' , - . */
static bool stands_alone(char byte)
{
    return (byte >= ' ' && byte <= '&') || (byte >= '(' && byte <= '+') || byte == '/' ||
           (byte >= ':' && byte <= '@') || (byte >= '[' && byte <= '`') || (byte >= '{' && byte <= '~');
}

static void part_marks(const writing *in, writing *out)
{
    for (size_t i = 0; i < in->length; i++) {
        bool alone = stands_alone(in->text[i]);
        if (alone) put(out, ' ');
        put(out, in->text[i]);
        if (alone) put(out, ' ');
    }
}

static void part_behind(const writing *in, writing *out)
{
    for (size_t i = 0; i < in->length; i++) {
        bool apart = i + 1 < in->length && !is_digit(in->text[i]) && is_stop(in->text[i + 1]);
        if (apart) put_apart(out, in->text[i], in->text[i + 1], false);
        if (!apart) put(out, in->text[i]);
        i += apart;
    }
}

static void part_before(const writing *in, writing *out)
{
    for (size_t i = 0; i < in->length; i++) {
        bool apart = i + 1 < in->length && is_stop(in->text[i]) && !is_digit(in->text[i + 1]);
        if (apart) put_apart(out, in->text[i], in->text[i + 1], true);
        if (!apart) put(out, in->text[i]);
        i += apart;
    }
}

static void part_dashes(const writing *in, writing *out)
{
    for (size_t i = 0; i < in->length; i++) {
        bool apart = i + 1 < in->length && is_digit(in->text[i]) && in->text[i + 1] == '-';
        if (apart) put_apart(out, in->text[i], in->text[i + 1], false);
        if (!apart) put(out, in->text[i]);
        i += apart;
    }
}

/* One space between words, none at the ends. */
static void join_blanks(const writing *in, writing *out)
{
    bool blank = false;
    for (size_t at = 0, step; at < in->length; at += step) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)in->text + at, in->length - at, &code);
        step = size > 0 ? (size_t)size : 1;
        bool space = size > 0 && ur_is_space(code);
        if (!space && blank && out->length) put(out, ' ');
        for (size_t i = 0; !space && i < step; i++) put(out, in->text[at + i]);
        blank = space;
    }
}

size_t ur_tokenize_13a(const char *text, size_t length, char *out, char *work)
{
    static void (*const rules[])(const writing *in, writing *out) = {part_marks, part_behind, part_before, part_dashes,
                                                                     join_blanks};
    enum { COUNT = sizeof rules / sizeof *rules };
    writing from = {work, 0}, to = {out, 0};
    read_markup(&from, text, length);
    for (int i = 0; i < COUNT; i++) {
        writing other = from;
        to.length = 0;
        rules[i](&from, &to);
        from = to;
        to = other;
    }
    return from.length; /* the number of rules is odd, so the result is in `out` */
}
