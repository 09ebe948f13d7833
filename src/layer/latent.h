/*
 * Numbers that are drawn, and what they tell (Kingma & Welling 2014). Of Z numbers a network says 2Z: their means μ, then log σ,
 * which is held within ±UR_LATENT_LOG_MOST.
 *
 *   drawn   z = μ + σ·ε, with ε from N(0, 1)
 *   KL      of N(μ, σ²) from N(0, 1), in nats: Σ ½·(μ² + σ² − 1) − log σ
 */
#ifndef UR_LAYER_LATENT_H
#define UR_LAYER_LATENT_H

#include "tape/tape.h"

enum { UR_LATENT_LOG_MOST = 7 };

/* said (1, B, 2Z), noise ε (B, Z), dense, which stays until the tape has gone back → z (1, B, Z). */
ur_tensor *ur_latent_draw(ur_tape *tape, ur_tensor *said, const real *noise);
/* Σ over all lanes, in double; leaves scale times its gradient. To be called before anything else adds to that of `said`. */
ur_status ur_latent_kl(ur_tape *tape, ur_tensor *said, double scale, double *sum);

/* Fills (lanes, width) with N(0, 1): row b with the numbers from first[b] on of the stream (seed, use). */
void ur_latent_noise(const ur_compute *compute, uint64_t seed, uint32_t use, const uint64_t *first, size_t lanes,
                     size_t width, real *noise);

#endif
