/*
 * Series: which columns are channels and times, what is done about missing values, and the messages about bad tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"
#include "temp_text.h"

#include "data/table/series.h"
#include "unroll_train.h"

#include <math.h>
#include <sys/resource.h>

static ur_series open_series(const char *path, const ur_series_options *options)
{
    static const ur_series_options none;
    ur_series s;
    ur_error error = {0};
    if (ur_series_open(&s, path, options ? options : &none, &error) != UR_OK) fail_msg("%s", error.text);
    return s;
}

/* Compares names, then rows, with NaN written as "-": "a b|1 2|- 4". */
static void check_series(const char *path, const ur_series_options *options, const char *expected)
{
    ur_series s = open_series(path, options);
    char all[1024] = "";
    for (size_t i = 0; i < s.channels; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? " " : "", ur_series_name(&s, i));
    for (size_t i = 0; i < s.rows * s.channels; i++) {
        double value = (double)s.values[i];
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s", i % s.channels ? " " : "|");
        snprintf(all + strlen(all), sizeof all - strlen(all), isnan(value) ? "-" : "%g", value);
    }
    assert_string_equal(all, expected);
    ur_series_close(&s);
}

/* The message must be `expected`, preceded by the folder. */
static void check_refused(temp_text *temp, const char *path, const ur_series_options *options, ur_status status,
                          const char *expected)
{
    static const ur_series_options none;
    ur_series s;
    ur_error error = {0};
    size_t folder = strlen(temp->folder) + 1;
    assert_int_equal(ur_series_open(&s, path, options ? options : &none, &error), status);
    if (strlen(error.text) < folder || strcmp(error.text + folder, expected) != 0)
        assert_string_equal(error.text, expected);
    ur_series_close(&s);
}

static void columns_by_looking(void **state)
{
    temp_text *temp = *state;
    check_series(temp_string(temp, "a.csv", "date,load,place,heat\n2020-01-01,1,a,2.5\n2020-01-02,-3,b,4e1\n"), NULL,
                 "load heat|1 2.5|-3 40");
    check_series(temp_string(temp, "b.tsv", "1\t2\n3\t4\n"), NULL, "1 2|1 2|3 4");
    check_series(temp_string(temp, "c.csv", "\xEF\xBB\xBF\"YEAR\";\"SUN, all\"\r\n1700;5\r\n1701;11.25"), NULL,
                 "SUN, all|5|11.25");
    check_series(temp_string(temp, "d.csv", "year,x\n1700,1\n1701,2\n"), &(ur_series_options){.time_column = "none"},
                 "year x|1700 1|1701 2");
    check_series(temp_string(temp, "e.csv", "7\n8\n"), &(ur_series_options){.header = "yes"}, "7|8");
    static const char *const channels[] = {"b", "1"};
    check_series(temp_string(temp, "f.csv", "a,b,c\n1,2,3\n"),
                 &(ur_series_options){.channels = channels, .channel_count = 2}, "b a|2 1");
}

static void times(void **state)
{
    temp_text *temp = *state;
    char text[UR_DATE_TEXT];
    ur_series s = open_series(
        temp_string(temp, "t.csv", "when,x\n2020-02-28 23:00,1\n2020-02-28 23:30,2\n2020-02-29 00:00,3\n"), NULL);
    assert_int_equal(s.step, 1800);
    assert_int_equal(s.months, 0);
    assert_true(ur_series_time(&s, 3, text));
    assert_string_equal(text, "2020-02-29 01:30");
    assert_string_equal(s.found, "3 rows, 1 channel, times in 'when'");
    ur_series_close(&s);
    s = open_series(temp_string(temp, "m.csv", "Month,x\n1949-11,1\n1949-12,2\n1950-01,3\n"), NULL);
    assert_int_equal(s.months, 1);
    assert_true(ur_series_time(&s, 2, text));
    assert_string_equal(text, "1950-03");
    ur_series_close(&s);
    s = open_series(temp_string(temp, "n.csv", "x\n1\n2\n"), NULL);
    assert_false(ur_series_time(&s, 1, text));
    ur_series_close(&s);
}

static void missing_values(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_string(temp, "m.csv", "a,b\n,1\n2,NaN\n3,null\n?,7\n6,NA\n");
    check_refused(temp, path, NULL, UR_ERR_DATA,
                  "m.csv: line 2: column 'a': no value; `missing` forward or linear fills it, mask leaves it out");
    check_series(path, &(ur_series_options){.missing = UR_MISSING_FORWARD}, "a b|2 1|2 1|3 1|3 7|6 7");
    check_series(path, &(ur_series_options){.missing = UR_MISSING_LINEAR}, "a b|2 1|2 3|3 5|4.5 7|6 7");
    check_series(path, &(ur_series_options){.missing = UR_MISSING_MASK}, "a b|- 1|2 -|3 -|- 7|6 -");
    static const char *const channels[] = {"a", "b"};
    ur_series_options both = {.channels = channels, .channel_count = 2, .missing = UR_MISSING_LINEAR};
    path = temp_string(temp, "n.csv", "a,b\n1,\n2,NA\n");
    check_refused(temp, path, &both, UR_ERR_DATA,
                  "n.csv: column 'b' has no values, so the missing ones cannot be filled");
    both.missing = UR_MISSING_MASK;
    check_series(path, &both, "a b|1 -|2 -");
}

static void bad_tables(void **state)
{
    temp_text *temp = *state;
    static const char *const channels[] = {"c"}, *const twice[] = {"a", "a"};
    const char *path = temp_string(temp, "w.csv", "a,b\n1,2\n3,4,5\n");
    check_refused(temp, path, NULL, UR_ERR_DATA, "w.csv: line 3: 3 columns, where the first row has 2");
    check_refused(temp, path, &(ur_series_options){.channels = channels, .channel_count = 1}, UR_ERR_USAGE,
                  "w.csv: channel 'c': there is no such column; the columns are: a, b");
    check_refused(temp, path, &(ur_series_options){.time_column = "when"}, UR_ERR_USAGE,
                  "w.csv: time column 'when': there is no such column; the columns are: a, b");
    check_refused(temp, path, &(ur_series_options){.channels = twice, .channel_count = 2}, UR_ERR_USAGE,
                  "channel 'a' is named twice");
    check_refused(temp, path, &(ur_series_options){.channels = twice, .channel_count = 1, .time_column = "a"},
                  UR_ERR_USAGE, "'a' is the time column; it cannot be a channel as well");
    check_refused(temp, temp_string(temp, "n.csv", "a,b\n1,2\n3,x4\n5,6\n"), NULL, UR_ERR_DATA,
                  "n.csv: line 3: column 'b': 'x4' is no number");
    check_refused(temp, temp_string(temp, "i.csv", "a\n1\ninf\n5\n6\n"), NULL, UR_ERR_DATA,
                  "i.csv: line 3: column 'a': 'inf' is no number");
    check_refused(temp, temp_string(temp, "e.csv", ""), NULL, UR_ERR_DATA, "e.csv: no rows in it");
    check_refused(temp, temp_string(temp, "t.csv", "a,b\nx,y\n"), NULL, UR_ERR_DATA,
                  "t.csv: no column of numbers in it");
    check_refused(temp, temp_string(temp, "q.csv", "a,b\n1,\"2\"3\n"),
                  &(ur_series_options){.channels = twice, .channel_count = 1}, UR_ERR_FORMAT,
                  "q.csv: line 2: a quote is not closed at the end of its field; write a quote inside a field twice");
}

static void bad_times(void **state)
{
    temp_text *temp = *state;
    check_refused(
        temp, temp_string(temp, "o.csv", "date,a\n2020-01-02,1\n2020-01-01,2\n"), NULL, UR_ERR_DATA,
        "o.csv: line 3: column 'date': the time 2020-01-01 is not after 2020-01-02, the time of the row before; "
        "sort the rows, or name another `time-column` (or none)");
    check_refused(temp, temp_string(temp, "d.csv", "date,a\n1,1\n2,2\n"), &(ur_series_options){.time_column = "date"},
                  UR_ERR_DATA,
                  "d.csv: line 2: column 'date': '1' is no time such as 2026-01-31, 2026-01-31 13:45:00, 2026-01 or "
                  "2026; with `time-column` none no times are read");
}

static void row_by_row(void **state)
{
    (void)state;
    static const char *const channels[] = {"b"}, *const rows[] = {"time;a;b", "2020-01-01;1;2", "", "2020-01-02;3;"};
    ur_series s;
    ur_error error;
    ur_series_begin(
        &s, &(ur_series_options){
                .channels = channels, .channel_count = 1, .time_column = "time", .missing = UR_MISSING_FORWARD});
    for (size_t i = 0; i < 4; i++) assert_int_equal(ur_series_add(&s, rows[i], strlen(rows[i]), &error), UR_OK);
    assert_int_equal(ur_series_add(&s, "x", 1, &error), UR_ERR_DATA);
    assert_int_equal(ur_series_end(&s, &error), UR_OK);
    assert_int_equal(s.rows, 2);
    assert_true(s.values[0] == 2 && s.values[1] == 2);
    ur_series_close(&s);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------- */

enum { ROWS = 200000, PADDING = 300 };

static void write_large(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "note,a,b\n");
    for (int i = 0; i < ROWS; i++) fprintf(file, "%0*d,%d.5,%d\n", PADDING, 0, i, -i);
    assert_int_equal(fclose(file), 0);
}

/* 65 MB of rows may take a float per value, twice that while the table grows, and buffers. */
static void little_memory(void **state)
{
    temp_text *temp = *state;
    static const char *const channels[] = {"a", "b"};
    struct rusage before, after;
    const char *path = temp_path(temp, "large.csv");
    write_large(path);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    ur_series s = open_series(path, &(ur_series_options){.channels = channels, .channel_count = 2});
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_int_equal(s.rows, ROWS);
    assert_true(s.values[2 * (ROWS - 1)] == (float)(ROWS - 1 + 0.5) && s.values[2 * ROWS - 1] == -(float)(ROWS - 1));
#ifndef FAILING_MEMORY_ASAN
    assert_in_range(1024 * (after.ru_maxrss - before.ru_maxrss), 0, 8000000);
#endif
    ur_series_close(&s);
    unlink(path);
}

/* The series is the same in memory and in temporary files, and no temporary file is left. */
static void in_files(void **state)
{
    temp_text *temp = *state;
    char table[4000] = "date,a,b\n", folder[600];
    ur_error error;
    for (size_t i = 0, at = strlen(table); i < 100; i++)
        at += (size_t)snprintf(table + at, sizeof table - at, "%zu,%zu,%s\n", 1000 + i, i * i, i % 7 ? "0.5" : "");
    snprintf(folder, sizeof folder, "%s", temp_folder(temp, "tmp"));
    const ur_watcher watcher = {.temporary = folder}, nowhere = {.temporary = "/nowhere"};
    ur_series_options options = {.watcher = &watcher, .missing = UR_MISSING_LINEAR};
    const char *path = temp_string(temp, "t.csv", table);
    ur_series memory = open_series(path, &options);
    options.memory = 100;
    ur_series files = open_series(path, &options);
    assert_int_equal(rmdir(folder), 0);
    assert_true(files.value_room.mapped && files.time_room.mapped && !memory.value_room.mapped);
    assert_true(memory.hash == files.hash && memory.rows == files.rows && memory.step == files.step);
    assert_memory_equal(memory.values, files.values, 2 * memory.rows * sizeof(float));
    assert_memory_equal(memory.times, files.times, memory.rows * sizeof(int64_t));
    ur_series_close(&memory);
    ur_series_close(&files);
    options.watcher = &nowhere;
    assert_int_equal(ur_series_open(&files, path, &options, &error), UR_ERR_IO);
    assert_non_null(strstr(error.text, "/nowhere: cannot make a temporary file: "));
    ur_series_close(&files);
}

#ifdef FAILING_MEMORY_REAL

static void without_memory(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_string(temp, "m.csv", "date,a,b\n2020-01-01,1,2\n2020-01-02,3,\n");
    ur_status status = UR_ERR_MEMORY;
    for (long n = 1; status != UR_OK; n++) {
        ur_series s;
        ur_error error = {0};
        long before = atomic_load(&memory_live);
        memory_arm(n, false);
        status = ur_series_open(&s, path, &(ur_series_options){.missing = UR_MISSING_FORWARD}, &error);
        ur_series_close(&s);
        memory_disarm();
        assert_int_equal(atomic_load(&memory_live), before);
        assert_true(status == UR_OK || status == UR_ERR_MEMORY);
        assert_true(n < 1000);
    }
}

#else
static void without_memory(void **state)
{
    (void)state;
    print_message("skipped: malloc cannot be made to fail in this build\n");
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_looking), cmocka_unit_test(times),     cmocka_unit_test(missing_values),
        cmocka_unit_test(bad_tables),         cmocka_unit_test(bad_times), cmocka_unit_test(row_by_row),
        cmocka_unit_test(little_memory),      cmocka_unit_test(in_files),  cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
