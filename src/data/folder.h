/* Folders of examples: which files are data, and what the place or the name of a file says of its class. */
#ifndef UR_DATA_FOLDER_H
#define UR_DATA_FOLDER_H

#include "data/labelled_body.h"

typedef struct ur_folder_looks {
    char ending[32]; /* ".txt"; that of packed files without ".gz" */
    bool nested;     /* files are in folders below */
} ur_folder_looks;

/* Of the files of the source, found below `root`, keeps those with the ending that most have, and only those in folders
 * where there are such. The rest is named in set->left_out. */
ur_status ur_folder_keep(ur_labelled *set, const char *root, ur_folder_looks *looks, ur_error *error);

/* There are no folders that could be classes: the names of files must say it. */
bool ur_folder_by_name(const ur_labelled *set);
/* The label of a file that is one example: by a pattern, or, NULL, by the folder that it is in. */
ur_status ur_folder_label(const ur_labelled *set, const char *pattern, size_t file, ur_finding *finding,
                          ur_error *error);

bool ur_same_word(const char *text, size_t length, const char *word); /* in capitals or not */

#endif
