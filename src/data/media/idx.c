/*
 * Pictures and their labels in two idx files: IMAGES of (N, rows, columns) or (N, rows, columns, channels), and LABELS
 * of (N). An idx file is 00 00, the type of its numbers (08: bytes), the number of sizes, each size as 32 bits with the
 * highest byte first, and the numbers row by row. A byte b becomes b/255.
 */
#include "data/cursor.h"
#include "data/form.h"
#include "data/media/idx_head.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

#define WANTED "labels have 1, pictures 3 or 4"

/* Pictures alone, without a file of labels. */
static ur_status read_images(const ur_labelled *set, ur_idx *images, ur_error *error)
{
    if (set->source.list.count != 1)
        return ur_fail(error, UR_ERR_USAGE, "%s: give one idx file of pictures, not %zu files",
                       ur_source_path(&set->source, 0), set->source.list.count);
    UR_TRY(ur_idx_read(&set->source, 0, WANTED, images, error));
    if (images->sizes == 3 || images->sizes == 4) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s has %zu dimensions; pictures have 3 or 4", ur_source_path(&set->source, 0),
                   images->sizes);
}

static ur_status read_headers(const ur_labelled *set, ur_idx *images, ur_idx *labels, ur_error *error)
{
    const ur_source *source = &set->source;
    if (source->list.count != 2)
        return ur_fail(error, UR_ERR_USAGE,
                       "%s: labelled pictures are two idx files, one of pictures and one of labels; here %s %zu",
                       ur_source_path(source, 0), source->list.count == 1 ? "is" : "are", source->list.count);
    UR_TRY(ur_idx_read(&set->source, 0, WANTED, images, error));
    UR_TRY(ur_idx_read(&set->source, 1, WANTED, labels, error));
    if (images->sizes < labels->sizes) {
        ur_idx other = *images;
        *images = *labels;
        *labels = other;
    }
    if (images->sizes < 3 || images->sizes > 4 || labels->sizes != 1)
        return ur_fail(error, UR_ERR_FORMAT, "%s has %zu dimensions and %s has %zu; pictures have 3 or 4, labels 1",
                       ur_source_path(source, images->file), images->sizes, ur_source_name(source, labels->file),
                       labels->sizes);
    if (images->size[0] == labels->size[0]) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %llu pictures, but %llu labels in %s", ur_source_path(source, images->file),
                   (unsigned long long)images->size[0], (unsigned long long)labels->size[0],
                   ur_source_name(source, labels->file));
}

/* The product is checked here again: with 0 pictures, ur_idx_read accepts any sizes. */
static ur_status take_sizes(ur_labelled *set, const ur_idx *images, const ur_labelled_options *options, ur_error *error)
{
    ur_pictures *p = &set->pictures;
    size_t row, all;
    *p = (ur_pictures){(size_t)images->size[1], (size_t)images->size[2],
                       images->sizes == 4 ? (size_t)images->size[3] : 1};
    bool fits = ur_mul_fits(p->columns, p->channels, &row) && ur_mul_fits(row, p->rows, &all);
    if (!fits || all == 0 || all > UR_EXAMPLE_BYTES)
        return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu x %zu; a picture may have 1 to %d values",
                       ur_source_path(&set->source, images->file), p->rows, p->columns, p->channels, UR_EXAMPLE_BYTES);
    if (options->rows &&
        (p->rows != options->rows || p->columns != options->columns || p->channels != options->channels))
        return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu x %zu; the training data have %zu x %zu x %zu",
                       ur_source_path(&set->source, images->file), p->rows, p->columns, p->channels, options->rows,
                       options->columns, options->channels);
    set->features = options->pixels ? p->channels : row;
    return UR_OK;
}

static ur_status take_picture(ur_labelled *set, const ur_labelled_options *options, uint64_t place, size_t size,
                              unsigned char label, ur_example *read, ur_error *error)
{
    char text[8];
    UR_TRY(ur_labelled_bytes(set, place, size, read, error));
    const ur_finding finding = {.place = place,
                                .length = size,
                                .label = text,
                                .label_length = (size_t)snprintf(text, sizeof text, "%u", label),
                                .hash = ur_hash_bytes(UR_HASH_START, read->room[0], size),
                                .line = set->count + 1};
    set->hash = ur_hash_bytes(set->hash, read->room[0], size);
    return ur_labelled_add(set, options, &finding, error);
}

static ur_status take_pictures(ur_labelled *set, const ur_labelled_options *options, const ur_idx *images,
                               const ur_idx *labels, ur_example *read, ur_error *error)
{
    size_t size = set->pictures.rows * set->pictures.columns * set->pictures.channels;
    unsigned char label[4096] = {0};
    for (uint64_t i = 0; i < images->size[0]; i++) {
        uint64_t left = images->size[0] - i;
        size_t ahead = left < sizeof label ? (size_t)left : sizeof label;
        if (i % sizeof label == 0 && !options->unlabelled)
            UR_TRY(ur_source_read(&set->source, labels->begin + i, label, ahead, error));
        UR_TRY(take_picture(set, options, images->begin + i * size, size, label[i % sizeof label], read, error));
    }
    return UR_OK;
}

static ur_status find_pictures(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    ur_idx images, labels;
    ur_example read = {0};
    UR_TRY(options->unlabelled ? read_images(set, &images, error) : read_headers(set, &images, &labels, error));
    UR_TRY(take_sizes(set, &images, options, error));
    ur_status status = take_pictures(set, options, &images, &labels, &read, error);
    ur_example_free(&read);
    snprintf(set->found, sizeof set->found, "pictures of %zu x %zu%s, read by %s", set->pictures.rows,
             set->pictures.columns,
             set->pictures.channels == 1   ? ""
             : set->pictures.channels == 3 ? " in colour"
                                           : " with channels",
             options->pixels ? "pixels" : "rows");
    return status;
}

static ur_status decode_picture(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error)
{
    size_t count = entry->length;
    UR_TRY(ur_labelled_bytes(set, entry->place, count, read, error));
    float *value = ur_example_room(read, 1, count * sizeof *value);
    if (!value) return ur_fail_memory(error, "an example");
    for (size_t i = 0; i < count; i++) value[i] = (float)((const unsigned char *)read->room[0])[i] / 255.0f;
    read->value = value;
    read->features = set->features;
    read->steps = count / set->features;
    return UR_OK;
}

const ur_form ur_form_idx = {"idx", find_pictures, decode_picture, "image", true};
