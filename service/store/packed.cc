#include "service/store/packed.h"

#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace clearway {
namespace {

using nlohmann::json;

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("a row's ", what, " cannot be read; restore the database from a backup"));
}

// Never throws: what does not parse is a discarded value, which is no array.
json Parse(absl::string_view text) {
  return json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string PackSpells(const std::vector<BlockedSpell>& spells) {
  json list = json::array();
  for (const BlockedSpell& spell : spells) {
    list.push_back({absl::ToUnixMicros(spell.begin), absl::ToUnixMicros(spell.end)});
  }
  return list.dump();
}

// By hand, for the sake of reports over very many.
absl::StatusOr<std::vector<BlockedSpell>> UnpackSpells(absl::string_view text) {
  std::vector<BlockedSpell> spells;
  if (text == "[]") return spells;  // nearly all
  if (!absl::ConsumePrefix(&text, "[[") || !absl::ConsumeSuffix(&text, "]]")) {
    return Damaged("past_spells");
  }
  for (const absl::string_view pair : absl::StrSplit(text, "],[")) {
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(pair, absl::MaxSplits(',', 1));
    int64_t begin = 0;
    int64_t end = 0;
    if (!absl::SimpleAtoi(ends.first, &begin) || !absl::SimpleAtoi(ends.second, &end)) {
      return Damaged("past_spells");
    }
    spells.push_back({absl::FromUnixMicros(begin), absl::FromUnixMicros(end)});
  }
  return spells;
}

std::string PackTexts(const std::vector<std::string>& texts) {
  return json(texts).dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<std::vector<std::string>> UnpackTexts(absl::string_view text) {
  const json list = Parse(text);
  if (!list.is_array()) return Damaged("steps");
  std::vector<std::string> texts;
  for (const json& item : list) {
    if (!item.is_string()) return Damaged("steps");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::string PackMembers(const std::vector<EscalationMember>& members) {
  json list = json::array();
  for (const EscalationMember& member : members) {
    list.push_back({member.blocker_id, member.ticket.source, member.ticket.key, member.title,
                    member.level, absl::ToUnixMicros(member.due_time)});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<std::vector<EscalationMember>> UnpackMembers(absl::string_view text,
                                                            absl::string_view tenant) {
  std::vector<EscalationMember> members;
  if (text == "[]") return members;
  const json list = Parse(text);
  if (!list.is_array()) return Damaged("members");
  for (const json& row : list) {
    if (!row.is_array() || row.size() != 6 || !row[0].is_number_integer() || !row[1].is_string() ||
        !row[2].is_string() || !row[3].is_string() || !row[4].is_number_integer() ||
        !row[5].is_number_integer()) {
      return Damaged("members");
    }
    members.push_back({row[0].get<int64_t>(),
                       {std::string(tenant), row[1].get<std::string>(), row[2].get<std::string>()},
                       row[3].get<std::string>(),
                       row[4].get<int>(),
                       absl::FromUnixMicros(row[5].get<int64_t>())});
  }
  return members;
}

}  // namespace clearway
