#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/store/filter.h"
#include "service/store/filter_scanner.h"

namespace clearway {

// The fields a filter knows and what each takes.

// nullopt for a name that is no field's.
std::optional<BlockerField> BlockerFieldOf(absl::string_view name);

// "state, category, …", for error messages.
std::string BlockerFieldNames();

// Texts and enums have no order.
bool TakesOperator(BlockerField field, FilterOperator op);

// Gives the value the field's type. INVALID_ARGUMENT says what and where.
absl::StatusOr<Comparison> MakeComparison(BlockerField field, FilterOperator op,
                                          const FilterText& value);

}  // namespace clearway
