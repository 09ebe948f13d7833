/*
 * A report as one HTML file: nothing is fetched, light and dark as the reader has it, readable in grey. Figures are
 * written to `out` (chart.h, shade.h); tables are plain <table>s. The file lets no script run and nothing load, so that
 * what moves must be SMIL or CSS.
 */
#ifndef UR_CLI_PAGE_H
#define UR_CLI_PAGE_H

#include "unroll.h"

#include <stdbool.h>
#include <stdio.h>

/* In memory until it is saved. */
typedef struct ur_cli_page {
    FILE *out;
    char *text;
    size_t size;
    bool failed; /* a note was lost for want of memory */
} ur_cli_page;

ur_status ur_cli_page_begin(ur_cli_page *page, const char *title, ur_error *error);
void ur_cli_page_heading(ur_cli_page *page, const char *text);
/* A paragraph; it is escaped after it was formatted. */
void ur_cli_page_note(ur_cli_page *page, const char *format, ...) UR_PRINTF(2, 3);

/* Writes the file whole or not at all, and frees the page either way. */
ur_status ur_cli_page_save(ur_cli_page *page, const char *path, bool overwrite, ur_error *error);
/* Frees a page that is not saved; one that was saved or never begun (zeroed) is left alone. */
void ur_cli_page_drop(ur_cli_page *page);

/* Any bytes as the text of an element or of a quoted attribute: & < > " ' as entities; what would act instead of being
 * seen (control characters, bidirectional controls, bytes that are not UTF-8) as a visible mark. */
void ur_cli_html_text(FILE *file, const char *text, size_t length);

/* The style sheet of every page. */
void ur_cli_page_style(FILE *file);

#endif
