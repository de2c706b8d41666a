#pragma once

#include <functional>
#include <string>

#include "nlohmann/json.hpp"

namespace clearway::testing {

// Calls `check` with every copy of `document` in which one value, at any depth, is left out or has
// become one of another kind: what a tracker might send some day, or somebody might make up.
inline void ForEachMutation(
    const nlohmann::json& document,
    const std::function<void(const nlohmann::json& mutated, const std::string& place)>& check) {
  using nlohmann::json;
  const json kinds[] = {nullptr,
                        true,
                        -7,
                        1.5,
                        "",
                        "text",
                        json::array(),
                        json::object(),
                        {{"value", {1}}},
                        {nullptr, "x"},
                        18446744073709551615U};
  const std::function<void(const json&, const json::json_pointer&)> visit =
      [&](const json& node, const json::json_pointer& place) {
        for (const json& kind : kinds) {
          json mutated = document;
          mutated[place] = kind;
          check(mutated, place.to_string() + " = " + kind.dump());
        }
        if (!place.empty()) {
          json mutated = document;
          json& parent = mutated[place.parent_pointer()];
          if (parent.is_object()) parent.erase(place.back());
          check(mutated, place.to_string() + " left out");
        }
        if (node.is_object()) {
          for (const auto& member : node.items()) visit(member.value(), place / member.key());
        } else if (node.is_array()) {
          for (size_t i = 0; i < node.size(); ++i) visit(node[i], place / i);
        }
      };
  visit(document, json::json_pointer());
}

}  // namespace clearway::testing
