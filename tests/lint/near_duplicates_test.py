"""Few records of the training data are near-duplicates of one another.

Records made by filling slots of a pattern teach a classifier the pattern, and figures from
cross-validation flatter it: the fold held out has been seen. So numbers and names are masked before
records are compared, by the resemblance of their shingles, estimated with MinHash (A. Broder, "On the
resemblance and containment of documents", 1997) on the pairs that banding brings together.
"""

import collections
import functools
import hashlib
import itertools
import json
import pathlib
import re
import struct
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "service/classify/data"

# Estimated resemblance from which on two records count as near-duplicates, and how many records may
# have one.
ALIKE = 0.5
MOST = 0.05

# A pair is compared when it agrees on all rows of a band: of pairs that resemble each other by half,
# 1 - (1 - 0.5^3)^42 = 99.6 %; of pairs that do by a fiftieth, 0.03 %.
BANDS, ROWS = 42, 3
HASHES = struct.Struct(f"<{BANDS * ROWS}I")

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
# In Chinese text: masked stretches (Latin words, figures written either way) or one ideograph.
CHARACTER = re.compile(r"(?P<name>[A-Za-z]+)|(?P<number>[\d零一二两三四五六七八九十百千万]+)|[^\W_]")


def text_of(record):
    comments = [comment.get("body", "") for comment in record.get("comments", [])]
    return "\n".join([record.get("title", ""), record.get("description", ""), *comments])


def is_chinese(record):
    return record.get("lang") == "zh"


def common_words(texts):
    """The words that are seen in lower case somewhere: written large, they are no names."""
    return {word for text in texts for word in WORD.findall(text) if word.islower()}


def english_tokens(text, common):
    for word in WORD.findall(text):
        if word.isdigit():
            yield "0"
        else:
            yield word.lower() if word.lower() in common else "@"


def chinese_tokens(text):
    for match in CHARACTER.finditer(text):
        yield {"name": "@", "number": "0"}.get(match.lastgroup, match.group())


def shingles_of(tokens, size):
    tokens = list(tokens)
    return {" ".join(tokens[i:i + size]) for i in range(max(1, len(tokens) - size + 1))}


@functools.lru_cache(maxsize=None)
def hashes_of(shingle):
    return HASHES.unpack(hashlib.shake_128(shingle.encode()).digest(HASHES.size))


def signature_of(shingles):
    """By hash function the least hash: two sets agree on one as often as they resemble each other."""
    return tuple(map(min, zip(*map(hashes_of, shingles))))


def resemblance(a, b):
    return sum(map(int.__eq__, a, b)) / len(a)


def candidates(signatures):
    """Pairs of positions that share a band."""
    pairs = set()
    for band in range(0, BANDS * ROWS, ROWS):
        buckets = collections.defaultdict(list)
        for i, signature in enumerate(signatures):
            buckets[signature[band:band + ROWS]].append(i)
        for bucket in buckets.values():
            pairs.update(itertools.combinations(bucket, 2))
    return pairs


def near_duplicates(records):
    """Pairs of records with their estimated resemblance, the most alike first."""
    english = [r for r in records if not is_chinese(r)]
    common = common_words(map(text_of, english))
    found = []
    for group, shingles in (
            (english, lambda r: shingles_of(english_tokens(text_of(r), common), 3)),
            ([r for r in records if is_chinese(r)],
             lambda r: shingles_of(chinese_tokens(text_of(r)), 5))):
        signatures = [signature_of(shingles(record)) for record in group]
        for i, j in candidates(signatures):
            alike = resemblance(signatures[i], signatures[j])
            if alike >= ALIKE:
                found.append((alike, group[i], group[j]))
    return sorted(found, key=lambda pair: -pair[0])


def share_of(pairs, records):
    """Of all records, those that occur in a pair."""
    return len({id(record) for _, *pair in pairs for record in pair}) / len(records)


def training_data():
    for path in sorted(DATA.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


class NearDuplicatesTest(unittest.TestCase):

    def test_few_records_have_a_near_duplicate(self):
        records = list(training_data())
        self.assertGreater(len(records), 1000, "the scan found next to nothing: is ROOT right?")
        pairs = near_duplicates(records)
        share = share_of(pairs, records)
        print(f"{share:.2%} of {len(records)} records have a near-duplicate ({len(pairs)} pairs)")
        most_alike = [f"{alike:.2f} {a.get('id')} {b.get('id')}" for alike, a, b in pairs[:20]]
        self.assertLess(share, MOST, "\n" + "\n".join(most_alike))


def record(text, lang="en"):
    return {"id": text[:12], "lang": lang, "title": "", "description": text}


class SelfCheckTest(unittest.TestCase):
    """The scan must be able to fail."""

    PATTERN = ("The {} team promised us the export of {} orders by noon, and nothing has come since; "
               "we can neither close the month nor tell {} why, so please give us a date.")
    ZH_PATTERN = "{}那边答应周{}给接口，到现在也没给，我们测试环境等了{}天，联调排期全往后拖了，请给个准信。"
    OTHERS = [
        "Rounding differs between the invoice and the ledger by one cent when the discount is odd.",
        "After the upgrade the map tiles load twice on slow phones and the battery drains overnight.",
        "Could somebody rename the columns so that finance finds what it is looking for at closing?",
        "We merged the parser last night, all checks are green and the branch can be deleted now.",
    ]

    def test_filled_patterns_are_found_whatever_fills_them(self):
        filled = [record(self.PATTERN.format(*slots)) for slots in (
            ("Zephyr", 1200, "Marta"), ("Quokka", 37, "Olufemi"), ("Borealis", 9, "Ingrid"))]
        pairs = near_duplicates(filled + [record(text) for text in self.OTHERS])
        self.assertEqual(len(pairs), 3)
        self.assertEqual(pairs[0][0], 1.0)

    def test_filled_chinese_patterns_are_found(self):
        filled = [record(self.ZH_PATTERN.format(*slots), "zh") for slots in (
            ("CRM", "三", 4), ("ERP", "五", "十二"))]
        other = record("发票和总账差一分钱，折扣是单数的时候才出现，财务说每月都要手工调一次账。", "zh")
        self.assertEqual(len(near_duplicates([*filled, other])), 1)

    def test_edited_copies_are_found(self):
        text = " ".join(self.OTHERS)
        edited = text.replace("overnight", "by the morning").replace("so that", "until")
        self.assertEqual(len(near_duplicates([record(text), record(edited)])), 1)

    def test_different_records_are_not(self):
        self.assertEqual(near_duplicates([record(text) for text in self.OTHERS]), [])
        self.assertEqual(near_duplicates([record(""), record("x")]), [])

    def test_the_estimate_is_near_the_resemblance(self):
        a = {f"shingle {i}" for i in range(300)}
        b = {f"shingle {i}" for i in range(100, 400)}
        # Four standard deviations of 126 throws.
        self.assertAlmostEqual(resemblance(signature_of(a), signature_of(b)), 0.5, delta=0.18)

    def test_share_counts_records_not_pairs(self):
        same = [record(self.OTHERS[0]) for _ in range(3)]
        records = same + [record(text) for text in self.OTHERS[1:]]
        pairs = near_duplicates(records)
        self.assertEqual(len(pairs), 3)
        self.assertEqual(share_of(pairs, records), 0.5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
