/* WAV files and folders of them. What is said, and who says it, is in the file names. */
#include "base/error.h"
#include "base/file.h"
#include "data/folder.h"
#include "data/glob.h"
#include "data/utterances/utterances_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ur_utterances_is_wav(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && ur_same_word(path + length - 4, 4, ".wav");
}

ur_status ur_utterances_pattern(const char *pattern, const char *mark, char plain[UR_PATTERN_MAX], ur_error *error)
{
    char word[32];
    bool labelled;
    snprintf(word, sizeof word, "{%s}", mark);
    const char *at = strstr(pattern, word);
    if (!at || strstr(at + 1, word))
        return ur_fail(error, UR_ERR_USAGE, "the pattern %s: it must have %s exactly once, where the %s is", pattern,
                       word, mark);
    int used = snprintf(plain, UR_PATTERN_MAX, "%.*s{label}%s", (int)(at - pattern), pattern, at + strlen(word));
    if (used >= UR_PATTERN_MAX)
        return ur_fail(error, UR_ERR_USAGE, "a pattern of %zu bytes is too long", strlen(pattern));
    return ur_glob_check(plain, &labelled, error);
}

ur_status ur_utterances_part(const char *path, const char *plain, const char *pattern, ur_field *part, ur_error *error)
{
    const char *slash = strrchr(path, '/');
    if (ur_glob(plain, slash ? slash + 1 : path, &part->text, &part->length)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: its name does not match the pattern %s", path, pattern);
}

typedef struct patterns {
    const ur_utterances_options *options;
    char transcript[UR_PATTERN_MAX], speaker[UR_PATTERN_MAX];
} patterns;

static ur_status find_patterns(patterns *p, const char *path, ur_error *error)
{
    const ur_utterances_options *o = p->options;
    if (o->speaker_from) UR_TRY(ur_utterances_pattern(o->speaker_from, "speaker", p->speaker, error));
    if (o->unlabelled) return UR_OK;
    if (o->transcript_from) return ur_utterances_pattern(o->transcript_from, "transcript", p->transcript, error);
    return ur_fail(error, UR_ERR_USAGE,
                   "%s: the transcripts are missing; give a table of files and transcripts, or say where the file "
                   "names have them, such as `transcript-from` {transcript}_*.wav",
                   path);
}

static ur_status name_file(ur_utterances *set, const patterns *p, const char *path, ur_error *error)
{
    ur_field text = {"", 0}, speaker = {"", 0};
    if (!p->options->unlabelled)
        UR_TRY(ur_utterances_part(path, p->transcript, p->options->transcript_from, &text, error));
    if (p->options->speaker_from)
        UR_TRY(ur_utterances_part(path, p->speaker, p->options->speaker_from, &speaker, error));
    char *own = strdup(path);
    return own ? ur_utterances_name(set, own, text, speaker, error) : ur_fail_memory(error, "the list of recordings");
}

static ur_status name_all(ur_utterances *set, const patterns *p, const ur_file_list *list, ur_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        bool wav = ur_utterances_is_wav(list->files[i].path);
        set->left_out += !wav;
        if (wav) UR_TRY(name_file(set, p, list->files[i].path, error));
    }
    return UR_OK;
}

ur_status ur_utterances_name_files(ur_utterances *set, const char *const *paths, size_t count,
                                   const ur_utterances_options *options, ur_error *error)
{
    ur_source source;
    patterns p = {.options = options};
    UR_TRY(find_patterns(&p, paths[0], error));
    ur_status status = ur_source_open(&source, paths, count, options->watcher, error);
    if (status == UR_OK) status = name_all(set, &p, &source.list, error);
    ur_source_close(&source);
    if (status != UR_OK || set->named_count) return status;
    return ur_fail(error, UR_ERR_DATA, "%s: %s", paths[0],
                   ur_path_is_folder(paths[0]) ? "no recordings (WAV files) in it"
                                               : "not a recording: its name does not end in .wav");
}
