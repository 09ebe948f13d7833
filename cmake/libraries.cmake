# libunroll, static and shared, and the double-precision build with which the tests check gradients.

function(set_up_library target)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
    target_link_libraries(${target} PRIVATE PkgConfig::JANSSON Threads::Threads m ${CMAKE_DL_LIBS})
    if(ZLIB_FOUND)
        target_link_libraries(${target} PRIVATE PkgConfig::ZLIB)
    endif()
    if(PNG_FOUND)
        target_link_libraries(${target} PRIVATE PkgConfig::PNG)
    endif()
    if(JPEG_FOUND)
        target_link_libraries(${target} PRIVATE PkgConfig::JPEG)
    endif()
    if(UTF8PROC_FOUND)
        target_link_libraries(${target} PRIVATE PkgConfig::UTF8PROC)
    endif()
    target_include_directories(${target} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

add_objects(unroll_float ISAS ${isas})

add_library(unroll_static STATIC ${unroll_float_objects})
set_up_library(unroll_static)
set_target_properties(unroll_static PROPERTIES OUTPUT_NAME unroll)
add_library(unroll::unroll_static ALIAS unroll_static)

add_library(unroll SHARED ${unroll_float_objects})
set_up_library(unroll)
set_target_properties(unroll PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_link_options(unroll PRIVATE ${unroll_gc_sections})
add_library(unroll::unroll ALIAS unroll)

if(UNROLL_TESTS)
    add_objects(unroll_double_real ISAS portable REAL_DOUBLE)
    add_library(unroll_double STATIC EXCLUDE_FROM_ALL ${unroll_double_real_objects})
    set_up_library(unroll_double)
    target_compile_definitions(unroll_double INTERFACE UR_REAL_DOUBLE=1)
endif()
