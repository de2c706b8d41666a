#include "service/store/postgres/message_memory.h"

#include <algorithm>
#include <utility>

#include "service/base/status_macros.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/postgres/statement.h"
#include "service/store/sql_reads.h"

namespace clearway {
namespace {

constexpr size_t kMaxRemembered = 1000;

// As precise as what is stored.
absl::Time Whole(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

}  // namespace

absl::StatusOr<const MessageMemory::Told*> MessageMemory::ToldSince(const std::string& tenant,
                                                                    const std::string& recipient,
                                                                    absl::Time since) {
  const std::tuple key(tenant, recipient);
  const auto known = told_.find(key);
  if (known != told_.end() && known->second.since <= since) return &known->second;
  Told told{since, {}};
  constexpr int kOneMore = static_cast<int>(kMaxRemembered) + 1;
  if (recipient.empty()) {
    ASSIGN_OR_RETURN(PgStatement select, connection_.Cached(kSelectMessagesOfTenant));
    select.Bind(tenant, since, kOneMore);
    ASSIGN_OR_RETURN(told.messages, ReadAll(select, ReadRecentMessage));
  } else {
    ASSIGN_OR_RETURN(told.messages, SelectRecentMessages(connection_, tenant, recipient, since,
                                                         absl::InfiniteFuture(), kOneMore));
  }
  if (told.messages.size() > kMaxRemembered) return nullptr;
  return &told_.insert_or_assign(key, std::move(told)).first->second;
}

absl::StatusOr<int64_t> MessageMemory::Count(const std::string& tenant, absl::Time since,
                                             absl::Time until) {
  since = Whole(since);
  until = Whole(until);
  ASSIGN_OR_RETURN(const Told* told, ToldSince(tenant, "", since));
  if (told == nullptr) return SelectMessageCount(connection_, tenant, since, until);
  return std::count_if(told->messages.begin(), told->messages.end(), [&](const RecentMessage& one) {
    return since < one.time && one.time <= until;
  });
}

absl::StatusOr<std::vector<RecentMessage>> MessageMemory::Recent(const std::string& tenant,
                                                                 const std::string& recipient,
                                                                 absl::Time since, absl::Time until,
                                                                 int limit) {
  since = Whole(since);
  until = Whole(until);
  ASSIGN_OR_RETURN(const Told* told, ToldSince(tenant, recipient, since));
  if (told == nullptr) {
    return SelectRecentMessages(connection_, tenant, recipient, since, until, limit);
  }
  std::vector<RecentMessage> recent;
  for (const RecentMessage& one : told->messages) {
    if (recent.size() == static_cast<size_t>(limit)) break;
    if (since <= one.time && one.time <= until) recent.push_back(one);
  }
  return recent;
}

}  // namespace clearway
