# What `cmake --install` installs: headers, both libraries, man page, pkg-config file, CMake package.

include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/unroll)

file(GLOB public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.h)
install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS unroll unroll_static EXPORT unrollTargets)
install(EXPORT unrollTargets NAMESPACE unroll:: DESTINATION ${package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/unrollConfig.cmake.in unrollConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(unrollConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/unrollConfig.cmake ${PROJECT_BINARY_DIR}/unrollConfigVersion.cmake
    DESTINATION ${package_dir})

# Relative to the .pc file itself, so that the installation can be moved.
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE pc_dir)
cmake_path(APPEND pc_dir pkgconfig)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${pc_dir} OUTPUT_VARIABLE pc_to_prefix)
set(pc_optional)
if(ZLIB_FOUND)
    string(APPEND pc_optional " zlib")
endif()
if(PNG_FOUND)
    string(APPEND pc_optional " libpng")
endif()
if(JPEG_FOUND)
    string(APPEND pc_optional " libjpeg")
endif()
if(UTF8PROC_FOUND)
    string(APPEND pc_optional " libutf8proc")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/unroll.pc.in unroll.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/unroll.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(EXISTS ${PROJECT_SOURCE_DIR}/docs/unroll.1)
    install(FILES ${PROJECT_SOURCE_DIR}/docs/unroll.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
