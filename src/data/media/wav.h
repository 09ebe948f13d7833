/* Recordings in WAV files, in memory: PCM of 8, 16, 24 and 32 bits and floats of 32. */
#ifndef UR_DATA_WAV_H
#define UR_DATA_WAV_H

#include "unroll.h"

typedef struct ur_wav {
    uint32_t rate; /* samples a second */
    size_t channels, bits;
    int floats;
    const unsigned char *data; /* frames·channels samples, in the bytes that were given */
    size_t frames;
} ur_wav;

/* Errors do not name the file. */
ur_status ur_wav_look(ur_wav *wav, const unsigned char *bytes, size_t size, ur_error *error);

/* The mean of the channels, from −1 to 1; samples: frames numbers. UR_ERR_NUMERIC for a float that is not finite. */
ur_status ur_wav_mono(const ur_wav *wav, double *samples, ur_error *error);

#endif
