/*
 * Random latent variables and their KL divergence (Kingma & Welling 2014). For Z numbers a network outputs 2Z: first
 * their means μ, then log σ, which is clamped to ±UR_LATENT_LOG_MOST.
 *
 *   drawn   z = μ + σ·ε, with ε from N(0, 1)
 *   KL      of N(μ, σ²) from N(0, 1), in nats: Σ ½·(μ² + σ² − 1) − log σ
 */
#ifndef UR_LAYER_LATENT_H
#define UR_LAYER_LATENT_H

#include "tape/tape.h"

enum { UR_LATENT_LOG_MOST = 7 };

/* said (1, B, 2Z), noise ε (B, Z), dense, must stay until the tape has gone back → z (1, B, Z). */
ur_tensor *ur_latent_draw(ur_tape *tape, ur_tensor *said, const real *noise);
/* Sums over all lanes, in double, and leaves scale times the gradient. To be called before anything else adds to the
 * gradient of `said`. */
ur_status ur_latent_kl(ur_tape *tape, ur_tensor *said, double scale, double *sum);

/* Fills (lanes, width) with N(0, 1). Row b has the numbers of the random stream (seed, use) from first[b] on. */
void ur_latent_noise(const ur_compute *compute, uint64_t seed, uint32_t use, const uint64_t *first, size_t lanes,
                     size_t width, real *noise);

#endif
