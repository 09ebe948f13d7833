/* The forms of labelled examples, and which form given files have. */
#ifndef UR_DATA_FORM_H
#define UR_DATA_FORM_H

#include "data/labelled_body.h"

extern const ur_form ur_form_tsv, ur_form_csv, ur_form_lines, ur_form_fasttext, ur_form_trees, ur_form_files,
    ur_form_folders, ur_form_wav, ur_form_idx;

/* Sets set->form, from the options or by looking at the files. Removes files that are not data from the
 * source, and settles it. */
ur_status ur_form_find(ur_labelled *set, const char *const *paths, size_t count, const ur_labelled_options *options,
                       ur_error *error);

#endif
