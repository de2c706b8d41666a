#pragma once

#include <string>

#include "service/classify/record.h"

namespace clearway {

// The record as one line, without the line's end, that ParseRecord reads back; bytes that are not
// UTF-8 become U+FFFD. May be longer than kMaxRecordBytes, beyond which no reader takes it.
// `source`: where the situation was seen.
std::string WriteRecord(const LabelledRecord& record, const std::string& source);

}  // namespace clearway
