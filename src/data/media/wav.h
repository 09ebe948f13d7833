/* Recordings in WAV format, in memory: PCM of 8, 16, 24 and 32 bits, and floats of 32 bits. */
#ifndef UR_DATA_WAV_H
#define UR_DATA_WAV_H

#include "unroll.h"

typedef struct ur_wav {
    uint32_t rate; /* samples per second */
    size_t channels, bits;
    int floats;
    const unsigned char *data; /* frames·channels samples, in the caller's bytes */
    size_t frames;
} ur_wav;

/* Error messages do not name the file. */
ur_status ur_wav_look(ur_wav *wav, const unsigned char *bytes, size_t size, ur_error *error);

/* Writes the mean of the channels to `samples` (frames), scaled to −1 … 1. UR_ERR_NUMERIC for a float
 * that is not finite. */
ur_status ur_wav_mono(const ur_wav *wav, double *samples, ur_error *error);

#endif
