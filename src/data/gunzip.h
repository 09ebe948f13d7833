/* gzip, unpacked behind what the temporary file of a source holds already. Built in where zlib was found. */
#ifndef UR_DATA_GUNZIP_H
#define UR_DATA_GUNZIP_H

#include "data/source.h"

/* Sets piece->size and piece->kept. A cut or damaged file is UR_ERR_FORMAT. */
ur_status ur_gunzip(ur_source *source, const ur_text_file *file, ur_piece *piece, ur_error *error);
bool ur_gunzip_built(void);

#endif
