/* See shell_word.h. */
#include "cli/support/shell_word.h"

#include "cli/support/glyphs.h"

#include "base/utf8.h"

#include <string.h>

/* The number of bytes of the character at `text`, or 0 if it acts on the terminal or is not valid UTF-8. */
static size_t showable(const char *text)
{
    uint32_t code = 0;
    int size = ur_utf8_decode((const unsigned char *)text, strlen(text), &code);
    return size > 0 && !ur_cli_acts(code) ? (size_t)size : 0;
}

static bool all_showable(const char *word)
{
    for (size_t size; *word; word += size)
        if (!(size = showable(word))) return false;
    return true;
}

static void print_quoted(FILE *file, const char *word)
{
    putc('\'', file);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", file);
        else
            putc(*word, file);
    putc('\'', file);
}

/* Prints $'…' of bash, zsh, ksh and POSIX 2024, in which any byte can be written as an octal number. */
static void print_escaped(FILE *file, const char *word)
{
    fputs("$'", file);
    while (*word) {
        size_t size = showable(word);
        if (!size)
            fprintf(file, "\\%03o", (unsigned)(unsigned char)*word);
        else if (*word == '\'' || *word == '\\')
            fprintf(file, "\\%c", *word);
        else
            fwrite(word, 1, size, file);
        word += size ? size : 1;
    }
    putc('\'', file);
}

void ur_cli_print_word(FILE *file, const char *word)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@";
    if (*word && !word[strspn(word, plain)])
        fputs(word, file);
    else if (all_showable(word))
        print_quoted(file, word);
    else
        print_escaped(file, word);
}

void ur_cli_print_path(FILE *file, const char *path)
{
    if (path[0] == '-' && path[1]) fputs("./", file);
    ur_cli_print_word(file, path);
}
