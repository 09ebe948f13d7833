# The sources, and the instruction sets for which the kernels' bodies and the cells' gate functions are compiled.

file(GLOB_RECURSE library_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.c)
file(GLOB isa_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/kernel/body/*.c ${PROJECT_SOURCE_DIR}/src/cell/*.c)
list(FILTER isa_sources EXCLUDE REGEX "/src/cell/registry[^/]*\\.c$") # the lists of cells serve all instruction sets
list(REMOVE_ITEM library_sources ${isa_sources})
if(NOT UNROLL_TASKS)
    list(FILTER library_sources EXCLUDE REGEX "/src/(task|inspect|generate|data/[a-z]+)/")
endif()

# Code that runs once per model and not once per step is compiled for size: a program that steps may have 200 KB.
file(GLOB once_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/net/*.c ${PROJECT_SOURCE_DIR}/src/format/*_read.c
    ${PROJECT_SOURCE_DIR}/src/model/build.c)
set_source_files_properties(${once_sources} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-Os>)

# The kernel bodies state themselves what is unrolled: -O3 would add 5 KB and no speed to the vector sets. The portable
# set, in plain C, is compiled with -Os except for the products, which take most of the time. With -O2 for all of it, a
# program that steps would be 40 KB larger, and its limit is 200 KB.
set(isa_flags_avx2 -O2 -mavx2 -mfma)
set(isa_flags_portable -Os)
set(isa_flags_neon -O3)
set(isa_flags_avx512 -O2 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512)

set(product_flags -O2)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(isas portable avx2 avx512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    set(isas portable neon)
    set(product_flags -O3)
else()
    set(isas portable)
endif()
set(product_sources ${isa_sources})
list(FILTER product_sources INCLUDE REGEX "/body/(product|row|weight_gradient)\\.c$")
set_source_files_properties(${product_sources} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:${product_flags}>)

# The double build is only tested, and only on this machine. So it may be large, and use the machine's fma in plain C:
# otherwise fma is a function call and takes most of the time. The numbers are the same. So may the portable set if it is
# only tested (UNROLL_NATIVE), as in a build with sanitizers.
set(native_flags)
if(avx2 IN_LIST isas AND NOT CMAKE_CROSSCOMPILING)
    set(native_flags -march=native)
endif()
if(UNROLL_SANITIZE OR UNROLL_NATIVE)
    set(isa_flags_portable ${native_flags})
endif()

# add_objects(PREFIX ISAS… [REAL_DOUBLE]): makes the object libraries of all sources. Their names go to PREFIX_objects.
function(add_objects prefix)
    cmake_parse_arguments(PARSE_ARGV 1 arg REAL_DOUBLE "" ISAS)
    set(definitions)
    set(scope)
    foreach(isa IN LISTS arg_ISAS)
        string(TOUPPER ${isa} upper)
        if(NOT isa STREQUAL portable)
            list(APPEND definitions UR_HAVE_${upper}=1)
        endif()
    endforeach()
    if(ZLIB_FOUND)
        list(APPEND definitions UR_HAVE_ZLIB=1)
    endif()
    if(PNG_FOUND)
        list(APPEND definitions UR_HAVE_PNG=1)
    endif()
    if(JPEG_FOUND)
        list(APPEND definitions UR_HAVE_JPEG=1)
    endif()
    if(UTF8PROC_FOUND)
        list(APPEND definitions UR_HAVE_UTF8PROC=1)
    endif()
    if(arg_REAL_DOUBLE)
        list(APPEND definitions UR_REAL_DOUBLE=1)
        set(scope EXCLUDE_FROM_ALL) # only the tests need it
    endif()

    set(targets)
    if(library_sources)
        add_library(${prefix}_common OBJECT ${scope} ${library_sources})
        target_compile_options(${prefix}_common PRIVATE $<$<BOOL:${arg_REAL_DOUBLE}>:-O1>) # compiled in less time
        list(APPEND targets ${prefix}_common)
    endif()
    if(isa_sources)
        foreach(isa IN LISTS arg_ISAS)
            string(TOUPPER ${isa} upper)
            add_library(${prefix}_${isa} OBJECT ${scope} ${isa_sources})
            target_compile_definitions(${prefix}_${isa} PRIVATE UR_ISA=${isa} UR_ISA_${upper}=1)
            target_compile_options(${prefix}_${isa} PRIVATE ${isa_flags_${isa}} $<$<BOOL:${arg_REAL_DOUBLE}>:-O2;${native_flags}>)
            list(APPEND targets ${prefix}_${isa})
        endforeach()
    endif()

    set(objects)
    foreach(target IN LISTS targets)
        target_link_libraries(${target} PRIVATE unroll_internal)
        target_compile_definitions(${target} PRIVATE ${definitions})
        list(APPEND objects $<TARGET_OBJECTS:${target}>)
    endforeach()
    set(${prefix}_objects ${objects} PARENT_SCOPE)
    set(${prefix}_definitions ${definitions} PARENT_SCOPE)
endfunction()
