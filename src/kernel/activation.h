/* The activation functions, as numbers. */
#ifndef UR_KERNEL_ACTIVATION_H
#define UR_KERNEL_ACTIVATION_H

typedef enum ur_activation { UR_LINEAR, UR_TANH, UR_RELU, UR_SIGMOID } ur_activation;

#endif
