/* One file per example: the text is the whole file, and its folder or its name gives the class. */
#include "base/utf8.h"
#include "data/cursor.h"
#include "data/folder.h"
#include "data/form.h"
#include "data/table/rows.h"

#include <stdio.h>

/* The text without a byte order mark and without the line ends at its end. */
static ur_field take_text(const ur_example *read, size_t length)
{
    size_t mark = ur_utf8_mark(read->room[0], length);
    ur_field text = {read->room[0] + mark, length - mark};
    while (text.length && (text.text[text.length - 1] == '\n' || text.text[text.length - 1] == '\r')) text.length--;
    return text;
}

static ur_status check_text(const ur_labelled *set, uint64_t place, const ur_example *read, size_t length,
                            ur_error *error)
{
    const unsigned char *bytes = read->room[0];
    uint64_t line = 1;
    size_t begin = 0; /* of the line */
    for (size_t at = 0; at < length;) {
        uint32_t code;
        int step = bytes[at] < 0x80 ? bytes[at] != 0 : ur_utf8_decode(bytes + at, length - at, &code);
        if (step <= 0)
            return ur_labelled_fail(set, place, line, error, UR_ERR_FORMAT, "byte %zu: %s", at - begin + 1,
                                    bytes[at] ? "invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)"
                                              : "a zero byte: the file is not a text");
        at += (size_t)step;
        if (bytes[at - (size_t)step] == '\n') line++, begin = at;
    }
    return UR_OK;
}

static ur_status take_file(ur_labelled *set, const ur_labelled_options *options, size_t file, ur_example *read,
                           ur_error *error)
{
    const ur_piece *piece = &set->source.pieces[file];
    const size_t size = (size_t)piece->size;
    ur_finding finding = {.place = piece->begin, .length = size};
    if (size > UR_EXAMPLE_BYTES) return ur_labelled_add(set, options, &finding, error);
    UR_TRY(ur_labelled_bytes(set, piece->begin, size, read, error));
    UR_TRY(check_text(set, piece->begin, read, size, error));
    ur_field text = take_text(read, size);
    if (ur_is_blank(text.text, text.length))
        return ur_fail(error, UR_ERR_DATA, "%s: an example without text; remove the file",
                       ur_source_path(&set->source, file));
    set->hash = ur_hash_bytes(set->hash, read->room[0], size);
    finding.hash = ur_hash_bytes(UR_HASH_START, (const unsigned char *)text.text, text.length);
    finding.place += (uint64_t)(text.text - (const char *)read->room[0]);
    finding.length = text.length;
    UR_TRY(ur_folder_label(set, options->label_from, file, &finding, error));
    return ur_labelled_add(set, options, &finding, error);
}

static ur_status find_folders(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    ur_example read = {0};
    ur_status status = UR_OK;
    if (ur_folder_by_name(set) && !options->label_from)
        return ur_fail(error, UR_ERR_DATA,
                       "%s: a folder is one class, and at least two are needed; give the folder above it, or a pattern "
                       "that says where a file's name has the label, such as {label}_*.txt",
                       ur_source_path(&set->source, 0));
    for (size_t file = 0; status == UR_OK && file < set->source.list.count; file++)
        status = take_file(set, options, file, &read, error);
    ur_example_free(&read);
    snprintf(set->found, sizeof set->found, "a file an example, %s says its class",
             options->label_from ? "whose name" : "whose folder");
    return status;
}

const ur_form ur_form_folders = {"folders", find_folders, ur_labelled_plain, NULL, false};
