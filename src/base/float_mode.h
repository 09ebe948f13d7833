/*
 * The processor's rounding and denormal modes, which belong to a thread. Audio hosts and others change them. The
 * library computes with IEEE 754's defaults (round to nearest, nothing flushed) and then restores the caller's modes.
 */
#ifndef UR_BASE_FLOAT_MODE_H
#define UR_BASE_FLOAT_MODE_H

#if defined(__x86_64__)
#include <immintrin.h>

typedef unsigned ur_float_mode;

enum { UR_MXCSR_DEFAULT = 0x1f80, UR_MXCSR_FLAGS = 0x3f };

/* Sets the defaults; returns the modes that were set before. */
static inline ur_float_mode ur_float_mode_enter(void)
{
    unsigned now = _mm_getcsr();
    if ((now & ~(unsigned)UR_MXCSR_FLAGS) != UR_MXCSR_DEFAULT) _mm_setcsr(UR_MXCSR_DEFAULT);
    return now;
}

static inline void ur_float_mode_leave(ur_float_mode before)
{
    if ((before & ~(unsigned)UR_MXCSR_FLAGS) != UR_MXCSR_DEFAULT) _mm_setcsr(before);
}

#else
#include <fenv.h>

typedef fenv_t ur_float_mode;

static inline ur_float_mode ur_float_mode_enter(void)
{
    fenv_t now;
    fegetenv(&now);
    fesetenv(FE_DFL_ENV);
    return now;
}

static inline void ur_float_mode_leave(ur_float_mode before) { fesetenv(&before); }

#endif
#endif
