/* See golden.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/golden.h"
#include "support/numbers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

golden golden_open(const char *name)
{
    golden g;
    char path[1024];
    ur_error error = {0};
    const char *folder = getenv("UNROLL_GOLDEN");
    snprintf(g.name, sizeof g.name, "%s", name);
    snprintf(path, sizeof path, "%s/%s.safetensors", folder ? folder : "tests/golden", name);
    if (ur_tensor_file_read(&g.file, path, &error) != UR_OK)
        fail_msg("%s (tests/golden/README.md names the script that writes it)", error.text);
    return g;
}

void golden_close(golden *g) { ur_tensor_file_free(&g->file); }

const char *golden_told_or(const golden *g, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(g->file.metadata, key));
    return text ? text : otherwise;
}

const char *golden_told(const golden *g, const char *key)
{
    const char *text = golden_told_or(g, key, NULL);
    if (!text) fail_msg("%s: its metadata has no \"%s\"", g->name, key);
    return text;
}

double golden_number(const golden *g, const char *key, double otherwise)
{
    const char *text = golden_told_or(g, key, NULL);
    return text ? strtod(text, NULL) : otherwise;
}

const ur_tensor_entry *golden_entry(const golden *g, const char *name)
{
    const ur_tensor_entry *entry = ur_tensor_file_find(&g->file, name);
    if (!entry) fail_msg("%s: there is no tensor \"%s\"", g->name, name);
    return entry;
}

bool golden_has(const golden *g, const char *name) { return ur_tensor_file_find(&g->file, name) != NULL; }

real *golden_values(const golden *g, const char *name, size_t *n)
{
    const ur_tensor_entry *entry = golden_entry(g, name);
    assert_int_equal(entry->dtype, UR_F64);
    size_t count = entry->bytes / sizeof(double);
    real *values = zeros(count, sizeof(real));
    for (size_t i = 0; i < count; i++) {
        double x;
        memcpy(&x, (const char *)entry->data + i * sizeof x, sizeof x);
        values[i] = (real)x;
    }
    if (n) *n = count;
    return values;
}

int32_t *golden_ids(const golden *g, const char *name, size_t *n)
{
    const ur_tensor_entry *entry = golden_entry(g, name);
    assert_int_equal(entry->dtype, UR_I64);
    size_t count = entry->bytes / sizeof(int64_t);
    int32_t *ids = zeros(count, sizeof(int32_t));
    for (size_t i = 0; i < count; i++) {
        int64_t x;
        memcpy(&x, (const char *)entry->data + i * sizeof x, sizeof x);
        ids[i] = (int32_t)x;
    }
    if (n) *n = count;
    return ids;
}

void assert_golden(const golden *g, const char *name, const real *got, size_t n)
{
    size_t count;
    real *want = golden_values(g, name, &count);
    char what[192];
    snprintf(what, sizeof what, "%s: %s", g->name, name);
    if (count != n) fail_msg("%s has %zu numbers, not %zu", what, count, n);
    assert_near(what, got, want, n, GOLDEN_LIMIT);
    free(want);
}
