/*
 * Any bytes as a table of pairs, and pieces learned from its texts. The first byte chooses the options. Texts of a
 * table that opens are UTF-8 and do not end in a blank. Each is cut into pieces and joined again.
 */
#include "memory_file.h"

#include "base/utf8.h"
#include "data/table/pairs.h"
#include "data/tokens.h"
#include "unroll_train.h"

#include <string.h>

static void check_text(const ur_vocabulary *v, ur_field text)
{
    ur_ids ids = {0};
    ur_written written = {0};
    ur_error error;
    REQUIRE(ur_utf8_valid(text.text, text.length));
    REQUIRE(!text.length || text.text[text.length - 1] != ' ');
    REQUIRE(ur_tokens_read(v, text.text, text.length, &ids, &error) == UR_OK);
    REQUIRE(ur_tokens_write(v, ids.id, ids.count, &written, &error) == UR_OK);
    REQUIRE(written.length == text.length && memcmp(written.text, text.text, text.length) == 0);
    ur_ids_free(&ids);
    ur_written_free(&written);
}

static void check_pairs(const ur_pairs *p)
{
    ur_pair pair = {0};
    ur_vocabulary *v = NULL;
    ur_ids room = {0};
    ur_error error;
    for (size_t i = 0; i < ur_pairs_count(p); i++) {
        REQUIRE(ur_pairs_read(p, i, &pair, &error) == UR_OK);
        REQUIRE(ur_tokens_count(&v, "bpe", pair.text[0].text, pair.text[0].length, &room, &error) == UR_OK);
    }
    ur_ids_free(&room);
    REQUIRE(ur_tokens_settle(&v, "bpe", 300, 2, &error) == UR_OK && ur_tokens_fit(v));
    for (size_t i = 0; i < ur_pairs_count(p); i++) {
        REQUIRE(ur_pairs_read(p, i, &pair, &error) == UR_OK);
        for (size_t side = 0; side < UR_PAIR_SIDES; side++) check_text(v, pair.text[side]);
    }
    ur_vocabulary_free(v);
    ur_pair_free(&pair);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    ur_pairs_options options = {.header = data[0] & 1 ? "yes" : NULL};
    if (data[0] & 2) options.column[0] = data[0] & 4 ? "2" : "a";
    if (data[0] & 8) options.column[1] = data[0] & 4 ? "1" : "b";
    options.normal_form = data[0] & 32 && ur_makes_normal_form();
    memory_file file;
    memory_file_open(&file, data + 1, size - 1);
    const char *const paths[2] = {file.path, file.path};
    ur_pairs *p;
    ur_error error = {0};
    ur_status status = ur_pairs_open(&p, paths, data[0] & 16 ? 2 : 1, &options, &error);
    REQUIRE(status == UR_OK || error.text[0]);
    if (status == UR_OK) check_pairs(p);
    ur_pairs_close(p);
    memory_file_close(&file);
    return 0;
}
