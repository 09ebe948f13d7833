/*
 * The state file: a header of fixed size, then the numbers of each layer (h, then c where there is one), as this
 * machine holds them. The values are read and written one layer at a time and never as the raw memory of a state, so
 * that no file, however made, can put anything else than numbers into one.
 */
#include "state_file.h"

#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 2 };
static const char MAGIC[8] = "URSTATE";

typedef struct header {
    char magic[8];
    uint32_t version, order;       /* order: 0x01020304 as this machine holds it */
    uint64_t fingerprint, weights; /* of the model */
    uint64_t size, check;          /* bytes that follow; hash of all, with this as 0 */
    uint64_t draw, seed;
    int32_t waiting;
    uint32_t held_count;
    unsigned char held[8];
} header;

_Static_assert(sizeof(header) == 80, "no gaps");

static uint64_t hash(uint64_t value, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++) value = (value ^ byte[i]) * 0x100000001b3u; /* FNV-1a */
    return value;
}

static const uint64_t HASH_START = 0xcbf29ce484222325u;

/* Network line, number of parameters and units, size of a number: what makes a state fit. */
static uint64_t fingerprint(const ur_model *model)
{
    uint64_t sizes[] = {ur_model_parameters(model), ur_model_units(model), sizeof(ur_real)};
    const char *net = ur_model_net(model);
    return hash(hash(HASH_START, net, strlen(net)), sizes, sizeof sizes);
}

uint64_t ur_cli_weights_hash(ur_model *model)
{
    uint64_t value = HASH_START;
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) value = hash(value, p.value, p.size * sizeof *p.value);
    return value;
}

/* Calls `visit` with the numbers of each layer; returns how many bytes there are. */
typedef void visit_values(void *context, ur_real *values, size_t count);

static size_t visit_state(const ur_cli_speaker *speaker, visit_values *visit, void *context)
{
    size_t bytes = 0;
    for (size_t layer = 0;; layer++)
        for (int which = 0; which < 2; which++) {
            size_t width = 0;
            ur_real *values = ur_state_values(speaker->model, speaker->state, layer, which, 0, &width);
            if (!values && which == 0) return bytes;
            if (!values) continue;
            visit(context, values, width);
            bytes += width * sizeof *values;
        }
}

static void visit_nothing(void *context, ur_real *values, size_t count)
{
    (void)context;
    (void)values;
    (void)count;
}

static void visit_hash(void *context, ur_real *values, size_t count)
{
    uint64_t *value = context;
    *value = hash(*value, values, count * sizeof *values);
}

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

typedef struct writing {
    ur_writer writer;
    ur_status status;
    ur_error *error;
} writing;

static void visit_write(void *context, ur_real *values, size_t count)
{
    writing *w = context;
    if (w->status == UR_OK) w->status = ur_writer_add(&w->writer, values, count * sizeof *values, w->error);
}

static header make_header(const ur_cli_speaker *speaker, const ur_text_out *out)
{
    header head = {.version = VERSION,
                   .order = 0x01020304,
                   .fingerprint = fingerprint(speaker->model),
                   .weights = speaker->weights,
                   .draw = speaker->draw,
                   .seed = speaker->how.seed,
                   .waiting = speaker->waiting,
                   .held_count = (uint32_t)out->held_count};
    memcpy(head.magic, MAGIC, sizeof head.magic);
    memcpy(head.held, out->held, out->held_count);
    head.size = visit_state(speaker, visit_nothing, NULL);
    uint64_t check = hash(HASH_START, &head, sizeof head);
    visit_state(speaker, visit_hash, &check);
    head.check = check;
    return head;
}

ur_status ur_cli_state_write(const char *path, const ur_cli_speaker *speaker, const ur_text_out *out, ur_error *error)
{
    writing w = {.error = error};
    header head = make_header(speaker, out);
    UR_TRY(ur_writer_open(&w.writer, path, error));
    w.status = ur_writer_add(&w.writer, &head, sizeof head, error);
    visit_state(speaker, visit_write, &w);
    if (w.status == UR_OK) w.status = ur_writer_commit(&w.writer, error);
    if (w.status != UR_OK) ur_writer_abandon(&w.writer);
    return w.status;
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

typedef struct reading {
    const unsigned char *next;
    bool finite;
} reading;

static void visit_read(void *context, ur_real *values, size_t count)
{
    reading *r = context;
    memcpy(values, r->next, count * sizeof *values);
    r->next += count * sizeof *values;
    for (size_t i = 0; i < count; i++) r->finite = r->finite && isfinite(values[i]);
}

static ur_status check_header(const header *head, const char *path, const ur_cli_speaker *speaker, ur_error *error)
{
    if (memcmp(head->magic, MAGIC, sizeof MAGIC) != 0)
        return ur_fail(error, UR_ERR_FORMAT, "%s: not a state file; make one with --state-out", path);
    if (head->order != 0x01020304)
        return ur_fail(error, UR_ERR_FORMAT, "%s: made on a machine of another byte order", path);
    if (head->version != VERSION)
        return ur_fail(error, UR_ERR_FORMAT, "%s: a state file of version %u; this program reads version %d", path,
                       head->version, VERSION);
    if (head->fingerprint != fingerprint(speaker->model))
        return ur_fail(error, UR_ERR_DATA, "%s: a state of another model; this one is %s", path,
                       ur_model_net(speaker->model));
    if (head->weights != speaker->weights)
        return ur_fail(error, UR_ERR_DATA,
                       "%s: a state of other weights of the same network; go on with the model that made it", path);
    return UR_OK;
}

static ur_status check_body(const header *head, const char *path, const ur_cli_speaker *speaker, const ur_bytes *bytes,
                            ur_error *error)
{
    size_t wanted = visit_state(speaker, visit_nothing, NULL), there = bytes->size - sizeof *head;
    if (head->size != wanted || there != wanted)
        return ur_fail(error, UR_ERR_FORMAT, "%s: has %zu bytes of state where %zu belong; it was cut or added to",
                       path, there, wanted);
    header zeroed = *head;
    zeroed.check = 0;
    uint64_t check = hash(hash(HASH_START, &zeroed, sizeof zeroed), bytes->data + sizeof *head, there);
    bool sound = check == head->check && head->waiting >= -1 && head->waiting < (int64_t)speaker->units &&
                 head->held_count < sizeof(((ur_text_out *)0)->held);
    return sound ? UR_OK : ur_fail(error, UR_ERR_FORMAT, "%s: damaged: its check sum is not that of its bytes", path);
}

static ur_status take(const char *path, const ur_bytes *bytes, ur_cli_speaker *speaker, ur_text_out *out,
                      ur_error *error)
{
    header head = {0};
    if (bytes->size < sizeof head)
        return ur_fail(error, UR_ERR_FORMAT, "%s: not a state file; make one with --state-out", path);
    memcpy(&head, bytes->data, sizeof head);
    UR_TRY(check_header(&head, path, speaker, error));
    UR_TRY(check_body(&head, path, speaker, bytes, error));
    reading r = {bytes->data + sizeof head, true};
    visit_state(speaker, visit_read, &r);
    if (!r.finite) return ur_fail(error, UR_ERR_FORMAT, "%s: damaged: holds a number that is not finite", path);
    speaker->waiting = head.waiting;
    speaker->draw = head.draw;
    speaker->how.seed = head.seed;
    out->held_count = head.held_count;
    memcpy(out->held, head.held, sizeof out->held);
    return UR_OK;
}

ur_status ur_cli_state_read(const char *path, ur_cli_speaker *speaker, ur_text_out *out, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    ur_status status = take(path, &bytes, speaker, out, error);
    ur_bytes_free(&bytes);
    return status;
}
