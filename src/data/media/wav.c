/* See wav.h. RIFF is "RIFF", a length, "WAVE", then chunks: a name, a length and that many bytes, padded to an even
 * number. Lengths have 32 bits, the lowest byte first. */
#include "data/media/wav.h"

#include "base/error.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { PCM = 1, FLOATS = 3, EXTENSIBLE = 0xFFFE, CHANNELS_MOST = 64, RATE_LEAST = 1000, RATE_MOST = 768000 };

static uint32_t read_number(const unsigned char *bytes, size_t count)
{
    uint32_t number = 0;
    for (size_t i = count; i > 0; i--) number = number << 8 | bytes[i - 1];
    return number;
}

static ur_status take_format(ur_wav *wav, const unsigned char *chunk, size_t size, ur_error *error)
{
    if (size < 16) return ur_fail(error, UR_ERR_FORMAT, "a damaged WAV file: its format chunk has %zu bytes", size);
    uint32_t tag = read_number(chunk, 2);
    if (tag == EXTENSIBLE && size >= 26) tag = read_number(chunk + 24, 2);
    wav->channels = read_number(chunk + 2, 2);
    wav->rate = read_number(chunk + 4, 4);
    wav->bits = read_number(chunk + 14, 2);
    wav->floats = tag == FLOATS;
    bool pcm = tag == PCM && (wav->bits == 8 || wav->bits == 16 || wav->bits == 24 || wav->bits == 32);
    if (!pcm && !(wav->floats && wav->bits == 32))
        return ur_fail(error, UR_ERR_UNSUPPORTED,
                       "samples of type %u with %zu bits; supported are PCM of 8, 16, 24 or 32 bits and 32-bit floats",
                       tag, wav->bits);
    if (wav->channels < 1 || wav->channels > CHANNELS_MOST)
        return ur_fail(error, UR_ERR_FORMAT, "%zu channels; 1 to %d are supported", wav->channels, CHANNELS_MOST);
    if (wav->rate < RATE_LEAST || wav->rate > RATE_MOST)
        return ur_fail(error, UR_ERR_FORMAT, "%u samples per second; %d to %d are supported", wav->rate, RATE_LEAST,
                       RATE_MOST);
    return UR_OK;
}

static ur_status take_data(ur_wav *wav, const unsigned char *chunk, uint32_t told, size_t there, ur_error *error)
{
    if (told == UINT32_MAX) told = (uint32_t)there; /* written to a pipe: the sound goes to the end */
    if (told > there)
        return ur_fail(error, UR_ERR_FORMAT, "a WAV file that was cut off: %u bytes of sound announced, %zu there",
                       told, there);
    wav->data = chunk;
    wav->frames = told / (wav->channels * wav->bits / 8);
    return UR_OK;
}

ur_status ur_wav_look(ur_wav *wav, const unsigned char *bytes, size_t size, ur_error *error)
{
    *wav = (ur_wav){0};
    if (size < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
        return ur_fail(error, UR_ERR_FORMAT, "not a WAV file");
    for (size_t at = 12; at + 8 <= size;) {
        const unsigned char *chunk = bytes + at + 8;
        uint32_t told = read_number(bytes + at + 4, 4);
        size_t there = size - at - 8, length = told < there ? told : there;
        if (memcmp(bytes + at, "fmt ", 4) == 0) UR_TRY(take_format(wav, chunk, length, error));
        if (memcmp(bytes + at, "data", 4) == 0) {
            if (!wav->rate)
                return ur_fail(error, UR_ERR_FORMAT, "a damaged WAV file: no format chunk before the sound");
            return take_data(wav, chunk, told, there, error);
        }
        at += 8 + length + (length & 1);
    }
    return ur_fail(error, UR_ERR_FORMAT, "a WAV file without sound");
}

static double read_sample(const ur_wav *wav, const unsigned char *bytes)
{
    uint32_t number = read_number(bytes, wav->bits / 8);
    float value;
    if (wav->floats) {
        memcpy(&value, &number, sizeof value);
        return (double)value;
    }
    if (wav->bits == 8) return ((double)number - 128) / 128;
    int64_t sign = INT64_C(1) << (wav->bits - 1), wide = (int64_t)number;
    return (double)(wide >= sign ? wide - 2 * sign : wide) / (double)sign;
}

ur_status ur_wav_mono(const ur_wav *wav, double *samples, ur_error *error)
{
    size_t width = wav->bits / 8;
    for (size_t i = 0; i < wav->frames; i++) {
        double sum = 0;
        for (size_t c = 0; c < wav->channels; c++) sum += read_sample(wav, wav->data + (i * wav->channels + c) * width);
        samples[i] = sum / (double)wav->channels;
        if (!isfinite(samples[i])) return ur_fail(error, UR_ERR_NUMERIC, "sample %zu is not a finite number", i);
    }
    return UR_OK;
}
