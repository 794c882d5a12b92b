// Compiles the file named by KERNEL_FILE once for each instruction set, without intrinsics.
//
// A kernel's file includes this header, which includes the file again with KERNEL_LEVEL defined:
// 4 (AVX-512), 3 (AVX2 and FMA), 1 (what every machine of the architecture has). Under each,
// LEVEL(name) is the name of the level's function and LANES the floats in one of its registers.
// AT_LEVEL(name) is then the function for the machine at hand.
//
//     #ifndef KERNEL_LEVEL
//     #define KERNEL_FILE "kernels/gemv.c"
//     #include "levels.h"
//     void lacuna_gemv(...) { ... AT_LEVEL(rows)(...) ... }
//     #else
//     static void LEVEL(rows)(...) { ... }
//     #endif
//
// Clang knows targets of functions as an attribute, GCC as a pragma. With
// LACUNA_WIDE_WITHOUT_AVX512 level 4 keeps its 16 lanes but is compiled to AVX2, so that its code
// can be checked on a machine without AVX-512.

#include "lacuna_pool.h"

#define LACUNA_JOIN_AGAIN(name, level) name##_v##level
#define LACUNA_JOIN(name, level) LACUNA_JOIN_AGAIN(name, level)
#define LEVEL(name) LACUNA_JOIN(name, KERNEL_LEVEL)

#if defined(__x86_64__)

#define AT_LEVEL(name) \
  (lacuna_cpu_level() >= 4 ? name##_v4 : lacuna_cpu_level() >= 3 ? name##_v3 : name##_v1)

#define KERNEL_LEVEL 4
#define LANES 16
#if defined(__clang__)
#ifdef LACUNA_WIDE_WITHOUT_AVX512
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#else
#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2"))), \
  apply_to = function)
#endif
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2")
#endif
#include "lanes.h"
#include KERNEL_FILE
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef KERNEL_LEVEL
#undef LANES

#define KERNEL_LEVEL 3
#define LANES 8
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,bmi,bmi2")
#endif
#include "lanes.h"
#include KERNEL_FILE
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef KERNEL_LEVEL
#undef LANES

#else
#define AT_LEVEL(name) name##_v1
#endif

#define KERNEL_LEVEL 1
#define LANES 4
#include "lanes.h"
#include KERNEL_FILE
#undef KERNEL_LEVEL
#undef LANES
