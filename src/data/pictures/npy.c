/* See npy.h. Before the numbers come "\x93NUMPY", the version (1 to 3), the length of the head (2 or 4 bytes) and the
 * head, a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (10, 512), }. */
#include "data/pictures/npy.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/cursor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MOST = 65536, PART = 8192 };

/* ---- The head ---------------------------------------------------------------------------------------------------- */

/* The text after KEY: in the head; NULL if KEY is missing. */
static const char *find_value(const char *head, const char *key)
{
    const char *at = strstr(head, key);
    if (!at) return NULL;
    at += strlen(key);
    at += strspn(at, " ");
    if (*at++ != ':') return NULL;
    return at + strspn(at, " ");
}

static ur_status read_type(ur_npy *n, const char *head, ur_error *error)
{
    const char *type = find_value(head, "'descr'");
    char name[8] = "";
    if (type && *type == '\'') memcpy(name, type + 1, strcspn(type + 1, "'") < 7 ? strcspn(type + 1, "'") : 7);
    n->wide = strcmp(name, "<f8") == 0;
    if (n->wide || strcmp(name, "<f4") == 0) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "values of type %s; save them as little-endian float32 or float64 (<f4, <f8)",
                   *name ? name : "unknown");
}

static ur_status read_order(const char *head, ur_error *error)
{
    const char *order = find_value(head, "'fortran_order'");
    if (order && strncmp(order, "False", 5) == 0) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "stored by columns (Fortran order); save it by rows with np.ascontiguousarray");
}

/* "(10, 512)" or "(10, 49, 512)" */
static ur_status read_shape(ur_npy *n, const char *head, ur_error *error)
{
    const char *at = find_value(head, "'shape'");
    size_t size[3] = {0}, sizes = 0;
    for (bool more = at && *at++ == '('; more && sizes < 4; sizes++) {
        char *end;
        at += strspn(at, " ");
        if (*at < '0' || *at > '9') break;
        unsigned long long value = strtoull(at, &end, 10);
        if (sizes < 3) size[sizes] = value > SIZE_MAX >> 8 ? SIZE_MAX >> 8 : (size_t)value;
        at = end + strspn(end, " ");
        more = *at == ',';
        at += more;
    }
    if (sizes != 2 && sizes != 3)
        return ur_fail(error, UR_ERR_FORMAT, "%zu%s dimensions; features are (N, D) or (N, L, D)", sizes,
                       sizes > 3 ? " or more" : "");
    n->count = size[0];
    n->places = sizes == 3 ? size[1] : 1;
    n->width = size[sizes - 1];
    if (n->count && n->places && n->width) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%zu x %zu x %zu values: it is empty", n->count, n->places, n->width);
}

static ur_status check_length(const ur_npy *n, uint64_t there, ur_error *error)
{
    size_t row, numbers, bytes;
    bool fits = ur_mul_fits(n->places, n->width, &row) && ur_mul_fits(row, n->count, &numbers) &&
                ur_mul_fits(numbers, n->wide ? 8 : 4, &bytes);
    if (fits && bytes == there) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%llu bytes of values; its shape needs %zu%s", (unsigned long long)there,
                   fits ? bytes : SIZE_MAX, fits ? "" : " or more");
}

static ur_status read_length(const unsigned char *bytes, size_t size, size_t *begin, size_t *length, ur_error *error)
{
    if (size < 12 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return ur_fail(error, UR_ERR_FORMAT, "not an .npy file: it does not begin with \\x93NUMPY");
    if (bytes[6] < 1 || bytes[6] > 3)
        return ur_fail(error, UR_ERR_UNSUPPORTED, ".npy version %u; versions 1 to 3 are supported", bytes[6]);
    *begin = bytes[6] == 1 ? 10 : 12;
    *length = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1) *length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (*length <= HEAD_MOST && *begin + *length <= size) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "its header is cut off or has %zu bytes", *length);
}

ur_status ur_npy_look(ur_npy *n, const unsigned char *bytes, size_t size, uint64_t all, size_t *begin, ur_error *error)
{
    size_t length = 0;
    UR_TRY(read_length(bytes, size, begin, &length, error));
    char *head = malloc(length + 1);
    if (!head) return ur_fail_memory(error, "a head");
    memcpy(head, bytes + *begin, length);
    head[length] = 0;
    *begin += length;
    ur_status status = read_type(n, head, error);
    if (status == UR_OK) status = read_order(head, error);
    if (status == UR_OK) status = read_shape(n, head, error);
    free(head);
    return status == UR_OK ? check_length(n, all - *begin, error) : status;
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

void ur_npy_close(ur_npy *n)
{
    if (n) ur_source_close(&n->source);
    free(n);
}

static ur_status hash_numbers(ur_npy *n, ur_error *error)
{
    unsigned char bytes[PART];
    const ur_piece *piece = &n->source.pieces[0];
    uint64_t end = piece->begin + piece->size;
    n->hash = UR_HASH_START;
    for (uint64_t at = piece->begin; at < end;) {
        size_t size = end - at < PART ? (size_t)(end - at) : PART;
        UR_TRY(ur_source_read(&n->source, at, bytes, size, error));
        n->hash = ur_hash_bytes(n->hash, bytes, size);
        at += size;
    }
    return UR_OK;
}

static ur_status read_head(ur_npy *n, ur_error *error)
{
    const ur_piece *piece = &n->source.pieces[0];
    size_t size = piece->size < HEAD_MOST + 12 ? (size_t)piece->size : HEAD_MOST + 12, begin = 0;
    unsigned char *bytes = malloc(size + 1);
    if (!bytes) return ur_fail_memory(error, "a head");
    ur_status status = ur_source_read(&n->source, piece->begin, bytes, size, error);
    if (status == UR_OK) {
        status = ur_npy_look(n, bytes, size, piece->size, &begin, error);
        if (status != UR_OK) ur_fail_in(error, status, ur_source_path(&n->source, 0));
    }
    n->begin = piece->begin + begin;
    free(bytes);
    return status;
}

static ur_status open_file(ur_npy *n, const char *path, const struct ur_watcher *watcher, ur_error *error)
{
    UR_TRY(ur_source_open(&n->source, &path, 1, watcher, error));
    if (n->source.list.count != 1) return ur_fail(error, UR_ERR_USAGE, "%s: give one .npy file", path);
    UR_TRY(ur_source_settle(&n->source, error));
    UR_TRY(read_head(n, error));
    UR_TRY(hash_numbers(n, error));
    n->source.watcher = NULL;
    return UR_OK;
}

ur_status ur_npy_open(ur_npy **npy, const char *path, const struct ur_watcher *watcher, ur_error *error)
{
    ur_npy *n = *npy = calloc(1, sizeof *n);
    if (!n) return ur_fail_memory(error, "an array");
    n->source.temporary = -1;
    ur_status status = open_file(n, path, watcher, error);
    if (status == UR_OK) return UR_OK;
    ur_npy_close(n);
    *npy = NULL;
    return status;
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static uint64_t read_word(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;
    for (size_t i = size; i-- > 0;) word = word << 8 | bytes[i];
    return word;
}

static float read_number(const unsigned char *bytes, bool wide)
{
    uint64_t word = read_word(bytes, wide ? 8 : 4);
    uint32_t narrow = (uint32_t)word;
    double value;
    float single;
    memcpy(&value, &word, sizeof value);
    memcpy(&single, &narrow, sizeof single);
    return wide ? (float)value : single;
}

ur_status ur_npy_read(const ur_npy *n, size_t i, float *values, ur_error *error)
{
    unsigned char bytes[PART];
    size_t number = n->wide ? 8 : 4, left = n->places * n->width;
    for (uint64_t at = n->begin + (uint64_t)i * left * number; left > 0;) {
        size_t some = left < PART / number ? left : PART / number;
        UR_TRY(ur_source_read(&n->source, at, bytes, some * number, error));
        for (size_t k = 0; k < some; k++) {
            *values = read_number(bytes + k * number, n->wide);
            if (!isfinite(*values++))
                return ur_fail(error, UR_ERR_DATA, "%s: row %zu has a value that is not finite",
                               ur_source_path(&n->source, 0), i + 1);
        }
        at += some * number;
        left -= some;
    }
    return UR_OK;
}
