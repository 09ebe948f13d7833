/* The table of what only training needs. */
#include "kernel/isa_list.h"
#include "kernel/kernels.h"

#define UR_DECLARE(isa)                                                                                                \
    size_t ur_weight_gradient_scratch_##isa(size_t, size_t);                                                           \
    void ur_weight_gradient_##isa(const ur_weight_gradient *, size_t, size_t, real *);                                 \
    void ur_activate_back_##isa(ur_activation, const real *, const real *, real *, size_t);                            \
    void ur_add_##isa(real *, const real *, size_t);                                                                   \
    void ur_multiply_##isa(real *, const real *, const real *, size_t);                                                \
    void ur_multiply_add_##isa(real *, const real *, const real *, size_t);                                            \
    void ur_add_scaled_##isa(real *, const real *, real, size_t);                                                      \
    real ur_dot_##isa(const real *, const real *, size_t);                                                             \
    real ur_tanh_dot_##isa(const real *, const real *, const real *, size_t);                                          \
    void ur_tanh_dot_back_##isa(const real *, const real *, const real *, real, real *, real *, size_t);               \
    double ur_softmax_loss_##isa(const real *, size_t, int32_t, real, real *);                                         \
    ur_softmax_sum ur_softmax_part_##isa(const real *, size_t);                                                        \
    void ur_softmax_slope_##isa(const real *, size_t, real, real, real *);                                             \
    double ur_sum_squares_##isa(const real *, size_t);                                                                 \
    void ur_sgd_##isa(const ur_update *, size_t);                                                                      \
    void ur_adagrad_##isa(const ur_update *, size_t);                                                                  \
    void ur_rmsprop_##isa(const ur_update *, size_t);                                                                  \
    void ur_adam_##isa(const ur_update *, size_t);                                                                     \
    void ur_average_##isa(real *, const real *, real, size_t);
UR_EVERY_ISA(UR_DECLARE)

#define UR_ROW(isa)                                                                                                    \
    {#isa,                                                                                                             \
     ur_weight_gradient_scratch_##isa,                                                                                 \
     ur_weight_gradient_##isa,                                                                                         \
     ur_activate_back_##isa,                                                                                           \
     ur_add_##isa,                                                                                                     \
     ur_multiply_##isa,                                                                                                \
     ur_multiply_add_##isa,                                                                                            \
     ur_add_scaled_##isa,                                                                                              \
     ur_dot_##isa,                                                                                                     \
     ur_tanh_dot_##isa,                                                                                                \
     ur_tanh_dot_back_##isa,                                                                                           \
     ur_softmax_loss_##isa,                                                                                            \
     ur_softmax_part_##isa,                                                                                            \
     ur_softmax_slope_##isa,                                                                                           \
     ur_sum_squares_##isa,                                                                                             \
     ur_sgd_##isa,                                                                                                     \
     ur_adagrad_##isa,                                                                                                 \
     ur_rmsprop_##isa,                                                                                                 \
     ur_adam_##isa,                                                                                                    \
     ur_average_##isa},

const ur_train_kernels *ur_train_kernels_of(const ur_kernels *kernels)
{
    static const ur_train_kernels table[] = {UR_EVERY_ISA(UR_ROW)};
    return &table[ur_isa_index(kernels)];
}
