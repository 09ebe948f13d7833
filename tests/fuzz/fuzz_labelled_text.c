/*
 * Any bytes as labelled texts. The first byte chooses the form and the options. A file that opens is read from the end
 * to the beginning: texts are UTF-8 and not blank, the labels are in order, and each label has an example. Written as a
 * CSV file with quotes round every field, it must read the same.
 */
#include "memory_file.h"

#include "base/utf8.h"
#include "data/labelled.h"

#include <stdbool.h>
#include <string.h>

static const char *const FORMS[] = {NULL, "tsv", "csv", "lines", "fasttext", "trees", "files", "tsv"};

typedef struct buffer {
    char *bytes;
    size_t length, room;
} buffer;

static void put(buffer *out, char byte)
{
    if (out->length == out->room) {
        out->room = 2 * out->room + 64;
        out->bytes = realloc(out->bytes, out->room);
        REQUIRE(out->bytes);
    }
    out->bytes[out->length++] = byte;
}

static void put_quoted(buffer *out, const char *text, size_t length, char end)
{
    put(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') put(out, '"');
        put(out, text[i]);
    }
    put(out, '"');
    put(out, end);
}

static bool is_text(const char *text, size_t length)
{
    bool blank = true;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        int step = ur_utf8_decode((const unsigned char *)text + at, length - at, &code);
        if (step <= 0 || !code) return false;
        blank = blank && (code == ' ' || code == '\t' || code == '\r' || code == '\n');
        at += (size_t)step;
    }
    return !blank;
}

static void check_labels(const ur_labelled *set)
{
    size_t labels = ur_labelled_labels(set);
    bool *used = calloc(labels, sizeof *used);
    REQUIRE(used && labels > 1);
    for (size_t i = 0; i < ur_labelled_count(set); i++) {
        REQUIRE(ur_labelled_label(set, i) < labels);
        used[ur_labelled_label(set, i)] = true;
    }
    for (size_t i = 0; i < labels; i++) {
        REQUIRE(used[i]);
        REQUIRE(strlen(ur_labelled_label_text(set, i)) - 1 < UR_LABEL_BYTES);
    }
    free(used);
}

static void require_same(ur_labelled *set, ur_labelled *again)
{
    ur_example a = {0}, b = {0};
    ur_error error;
    size_t count = ur_labelled_count(set);
    REQUIRE(ur_labelled_count(again) == count && ur_labelled_labels(again) == ur_labelled_labels(set));
    for (size_t i = 0; i < count; i++) {
        REQUIRE(ur_labelled_read(set, i, &a, &error) == UR_OK);
        REQUIRE(ur_labelled_read(again, i, &b, &error) == UR_OK);
        REQUIRE(a.length == b.length && memcmp(a.text, b.text, a.length) == 0);
        REQUIRE(ur_labelled_label(again, i) == ur_labelled_label(set, i));
        REQUIRE(ur_labelled_held(again, i) == ur_labelled_held(set, i));
    }
    ur_example_free(&a);
    ur_example_free(&b);
}

/* CR LF within quotes is read as LF, so a text with CR LF would change: *same becomes false. */
static void write_again(ur_labelled *set, buffer *out, bool *same)
{
    ur_example read = {0};
    ur_error error;
    char name[256];
    for (size_t i = ur_labelled_count(set); i-- > 0;) {
        REQUIRE(ur_labelled_read(set, i, &read, &error) == UR_OK);
        REQUIRE(is_text(read.text, read.length) && read.text[read.length] == 0);
    }
    for (size_t i = 0; i < ur_labelled_count(set); i++) {
        const char *label = ur_labelled_label_text(set, ur_labelled_label(set, i));
        REQUIRE(ur_labelled_read(set, i, &read, &error) == UR_OK);
        if (strstr(read.text, "\r\n") || strstr(label, "\r\n")) *same = false;
        put_quoted(out, read.text, read.length, ',');
        put_quoted(out, label, strlen(label), '\n');
    }
    ur_labelled_name(set, 0, name, sizeof name);
    ur_example_free(&read);
}

static void check_set(ur_labelled *set, ur_labelled_options options)
{
    buffer csv = {0};
    bool same = true;
    memory_file file;
    ur_labelled *again;
    ur_error error;
    const char *path = file.path;
    check_labels(set);
    write_again(set, &csv, &same);
    memory_file_open(&file, csv.bytes, csv.length);
    free(csv.bytes);
    options = (ur_labelled_options){.form = "csv",
                                    .header = "no",
                                    .text_column = "1",
                                    .label_column = "2",
                                    .val_fraction = options.phrases ? 0 : options.val_fraction,
                                    .seed = options.seed};
    if (same) {
        REQUIRE(ur_labelled_open(&again, &path, 1, &options, &error) == UR_OK);
        if (options.val_fraction > 0 || !ur_labelled_held(set, 0)) require_same(set, again);
        ur_labelled_close(again);
    }
    memory_file_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    ur_labelled_options options = {.form = FORMS[data[0] & 7], .phrases = data[0] & 8, .seed = data[0]};
    if (data[0] & 16) options.val_fraction = 0.5;
    if (data[0] & 32) options.header = data[0] & 64 ? "yes" : "no";
    if (data[0] & 128) options.label_column = data[0] & 64 ? "label" : "1";
    if (options.phrases) options.val_fraction = 0;
    memory_file file;
    memory_file_open(&file, data + 1, size - 1);
    const char *path = file.path;
    ur_labelled *set;
    ur_error error = {0};
    ur_status status = ur_labelled_open(&set, &path, 1, &options, &error);
    REQUIRE((status == UR_OK) == (set != NULL));
    REQUIRE(status == UR_OK || error.text[0]);
    if (set && !ur_labelled_features(set)) check_set(set, options);
    ur_labelled_close(set);
    memory_file_close(&file);
    return 0;
}
