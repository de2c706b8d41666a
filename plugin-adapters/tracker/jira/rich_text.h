#pragma once

#include <string>

#include "nlohmann/json.hpp"

namespace clearway::jira {

// An Atlassian document (ADF) as plain text that reads like Markdown: blocks a blank line apart,
// lists with "- " and "1. ", code between ``` fences, quotes behind "> ", table cells between " |
// ". What has no words (media, unknown leaves) is left out; unknown containers give their content.
std::string PlainText(const nlohmann::json& document);

}  // namespace clearway::jira
