/* Numbers the instruction sets of this build, UR_ISA_portable, UR_ISA_avx2 and so on, in the order of UR_EVERY_ISA. */
#ifndef UR_KERNEL_ISA_LIST_H
#define UR_KERNEL_ISA_LIST_H

#include "kernel/isa.h"

#define UR_ONE_ISA(isa) UR_ISA_##isa,
enum { UR_EVERY_ISA(UR_ONE_ISA) UR_ISA_COUNT };

#endif
