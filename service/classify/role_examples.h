#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "service/classify/role_table.h"

namespace clearway {

// Yes-or-no examples over features in roles, for one score of a RoleTable.
class RoleExamples {
 public:
  using Feature = std::pair<uint64_t, size_t>;

  // A feature has the value as often as it is named.
  void Add(std::vector<Feature> features, float value, bool label);

  bool empty() const { return rows_.empty(); }

  struct Options {
    // See TrainOneVsRest.
    double cost = 1;
    bool balanced = false;
    // Features that fewer examples have are left out.
    int least = 1;
  };
  // Adds the weights that speak for yes; returns the bias.
  double Train(const Options& options, RoleTable::Weights* weights) const;

 private:
  struct Row {
    // Ascending.
    std::vector<Feature> features;
    float value = 1;
  };
  std::vector<Row> rows_;
  std::vector<int> labels_;
  // In how many examples.
  std::map<Feature, int> frequencies_;
};

}  // namespace clearway
