/*
 * A session as bytes: a header of fixed size, then the numbers of each layer (h, then c if there is one), in this
 * machine's format (docs/file-format.md). The numbers are read and written one layer at a time and never as the raw
 * memory of a state, so that no file, whatever it contains, can put anything but numbers into a state.
 */
#include "base/error.h"
#include "base/file.h"
#include "data/cursor.h"
#include "generate/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 2, ORDER = 0x01020304 };
static const char MAGIC[8] = "URSTATE";

typedef struct header {
    char magic[8];
    uint32_t version, order;       /* order: the number ORDER in this machine's byte order */
    uint64_t fingerprint, weights; /* hashes of the model's structure and of its weights */
    uint64_t size, check;          /* number of bytes after the header; hash of all bytes, with this field as 0 */
    uint64_t draw, seed;
    int32_t waiting;
    uint32_t begun_count;
    unsigned char begun[8]; /* an incomplete character */
} header;

_Static_assert(sizeof(header) == 80, "no gaps");

static uint64_t hash(uint64_t value, const void *bytes, size_t size) { return ur_hash_bytes(value, bytes, size); }

/* A hash of all that a state must fit: the network line, the numbers of parameters and tokens, the size of a number. */
static uint64_t fingerprint(const ur_model *model)
{
    uint64_t sizes[] = {ur_model_parameters(model), ur_model_tokens(model), sizeof(ur_real)};
    const char *net = ur_model_net(model);
    return hash(hash(UR_HASH_START, net, strlen(net)), sizes, sizeof sizes);
}

/* A hash of the weights, because the same network with other weights would continue with nonsense. Computed once per
 * session. */
static uint64_t weights_hash(ur_session *s)
{
    if (s->hashed) return s->weights;
    s->weights = UR_HASH_START;
    for (size_t i = 0; i < s->model->param_count; i++) {
        const ur_param *p = &s->model->params[i];
        s->weights = hash(s->weights, p->value, p->size * sizeof *p->value);
    }
    s->hashed = true;
    return s->weights;
}

/* Calls `visit` with the numbers of each layer. Returns their number of bytes. */
typedef void visit_values(void *context, ur_real *values, size_t count);

static size_t visit_state(const ur_model *model, ur_state *state, visit_values *visit, void *context)
{
    size_t bytes = 0;
    for (size_t layer = 0;; layer++)
        for (int which = 0; which < 2; which++) {
            size_t width = 0;
            ur_real *values = ur_state_values(model, state, layer, which, 0, &width);
            if (!values && which == 0) return bytes;
            if (!values) continue;
            if (visit) visit(context, values, width);
            bytes += width * sizeof *values;
        }
}

static size_t body_size(const ur_session *s) { return visit_state(s->model, s->state, NULL, NULL); }

size_t ur_session_size(const ur_session *s) { return sizeof(header) + body_size(s); }

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

typedef struct writing {
    unsigned char *next;
    bool finite;
} writing;

static void visit_write(void *context, ur_real *values, size_t count)
{
    writing *w = context;
    memcpy(w->next, values, count * sizeof *values);
    w->next += count * sizeof *values;
    for (size_t i = 0; i < count; i++) w->finite = w->finite && isfinite(values[i]);
}

static header make_header(ur_session *s)
{
    header head = {.version = VERSION,
                   .order = ORDER,
                   .fingerprint = fingerprint(s->model),
                   .weights = weights_hash(s),
                   .size = body_size(s),
                   .draw = s->draw,
                   .seed = s->how.seed,
                   .waiting = s->waiting,
                   .begun_count = (uint32_t)s->begun.count};
    memcpy(head.magic, MAGIC, sizeof head.magic);
    memcpy(head.begun, s->begun.bytes, s->begun.count);
    return head;
}

ur_status ur_session_save_memory(ur_session *s, void *bytes, size_t size, ur_error *error)
{
    writing w = {(unsigned char *)bytes + sizeof(header), true};
    if (size != ur_session_size(s))
        return ur_fail(error, UR_ERR_USAGE, "a session of this model takes %zu bytes, not %zu", ur_session_size(s),
                       size);
    UR_TRY(ur_session_read_end(s, error));
    visit_state(s->model, ur_session_rest(s), visit_write, &w);
    if (!w.finite || s->broken)
        return ur_fail(error, UR_ERR_NUMERIC, "the state of \"%s\" is not finite after %llu tokens; it cannot be saved",
                       ur_model_net(s->model), (unsigned long long)s->steps);
    header head = make_header(s);
    memcpy(bytes, &head, sizeof head);
    head.check = hash(UR_HASH_START, bytes, size);
    memcpy(bytes, &head, sizeof head);
    return UR_OK;
}

static ur_status write_file(const char *path, const void *bytes, size_t size, ur_error *error)
{
    ur_writer writer;
    UR_TRY(ur_writer_open(&writer, path, error));
    UR_TRY(ur_writer_add(&writer, bytes, size, error));
    return ur_writer_commit(&writer, error);
}

ur_status ur_session_save(ur_session *s, const char *path, ur_error *error)
{
    size_t size = ur_session_size(s);
    void *bytes = malloc(size);
    if (!bytes) return ur_fail_memory(error, "the state");
    ur_status status = ur_session_save_memory(s, bytes, size, error);
    if (status == UR_OK) status = write_file(path, bytes, size, error);
    free(bytes);
    return status;
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

static void visit_read(void *context, ur_real *values, size_t count)
{
    const unsigned char **next = context;
    memcpy(values, *next, count * sizeof *values);
    *next += count * sizeof *values;
}

static ur_status check_header(ur_session *s, const header *head, ur_error *error)
{
    if (memcmp(head->magic, MAGIC, sizeof MAGIC) != 0) return ur_fail(error, UR_ERR_FORMAT, "not a state file");
    if (head->order != ORDER) return ur_fail(error, UR_ERR_FORMAT, "written on a machine with another byte order");
    if (head->version != VERSION)
        return ur_fail(error, UR_ERR_FORMAT, "a state file of version %u; this program reads version %d", head->version,
                       VERSION);
    if (head->fingerprint != fingerprint(s->model))
        return ur_fail(error, UR_ERR_DATA, "a state of another model; this model is %s", ur_model_net(s->model));
    if (head->weights != weights_hash(s))
        return ur_fail(error, UR_ERR_DATA,
                       "a state of the same network with other weights; use the model that made it");
    return UR_OK;
}

static bool all_finite(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i + sizeof(ur_real) <= size; i += sizeof(ur_real)) {
        ur_real value;
        memcpy(&value, bytes + i, sizeof value);
        if (!isfinite(value)) return false;
    }
    return true;
}

static ur_status check_body(const ur_session *s, const header *head, const unsigned char *body, size_t there,
                            ur_error *error)
{
    size_t wanted = body_size(s);
    if (head->size != wanted || there != wanted)
        return ur_fail(error, UR_ERR_FORMAT, "has %zu bytes of state instead of %zu; it was cut off or extended", there,
                       wanted);
    header zeroed = *head;
    zeroed.check = 0;
    bool sound = hash(hash(UR_HASH_START, &zeroed, sizeof zeroed), body, there) == head->check && head->waiting >= -1 &&
                 head->waiting < (int64_t)s->outputs && head->begun_count < sizeof s->begun.bytes;
    if (!sound) return ur_fail(error, UR_ERR_FORMAT, "damaged: its checksum does not match");
    if (!all_finite(body, there)) return ur_fail(error, UR_ERR_FORMAT, "damaged: holds a number that is not finite");
    return UR_OK;
}

static void take(ur_session *s, const header *head, const unsigned char *body)
{
    ur_session_reset(s);
    visit_state(s->model, s->state, visit_read, &body);
    s->waiting = head->waiting;
    s->draw = head->draw;
    s->how.seed = head->seed;
    s->begun.count = head->begun_count;
    memcpy(s->begun.bytes, head->begun, sizeof s->begun.bytes);
}

ur_status ur_session_load_memory(ur_session *s, const void *bytes, size_t size, ur_error *error)
{
    header head;
    if (size < sizeof head) return ur_fail(error, UR_ERR_FORMAT, "not a state file");
    const unsigned char *body = (const unsigned char *)bytes + sizeof head;
    memcpy(&head, bytes, sizeof head);
    UR_TRY(check_header(s, &head, error));
    UR_TRY(check_body(s, &head, body, size - sizeof head, error));
    take(s, &head, body);
    return UR_OK;
}

ur_status ur_session_load(ur_session *s, const char *path, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    ur_status status = ur_session_load_memory(s, bytes.data, bytes.size, error);
    if (status != UR_OK) ur_fail_in(error, status, path);
    ur_bytes_free(&bytes);
    return status;
}
