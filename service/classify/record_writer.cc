#include "service/classify/record_writer.h"

#include "nlohmann/json.hpp"

namespace clearway {
namespace {

// Keeps keys in the order they are given: people read these files.
using Json = nlohmann::ordered_json;

std::string Text(absl::string_view text) { return std::string(text); }

}  // namespace

std::string WriteRecord(const LabelledRecord& record, const std::string& source) {
  const Ticket& ticket = record.ticket;
  Json comments = Json::array();
  for (const Comment& comment : ticket.comments) {
    comments.push_back({{"author", comment.author}, {"body", comment.body}});
  }
  Json links = Json::array();
  for (const TicketLink& link : ticket.links) {
    links.push_back({{"type", link.type}, {"key", link.key}});
  }
  Json object = {{"id", record.id},
                 {"lang", record.lang},
                 {"title", ticket.title},
                 {"description", ticket.description},
                 {"comments", std::move(comments)},
                 {"status", ticket.status},
                 {"labels", ticket.labels},
                 {"links", std::move(links)}};
  if (record.has_labels) {
    object["category"] = Text(CategoryName(record.category));
    object["reason"] = Text(ReasonName(record.reason));
    object["secondary"] = Text(CategoryName(record.secondary));
    object["waiting_on"] = record.waiting_on;
    object["difficulty"] = record.difficulty;
  }
  object["source"] = source;
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace clearway
