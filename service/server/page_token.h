#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/store/store.h"

namespace clearway {

// Pages of a list, newest first. A token says where the next page starts and which list it belongs
// to: used with other arguments it is refused.
class Pager {
 public:
  // `arguments`: everything but size and token that decides what is listed, the method's name
  // first.
  explicit Pager(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

  // 0 stands for 50, more than 1,000 is cut. INVALID_ARGUMENT for a negative size and for a token
  // that cannot be read or belongs to another list. The page asked of the store is one row longer
  // than the one to be answered, which tells whether more follows.
  absl::StatusOr<Page> Parse(int32_t page_size, const std::string& page_token) const;

  // The token for what comes below the id `last_id`. URL-safe.
  std::string Token(int64_t last_id) const;

  // The same for lists in another order, whose place is told by more than an id. INVALID_ARGUMENT
  // for a token that cannot be read or belongs to another list.
  std::string TokenOf(absl::string_view place) const;
  absl::StatusOr<std::string> PlaceOf(const std::string& page_token) const;
  static absl::Status NoToken();

 private:
  std::vector<std::string> arguments_;
};

// Cuts the extra row off. The token of the next page, "" when there is none; `id` of a row is its
// id.
template <typename Row>
std::string CutPage(const Pager& pager, const Page& page, std::vector<Row>* rows) {
  if (rows->size() < static_cast<size_t>(page.size)) return "";
  rows->resize(static_cast<size_t>(page.size) - 1);
  return pager.Token(rows->back().id);
}

// The same of a list that may be looked through no further than some way.
template <typename Row>
std::string CutPage(const Pager& pager, const Page& page, Part<Row>* part) {
  std::string next = CutPage(pager, page, &part->rows);
  const bool full = !next.empty();
  return full || !part->next_before_id.has_value() ? next : pager.Token(*part->next_before_id);
}

}  // namespace clearway
