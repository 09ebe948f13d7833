/* Labelled examples for tests, opened from files of temp_text.h. */
#ifndef UR_TESTS_LABELLED_OPEN_H
#define UR_TESTS_LABELLED_OPEN_H

#include "temp_text.h"

#include "data/labelled.h"

static inline ur_labelled *open_all(const char *const *paths, size_t count, const ur_labelled_options *options)
{
    static const ur_labelled_options none;
    ur_labelled *set;
    ur_error error = {0};
    if (ur_labelled_open(&set, paths, count, options ? options : &none, &error) != UR_OK) fail_msg("%s", error.text);
    return set;
}

static inline ur_labelled *open_labelled(const char *path, const ur_labelled_options *options)
{
    return open_all(&path, 1, options);
}

/*
 * Compares every example, written as "label:text" with | between examples and + before one that is set apart. Also
 * compares the texts of the labels.
 */
static inline void check_examples(ur_labelled *set, const char *labels, const char *expected)
{
    char all[4096] = "", names[512] = "";
    ur_example example = {0};
    ur_error error = {0};
    for (size_t i = 0; i < ur_labelled_labels(set); i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? " " : "",
                 ur_labelled_label_text(set, i));
    assert_string_equal(names, labels);
    for (size_t i = 0; i < ur_labelled_count(set); i++) {
        assert_int_equal(ur_labelled_read(set, i, &example, &error), UR_OK);
        assert_int_equal(strlen(example.text), example.length);
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s%s:%s", i ? "|" : "",
                 ur_labelled_held(set, i) ? "+" : "", ur_labelled_label_text(set, ur_labelled_label(set, i)),
                 example.text);
    }
    assert_string_equal(all, expected);
    assert_int_equal(ur_labelled_read(set, ur_labelled_count(set), &example, &error), UR_ERR_USAGE);
    ur_example_free(&example);
}

static inline void check_found(ur_labelled *set, const char *expected)
{
    assert_string_equal(ur_labelled_found(set), expected);
}

/* Opens a set, compares what was found and its examples, and closes it. */
static inline void check_set(const char *path, const ur_labelled_options *options, const char *found,
                             const char *labels, const char *expected)
{
    ur_labelled *set = open_labelled(path, options);
    check_found(set, found);
    check_examples(set, labels, expected);
    ur_labelled_close(set);
}

/* The message must be `expected`, preceded by "FOLDER/" unless it begins with a *. */
static inline void check_refused_all(const temp_text *temp, const char *const *paths, size_t count,
                                     const ur_labelled_options *options, ur_status status, const char *expected)
{
    static const ur_labelled_options none;
    ur_labelled *set;
    ur_error error = {0};
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", temp->folder, expected);
    ur_status got = ur_labelled_open(&set, paths, count, options ? options : &none, &error);
    assert_null(set);
    assert_string_equal(error.text, *expected == '*' ? expected + 1 : full);
    assert_int_equal(got, status);
    assert_int_equal(ur_labelled_open(&set, paths, count, options ? options : &none, NULL), status);
}

static inline void check_refused(const temp_text *temp, const char *path, const ur_labelled_options *options,
                                 ur_status status, const char *expected)
{
    check_refused_all(temp, &path, 1, options, status, expected);
}

static inline void check_name(const temp_text *temp, const ur_labelled *set, size_t example, const char *expected)
{
    char name[600], full[600];
    ur_labelled_name(set, example, name, sizeof name);
    snprintf(full, sizeof full, "%s/%s", temp->folder, expected);
    assert_string_equal(name, full);
}

#endif
