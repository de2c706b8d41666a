# clearway_embed(TARGET SYMBOL FILE): links FILE's bytes into TARGET and generates
# clearway_embed/SYMBOL.h with `absl::string_view SYMBOL()` in namespace clearway::embedded.
function(clearway_embed target symbol file)
  get_filename_component(path "${file}" ABSOLUTE)
  set(dir "${CMAKE_CURRENT_BINARY_DIR}/embedded")
  set(EMBED_SYMBOL "${symbol}")
  set(EMBED_FILE "${path}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/embed.S.in" "${dir}/${symbol}.S" @ONLY)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/embed.h.in" "${dir}/clearway_embed/${symbol}.h" @ONLY)
  set_source_files_properties("${dir}/${symbol}.S" PROPERTIES OBJECT_DEPENDS "${path}")
  target_sources(${target} PRIVATE "${dir}/${symbol}.S")
  target_include_directories(${target} PRIVATE "${dir}")
endfunction()
