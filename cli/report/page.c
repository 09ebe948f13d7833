/* A report, built in memory and then written to a file; see page.h. */
#include "cli/report/page.h"

#include "cli/support/new_file.h"

#include "base/error.h"
#include "base/file.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void begin_body(FILE *out, const char *title)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
          "img-src data:\">\n"
          "<title>",
          out);
    ur_cli_html_text(out, title, strlen(title));
    fputs("</title>\n<style>\n", out);
    ur_cli_page_style(out);
    fputs("</style>\n<main>\n<h1>", out);
    ur_cli_html_text(out, title, strlen(title));
    fputs("</h1>\n", out);
}

ur_status ur_cli_page_begin(ur_cli_page *page, const char *title, ur_error *error)
{
    *page = (ur_cli_page){0};
    page->out = open_memstream(&page->text, &page->size);
    if (!page->out) return ur_fail_memory(error, "the report");
    begin_body(page->out, title);
    return UR_OK;
}

void ur_cli_page_heading(ur_cli_page *page, const char *text)
{
    fputs("<h2>", page->out);
    ur_cli_html_text(page->out, text, strlen(text));
    fputs("</h2>\n", page->out);
}

void ur_cli_page_note(ur_cli_page *page, const char *format, ...)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory) {
        va_list values;
        va_start(values, format);
        vfprintf(memory, format, values);
        va_end(values);
    }
    if (memory && fclose(memory) == 0) {
        fputs("<p>", page->out);
        ur_cli_html_text(page->out, text, size);
        fputs("</p>\n", page->out);
    } else {
        page->failed = true;
    }
    free(text);
}

static ur_status write_page(const ur_cli_page *page, const char *path, bool overwrite, ur_error *error)
{
    ur_writer writer;
    UR_TRY(ur_cli_check_new(path, overwrite, error));
    UR_TRY(ur_writer_open(&writer, path, error));
    UR_TRY(ur_writer_add(&writer, page->text, page->size, error));
    return ur_writer_commit(&writer, error);
}

ur_status ur_cli_page_save(ur_cli_page *page, const char *path, bool overwrite, ur_error *error)
{
    fputs("</main>\n</html>\n", page->out);
    bool whole = !ferror(page->out) && !page->failed;
    whole = fclose(page->out) == 0 && whole;
    page->out = NULL;
    ur_status status = whole ? write_page(page, path, overwrite, error) : ur_fail_memory(error, "the report");
    ur_cli_page_drop(page);
    return status;
}

void ur_cli_page_drop(ur_cli_page *page)
{
    if (page->out) fclose(page->out);
    free(page->text);
    *page = (ur_cli_page){0};
}
