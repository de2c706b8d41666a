#pragma once

#include <cstdint>
#include <string>

#include "service/domain/ticket.h"

namespace clearway {

// The advisory locks of a database, all of them held to the end of a transaction. Programs of
// different versions share them, so the numbers never change.

// Locks of two numbers, the first of them one of these. "CLWM", "CLWT" and
// "CLWL" in ASCII.
inline constexpr int32_t kMigrationLockClass = 0x434c574d;
inline constexpr int32_t kTicketLockClass = 0x434c5754;
inline constexpr int32_t kLinkLockClass = 0x434c574c;

// The second number of a ticket's lock. Two tickets may share one: they then wait for each other in
// vain, and nothing else happens.
int32_t TicketLock(const TicketKey& key);

// The second number of the lock of a scope's roots. It is only ever tried for: nobody waits for it,
// so it cannot be part of a deadlock.
int32_t LinkLock(const std::string& tenant, const std::string& source);

// Locks of one number of 64 bits: this in the top 16, an escalation's id below. Whoever holds it
// may still add escalations with ids above that one.
inline constexpr int64_t kEscalationLockTag = 0x434c;
inline constexpr int kEscalationIdBits = 48;

}  // namespace clearway
