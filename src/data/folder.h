/* Folders of examples: which files are data, and which class follows from the path or name of a file. */
#ifndef UR_DATA_FOLDER_H
#define UR_DATA_FOLDER_H

#include "data/labelled_body.h"

typedef struct ur_folder_looks {
    char ending[32]; /* such as ".txt"; for compressed files without ".gz" */
    bool nested;     /* the files are in subfolders */
} ur_folder_looks;

/* From the source's files below `root`, keeps those with the most frequent ending; if there are files in subfolders,
 * only those. set->left_out names the other files. */
ur_status ur_folder_keep(ur_labelled *set, const char *root, ur_folder_looks *looks, ur_error *error);

/* True if no folders could be classes, so that the file names must give the class. */
bool ur_folder_by_name(const ur_labelled *set);
/* The label of a file that is one example: from `pattern` or, if that is NULL, from the folder that
 * contains the file. */
ur_status ur_folder_label(const ur_labelled *set, const char *pattern, size_t file, ur_finding *finding,
                          ur_error *error);

bool ur_same_word(const char *text, size_t length, const char *word); /* ignores case */

#endif
