#!/usr/bin/env python3
"""Checks exported audit logs as docs/audit.md describes them, with nothing but Python's standard library.

    verify.py [--keys KEYS.json] [--checkpoint CHECKPOINT.json] EXPORT.ndjson...

For each export one line of JSON: {"intact": true, "entries": ..., "lastSeq": ..., "lastHash": ...} or {"intact": false,
"seq": ..., "problem": ...}. Ends with 1 if one of them is not intact, with 2 if one cannot be read.
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sys


class Broken(Exception):
    def __init__(self, seq, problem):
        super().__init__(problem)
        self.verdict = {"intact": False, "seq": seq, "problem": problem}


def verify(lines, keys, saved):
    """The verdict on an export. One line is in memory at a time, and the one after it."""
    try:
        return check(iter(lines), keys, saved)
    except Broken as broken:
        return broken.verdict


def check(lines, keys, saved):
    header = parse(next(lines, ""))
    if not isinstance(header, dict) or header.get("format") != "projo-audit/1":
        raise Broken(None, "format")
    workspace = header.get("workspaceId")
    after = header.get("after") or {"seq": 0, "hash": "00" * 32}
    points = [read_checkpoint(checkpoint, workspace, keys) for checkpoint in saved]
    last, last_hash = after["seq"], after["hash"]
    footer, gap = None, None
    for line in lines:
        record = parse(line)
        if isinstance(record, dict) and "entries" in record and "text" not in record:
            footer = record
            if any(rest.strip("\n") for rest in lines):  # the footer is the last line, or it is none
                raise Broken(gap if gap is not None else last + 1, "missing" if gap is not None else "edited")
            break
        seq = last + 1
        text, given, personal = parts(record)
        said = content(text)
        if gap is not None:
            if said and said.get("workspaceId") == workspace and said["seq"] == gap:
                raise Broken(gap, "reordered")
            continue
        if said is None:
            raise Broken(seq, "edited")
        if said.get("workspaceId") != workspace:
            raise Broken(seq, "foreign")
        if said["seq"] < seq:
            raise Broken(seq, "repeated")
        if said["seq"] > seq:
            gap = seq
            continue
        if chained(last_hash, text) != given:
            raise Broken(seq, "edited")
        if not all_committed(personal, said.get("commitments")):
            raise Broken(seq, "personal")
        if any(point["seq"] == seq and point["hash"] != given for point in points):
            raise Broken(seq, "rewritten")
        last, last_hash = seq, given
    if gap is not None:
        raise Broken(gap, "missing")
    entries = last - after["seq"]
    if footer is None or footer["entries"] != entries:
        raise Broken(last + 1, "truncated")
    exported_at = None
    if footer.get("checkpoint") is not None:
        point = read_checkpoint(footer["checkpoint"], workspace, keys)
        if point["seq"] == last and point["hash"] != last_hash:
            raise Broken(last, "rewritten")
        if point["seq"] < last:
            raise Broken(None, "checkpoint")
        if point["seq"] > last:
            raise Broken(last + 1, "truncated")
        exported_at = point.get("createdAt")
    # A checkpoint that was created after the export can cover later entries.
    if any(
        point["seq"] > last and (exported_at is None or point.get("createdAt", "") < exported_at) for point in points
    ):
        raise Broken(last + 1, "truncated")
    return {"intact": True, "entries": entries, "lastSeq": last, "lastHash": last_hash}


def no_constant(name):
    raise ValueError(name + " is not JSON")


def parse(text):
    try:
        return json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError):
        return None


def parts(record):
    if not isinstance(record, dict):
        return "", "", None
    text = record.get("text")
    return (text if isinstance(text, str) else "", record.get("hash"), record.get("personal"))


def content(text):
    said = parse(text)
    if not isinstance(said, dict):
        return None
    seq = said.get("seq")
    return said if isinstance(seq, (int, float)) and not isinstance(seq, bool) else None


def chained(previous, text):
    try:
        return hashlib.sha256(bytes.fromhex(previous) + text.encode()).hexdigest()
    except UnicodeEncodeError:  # half a surrogate pair, which no text of the database holds
        return None


def all_committed(personal, commitments):
    if personal is None:
        return True
    if not isinstance(personal, dict) or not isinstance(commitments, dict):
        return False
    return all(committed(record, commitments.get(name)) for name, record in personal.items())


def committed(record, commitment):
    if not isinstance(record, dict):
        return False
    value, salt = record.get("value"), record.get("salt")
    if not isinstance(value, str) or not isinstance(salt, str) or not re.fullmatch("[0-9a-f]{32}", salt):
        return False
    try:
        return hashlib.sha256(bytes.fromhex(salt) + value.encode()).hexdigest() == commitment
    except UnicodeEncodeError:
        return False


def read_checkpoint(checkpoint, workspace, keys):
    try:
        text = checkpoint["text"]
        signature = base64.b64decode(checkpoint["signature"], validate=True)
        genuine = ed25519_verifies(keys[checkpoint["keyId"]], text.encode(), signature)
        point = json.loads(text)
        if genuine and point["format"] == "projo-checkpoint/1" and point["workspaceId"] == workspace:
            return point
    except (AttributeError, KeyError, TypeError, ValueError):
        pass  # one that cannot be read is no better than one that is forged
    raise Broken(None, "checkpoint")


# Ed25519, by the formulas of RFC 8032, section 5.1. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x * y = T/Z.
# Checking needs no secret, so it need not take the same time for every input.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    total = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def same(one, other):
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def decoded(encoded):
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=1024)
def ed25519_verifies(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = decoded(key), decoded(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or number >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same(times(number, BASE), add(commitment, times(challenge, public)))


def main():
    arguments = argparse.ArgumentParser(description="Checks exported audit logs.")
    arguments.add_argument("--keys", help="the file that the server publishes")
    arguments.add_argument("--checkpoint", action="append", default=[], help="a checkpoint that was saved earlier")
    arguments.add_argument("exports", nargs="+")
    given = arguments.parse_args()
    intact = True
    try:
        keys = {}
        if given.keys:
            with open(given.keys, encoding="utf-8") as file:
                keys = {key["keyId"]: base64.b64decode(key["publicKey"]) for key in json.load(file)["keys"]}
        saved = []
        for name in given.checkpoint:
            with open(name, encoding="utf-8") as file:
                saved.append(json.load(file))
        for name in given.exports:
            # Lines end in a newline alone: the text may hold any other separator.
            with open(name, encoding="utf-8", newline="\n") as file:
                verdict = verify(file, keys, saved)
            intact = intact and verdict["intact"]
            print(json.dumps(verdict))
    except (OSError, ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if intact else 1


if __name__ == "__main__":
    sys.exit(main())
