#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function with the status of `expr` unless it is OK.
#define RETURN_IF_ERROR(expr)                          \
  do {                                                 \
    absl::Status clearway_status = (expr);             \
    if (!clearway_status.ok()) return clearway_status; \
  } while (false)

// Assigns the value of the StatusOr `expr` to `lhs`, or returns its status. `lhs` may declare.
#define ASSIGN_OR_RETURN(lhs, expr) \
  CLEARWAY_ASSIGN_OR_RETURN_IMPL(CLEARWAY_CONCAT(clearway_status_or_, __LINE__), lhs, expr)

#define CLEARWAY_CONCAT_INNER(a, b) a##b
#define CLEARWAY_CONCAT(a, b) CLEARWAY_CONCAT_INNER(a, b)
#define CLEARWAY_ASSIGN_OR_RETURN_IMPL(var, lhs, expr) \
  auto var = (expr);                                   \
  if (!var.ok()) return std::move(var).status();       \
  lhs = std::move(var).value()
