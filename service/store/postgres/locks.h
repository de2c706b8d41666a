#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "service/domain/ticket.h"

namespace clearway {

// The advisory locks of a database, all of them held to the end of a transaction. Programs of
// different versions share them, so the numbers never change.

// Locks of two numbers, the first of them one of these. "CLWM", "CLWL", "CLWT" and "CLWU" in ASCII.
// Who waits for locks while it holds some takes them by these numbers: tickets', then messages'.
inline constexpr int32_t kMigrationLockClass = 0x434c574d;
// Only ever tried for, so it is in no order.
inline constexpr int32_t kLinkLockClass = 0x434c574c;
inline constexpr int32_t kTicketLockClass = 0x434c5754;
// Behind the tickets' in the order of locks, as it is taken behind them.
inline constexpr int32_t kMessagesLockClass = 0x434c5755;

// A lock of two numbers. Who takes several takes them in this order.
struct PgLock {
  int32_t lock_class = 0;
  int32_t number = 0;

  friend auto operator<=>(const PgLock&, const PgLock&) = default;
};

// A ticket's lock. Two tickets may share one: they then wait for each other in vain, and nothing
// else happens.
PgLock TicketLock(const TicketKey& key);

// Of whoever is about to tell anybody of the tenant anything. Two tenants may share one, too.
PgLock MessagesLock(const std::string& tenant);

// The second number of the lock of a scope's roots. It is only ever tried for: nobody waits for it,
// so it cannot be part of a deadlock.
int32_t LinkLock(const std::string& tenant, const std::string& source);

// Locks of one number of 64 bits: this in the top 16, an escalation's id below. Whoever holds it
// may still add escalations with ids above that one.
inline constexpr int64_t kEscalationLockTag = 0x434c;
inline constexpr int kEscalationIdBits = 48;

}  // namespace clearway
