/* Unpacks gzip to the end of a source's temporary file. Built in if zlib was found. */
#ifndef UR_DATA_GUNZIP_H
#define UR_DATA_GUNZIP_H

#include "data/source.h"

/* Sets piece->size and piece->kept. UR_ERR_FORMAT if the file is truncated or damaged. */
ur_status ur_gunzip(ur_source *source, const ur_text_file *file, ur_piece *piece, ur_error *error);
bool ur_gunzip_built(void);

#endif
