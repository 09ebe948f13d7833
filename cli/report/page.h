/*
 * A report as one HTML file. It fetches nothing, follows the reader's light or dark mode, and is readable in grey.
 * Figures are written to `out` (chart.h, shade.h); tables are plain <table>s. The file forbids scripts and loading, so
 * animations must be SMIL or CSS.
 */
#ifndef UR_CLI_PAGE_H
#define UR_CLI_PAGE_H

#include "unroll.h"

#include <stdbool.h>
#include <stdio.h>

/* Kept in memory until it is saved. */
typedef struct ur_cli_page {
    FILE *out;
    char *text;
    size_t size;
    bool failed; /* a note was lost because memory was lacking */
} ur_cli_page;

ur_status ur_cli_page_begin(ur_cli_page *page, const char *title, ur_error *error);
void ur_cli_page_heading(ur_cli_page *page, const char *text);
/* Adds a paragraph. The text is escaped after formatting. */
void ur_cli_page_note(ur_cli_page *page, const char *format, ...) UR_PRINTF(2, 3);

/* Writes the file whole or not at all, and frees the page either way. */
ur_status ur_cli_page_save(ur_cli_page *page, const char *path, bool overwrite, ur_error *error);
/* Frees a page without saving it. Does nothing for a page that was saved or never begun (all zeros). */
void ur_cli_page_drop(ur_cli_page *page);

/* Writes any bytes as the text of an element or of a quoted attribute. & < > " ' become entities. Characters that act
 * instead of being seen (control characters, bidirectional controls) and bytes that are not UTF-8 become visible
 * marks. */
void ur_cli_html_text(FILE *file, const char *text, size_t length);

/* Writes the style sheet of every page. */
void ur_cli_page_style(FILE *file);

#endif
