# Everything comes from the distribution's packages but google/rpc/*.proto, which no Debian package
# ships: `npm ci --prefix scripts` brings it (scripts/install-deps does both).
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(zstd CONFIG REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(Boost REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
# Sanitizers bring their own allocator.
if(NOT CLEARWAY_SANITIZE)
  find_package(mimalloc CONFIG REQUIRED)
endif()
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

find_path(GOOGLE_PROTO_DIR google/rpc/error_details.proto
  PATHS "${PROJECT_SOURCE_DIR}/scripts/node_modules/google-proto-files"
  NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
  REQUIRED)

# Debian's package has no CMake configuration.
find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
add_library(clearway_re2 INTERFACE)
target_include_directories(clearway_re2 SYSTEM INTERFACE "${RE2_INCLUDE_DIR}")
target_link_libraries(clearway_re2 INTERFACE "${RE2_LIBRARY}")

find_path(HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
# Debian compiles the library with these, and they change the layout of its classes: code that includes
# the header without them corrupts memory.
add_library(clearway_httplib INTERFACE)
target_include_directories(clearway_httplib SYSTEM INTERFACE "${HTTPLIB_INCLUDE_DIR}")
target_compile_definitions(clearway_httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
target_link_libraries(clearway_httplib INTERFACE "${HTTPLIB_LIBRARY}" OpenSSL::SSL)
find_path(LIBLINEAR_INCLUDE_DIR linear.h PATH_SUFFIXES liblinear REQUIRED)
find_library(LIBLINEAR_LIBRARY linear REQUIRED)
