/*
 * Files in kernel/body and the cells are compiled once for each instruction set, with UR_ISA set to its name:
 * UR_ISA_NAME(ur_product) is then ur_product_avx2, and so on.
 */
#ifndef UR_KERNEL_ISA_H
#define UR_KERNEL_ISA_H

#define UR_JOIN_(a, b)      a##_##b
#define UR_JOIN(a, b)       UR_JOIN_(a, b)
#define UR_ISA_NAME(symbol) UR_JOIN(symbol, UR_ISA)

/* The instruction sets of this build, the best last. "portable" is always one of them. */
#ifdef UR_HAVE_AVX2
#define UR_IF_AVX2(X) X(avx2)
#else
#define UR_IF_AVX2(X)
#endif
#ifdef UR_HAVE_AVX512
#define UR_IF_AVX512(X) X(avx512)
#else
#define UR_IF_AVX512(X)
#endif
#ifdef UR_HAVE_NEON
#define UR_IF_NEON(X) X(neon)
#else
#define UR_IF_NEON(X)
#endif
#define UR_EVERY_ISA(X) X(portable) UR_IF_AVX2(X) UR_IF_AVX512(X) UR_IF_NEON(X)

#endif
