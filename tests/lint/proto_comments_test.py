"""Every message, enum, service, call, field and value in proto/ is documented."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDS_COMMENT = re.compile(
    r"\s*(?:(?:repeated |optional )?[\w.]+(?:<.*>)? \w+ = \d+;"  # fields
    r"|[A-Z][A-Z0-9_]* = \d+;"  # enum values
    r"|rpc |message |enum |service )"
)


def undocumented(text):
    """Line numbers of declarations that no comment stands before."""
    before = ""
    for number, line in enumerate(text.split("\n"), 1):
        if NEEDS_COMMENT.match(line) and not before.lstrip().startswith("//"):
            yield number
        before = line


def main():
    # The check itself must be able to fail.
    assert list(undocumented("// Said.\nmessage A {\n  string b = 1;\n}")) == [3]
    faults = [
        f"{path.relative_to(ROOT)}:{number}: say what it is, with unit, presence and bounds"
        for path in sorted((ROOT / "proto").rglob("*.proto"))
        for number in undocumented(path.read_text(encoding="utf-8"))
    ]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
