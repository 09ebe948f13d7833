# Compiler options of every source of the project. Results must have the same bits with every compiler and instruction
# set, so nothing may fuse, reorder or approximate arithmetic: -ffp-contract=off, and never -ffast-math.

add_library(unroll_flags INTERFACE)
target_compile_options(unroll_flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow
    -ffp-contract=off -fno-math-errno
    -ffunction-sections -fdata-sections -fvisibility=hidden
    $<$<CONFIG:Release>:-fno-asynchronous-unwind-tables>) # C throws nothing: saves 24 KB in a program that steps
target_compile_definitions(unroll_flags INTERFACE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)

if(APPLE)
    set(unroll_gc_sections -Wl,-dead_strip)
else()
    set(unroll_gc_sections -Wl,--gc-sections)
endif()

if(UNROLL_SANITIZE)
    add_compile_options(-fsanitize=${UNROLL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -gline-tables-only)
    add_link_options(-fsanitize=${UNROLL_SANITIZE})
    # Unrolling the kernels' loops with a check at each access would take clang most of the build's time.
    add_compile_options("SHELL:-mllvm -pragma-unroll-threshold=1" -Wno-pass-failed)
endif()
if(UNROLL_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(UNROLL_COVERAGE) # threads may lose counts, but never the first one: a line that ran has a count
    add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
    add_link_options(-fprofile-instr-generate)
endif()

# For code of the project itself: the library, the program, the tests.
add_library(unroll_internal INTERFACE)
target_include_directories(unroll_internal INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(unroll_internal INTERFACE UR_VERSION="${PROJECT_VERSION}")
target_link_libraries(unroll_internal INTERFACE unroll_flags PkgConfig::JANSSON Threads::Threads m)
