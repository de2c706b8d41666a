#include "service/classify/byte_classes.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clearway {
namespace {

// GCC's and clang's vector types: one operation on all bytes.
using Part = uint8_t __attribute__((vector_size(16)));
// All ones where something is so.
using Truth = decltype(Part() == Part());

uint64_t BitsOf(Truth truth) {
#if defined(__x86_64__)
  return static_cast<uint16_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(truth)));
#else
  uint64_t bits = 0;
  for (size_t i = 0; i < sizeof truth; ++i) bits |= uint64_t{truth[i] & 1U} << i;
  return bits;
#endif
}

#if defined(__x86_64__)
[[gnu::target("avx512bw")]] __m512i All(char c) { return _mm512_set1_epi8(c); }

[[gnu::target("avx512bw")]] ByteClasses OfAllAtOnce(const uint8_t* bytes) {
  const __m512i all = _mm512_loadu_si512(bytes);
  const __m512i lower = _mm512_or_si512(all, All(0x20));
  ByteClasses classes;
  classes.letters = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(lower, All('a')), All(26));
  classes.digits = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(all, All('0')), All(10));
  classes.spaces =
      _mm512_cmple_epu8_mask(all, All(' ')) | _mm512_cmpeq_epi8_mask(lower, All('_' | 0x20));
  classes.newlines = _mm512_cmpeq_epi8_mask(all, All('\n'));
  classes.stops = _mm512_cmpeq_epi8_mask(all, All('.')) | _mm512_cmpeq_epi8_mask(all, All('!')) |
                  _mm512_cmpeq_epi8_mask(all, All('?')) | _mm512_cmpeq_epi8_mask(all, All(';'));
  classes.apostrophes = _mm512_cmpeq_epi8_mask(all, All('\''));
  classes.not_ascii = _mm512_movepi8_mask(all);
  return classes;
}
#endif

}  // namespace

ByteClasses ByteClasses::Of(const uint8_t* bytes) {
  ByteClasses classes;
  for (size_t at = 0; at < kBytes; at += sizeof(Part)) {
    Part part;
    std::memcpy(&part, bytes + at, sizeof part);
    const Part lower = part | uint8_t{0x20};
    const auto add = [at](Truth truth, uint64_t* bits) { *bits |= BitsOf(truth) << at; };
    add(lower - uint8_t{'a'} < uint8_t{26}, &classes.letters);
    add(part - uint8_t{'0'} < uint8_t{10}, &classes.digits);
    add((part <= uint8_t{' '}) | (lower == uint8_t{'_' | 0x20}), &classes.spaces);
    add(part == uint8_t{'\n'}, &classes.newlines);
    add((part == uint8_t{'.'}) | (part == uint8_t{'!'}) | (part == uint8_t{'?'}) |
            (part == uint8_t{';'}),
        &classes.stops);
    add(part == uint8_t{'\''}, &classes.apostrophes);
    add(part >= uint8_t{0x80}, &classes.not_ascii);
  }
  return classes;
}

ByteClasses::Reader ByteClasses::Fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") != 0) return OfAllAtOnce;
#endif
  return Of;
}

}  // namespace clearway
