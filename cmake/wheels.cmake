# Mends for building against the pip wheels of ROS 2, loaded by CMAKE_PROJECT_INCLUDE so that CMakeLists.txt
# stays the same on a ROS install.
#
# The wheels' exported targets name include folders that existed only on the machine that built them,
# and CMake refuses a target whose include folder is missing.
macro(find_package)
  _find_package(${ARGV})
  set(_wheel_target ${ARGV0}::${ARGV0}__rosidl_generator_py)
  if(TARGET ${_wheel_target})
    get_target_property(_wheel_includes ${_wheel_target} INTERFACE_INCLUDE_DIRECTORIES)
    if(_wheel_includes)
      list(FILTER _wheel_includes EXCLUDE REGEX "^/opt/python")
      set_target_properties(${_wheel_target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${_wheel_includes}")
    endif()
  endif()
endmacro()
