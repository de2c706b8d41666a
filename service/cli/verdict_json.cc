#include "service/cli/verdict_json.h"

#include <vector>

#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

Json EvidenceJson(const std::vector<Evidence>& evidence) {
  Json array = Json::array();
  for (const Evidence& span : evidence) {
    array.push_back(Json{{"field", span.field},
                         {"begin", span.begin},
                         {"end", span.end},
                         {"text", span.text},
                         {"begin_code_point", span.begin_code_point},
                         {"end_code_point", span.end_code_point},
                         {"weight", span.weight}});
  }
  return array;
}

}  // namespace

Json VerdictJson(const std::string& id, const Classification& verdict) {
  return {{"id", id},
          {"category", std::string(CategoryName(verdict.category))},
          {"reason", std::string(ReasonName(verdict.reason))},
          {"secondary", std::string(CategoryName(verdict.secondary))},
          {"confidence", verdict.confidence},
          {"waiting_on", verdict.waiting_on},
          {"evidence", EvidenceJson(verdict.evidence)},
          {"model_version", verdict.model_version}};
}

std::string JsonText(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace clearway
