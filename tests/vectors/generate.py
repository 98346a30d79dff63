#!/usr/bin/env python3
"""Writes the golden vectors of the wire format into the folder `wire` beside this file.

It follows sync-core/docs/protocol.md and shares no code with the program it checks: it has its own CBOR writer, its own packing
of changes, and its own writer of Automerge chunks (for the hashes). Needs Python 3.9 and nothing else. The tests read the
files; they do not run this.
"""

import hashlib
import hmac
import json
import pathlib
import zlib

HERE = pathlib.Path(__file__).parent / "wire"
DICTIONARY = bytes.fromhex((HERE / "dictionary-1.hex").read_text())


# --- numbers -----------------------------------------------------------------------------------------------------------


def uleb(n):
    out = bytearray()
    while True:
        low, n = n & 0x7F, n >> 7
        out.append(low | (0x80 if n else 0))
        if not n:
            return bytes(out)


def sleb(n):
    out = bytearray()
    while True:
        low, n = n & 0x7F, n >> 7
        if (n == 0 and not low & 0x40) or (n == -1 and low & 0x40):
            out.append(low)
            return bytes(out)
        out.append(low | 0x80)


def zigzag(n):
    return uleb(2 * n if n >= 0 else -2 * n - 1)


# --- CBOR --------------------------------------------------------------------------------------------------------------


def cbor_head(major, n):
    for size, mark in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if n < 24:
            return bytes([major << 5 | n])
        if n < 1 << 8 * size:
            return bytes([major << 5 | mark]) + n.to_bytes(size, "big")
    raise ValueError(n)


def cbor(value):
    if value is True or value is False:
        return bytes([0xF5 if value else 0xF4])
    if isinstance(value, int):
        return cbor_head(0, value) if value >= 0 else cbor_head(1, -1 - value)
    if isinstance(value, bytes):
        return cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return cbor_head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return cbor_head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in sorted(value.items()))
    raise TypeError(value)


def clock(ms):
    size = 1
    while not -(1 << 8 * size - 1) <= ms < 1 << 8 * size - 1:
        size += 1
    return ms.to_bytes(size, "big", signed=True)


# --- frames ------------------------------------------------------------------------------------------------------------


def stored(message):
    return b"\xca\x1e\x01\x00" + message


def deflated(message, level=9):
    engine = zlib.compressobj(level, zlib.DEFLATED, -15, zdict=DICTIONARY)
    return b"\xca\x1e\x01\x01" + engine.compress(message) + engine.flush()


# --- changes, as Automerge chunks ----------------------------------------------------------------------------------------


def rle(values, spell):
    """Run-length coding of one column; None is a missing value. A column of missing values only is empty."""
    if all(v is None for v in values):
        return b""
    runs = []
    for v in values:
        if runs and runs[-1][0] == v:
            runs[-1][1] += 1
        else:
            runs.append([v, 1])
    out, lone = b"", []
    def flush():
        nonlocal out, lone
        if lone:
            out += sleb(-len(lone)) + b"".join(map(spell, lone))
            lone = []
    for v, n in runs:
        if v is None:
            flush()
            out += b"\0" + uleb(n)
        elif n == 1:
            lone.append(v)
        else:
            flush()
            out += sleb(n) + spell(v)
    flush()
    return out


def delta(values):
    last, steps = 0, []
    for v in values:
        steps.append(None if v is None else v - last)
        last = last if v is None else v
    return rle(steps, sleb)


def boolean(values):
    out, state, n = b"", False, 0
    for v in values:
        if v == state:
            n += 1
        else:
            out += uleb(n)
            state, n = v, 1
    return out + uleb(n)


def value_of(action):
    """The engine's action number, value type and value bytes."""
    word, _, rest = action.partition(":")
    return {
        "make_map": lambda: (0, 0, b""),
        "make_text": lambda: (4, 0, b""),
        "delete": lambda: (3, 0, b""),
        "text": lambda: (1, 6, rest.encode()),
        "integer": lambda: (1, 4, sleb(int(rest))),
        "yes_no": lambda: (1, 2 if rest == "true" else 1, b""),
        "tally": lambda: (1, 8, sleb(int(rest))),
        "increment": lambda: (5, 4, sleb(int(rest))),
    }[word]()


def inserts(op):
    return not op[1].startswith(".") and op[2].split(":")[0] in ("text", "integer", "yes_no", "tally")


def opid(text):
    counter, actor = text.split("@")
    return int(counter), actor


def chunk_hash(change):
    """SHA-256 of the chunk that the engine writes for a change."""
    ops = change["ops"]
    others = set()
    for obj, key, _, pred in ops:
        for name in [obj, key] + pred:
            if "@" in name and not name.startswith("."):
                others.add(opid(name)[1])
    others = sorted(others - {change["actor"]})
    index = {actor: i for i, actor in enumerate([change["actor"]] + others)}
    text = lambda s: uleb(len(s.encode())) + s.encode()
    part = lambda name, i: None if name in ("root", "head") or name.startswith(".") else (index[opid(name)[1]], opid(name)[0])[i]
    key_counter = lambda key: 0 if key == "head" else part(key, 1)
    values = [value_of(op[2]) for op in ops]
    preds = [p for op in ops for p in op[3]]
    columns = {
        1: rle([part(op[0], 0) for op in ops], uleb),
        2: rle([part(op[0], 1) for op in ops], uleb),
        17: rle([part(op[1], 0) for op in ops], uleb),
        19: delta([key_counter(op[1]) for op in ops]),
        21: rle([op[1][1:] if op[1].startswith(".") else None for op in ops], text),
        52: boolean([inserts(op) for op in ops]),
        66: rle([v[0] for v in values], uleb),
        86: rle([len(v[2]) << 4 | v[1] for v in values], uleb),
        87: b"".join(v[2] for v in values),
        112: rle([len(op[3]) for op in ops], uleb),
        113: rle([part(p, 0) for p in preds], uleb),
        115: delta([part(p, 1) for p in preds]),
    }
    columns = {spec: data for spec, data in columns.items() if data}
    raw = bytes.fromhex
    data = uleb(len(change["deps"])) + b"".join(map(raw, sorted(change["deps"])))
    data += uleb(8) + raw(change["actor"]) + uleb(change["seq"]) + uleb(change["start_op"]) + sleb(change["time"])
    data += uleb(0) + uleb(len(others)) + b"".join(uleb(8) + raw(actor) for actor in others)
    data += uleb(len(columns)) + b"".join(uleb(spec) + uleb(len(column)) for spec, column in columns.items())
    data += b"".join(columns.values())
    return hashlib.sha256(b"\x01" + uleb(len(data)) + data).hexdigest()


def change(actor, seq, start_op, time, deps, ops, position=None):
    made = {"actor": actor, "seq": seq, "start_op": start_op, "time": time, "deps": deps, "ops": ops, "position": position}
    made["hash"] = chunk_hash(made)
    return made


# --- changes, packed ---------------------------------------------------------------------------------------------------


def letters(text):
    out = b""
    rows = {0x30: 0xD2, 0xFF: 0xD3, 0x0F: 0xD4, 0x20: 0xD5, 0x21: 0xD6}
    for c in text:
        code = ord(c)
        row, low = code >> 8, code & 0xFF
        if row in rows:
            out += bytes([rows[row], low])
        elif code < 0x80:
            out += bytes([low])
        elif 0x4E <= row <= 0x9F:
            out += bytes([0x80 + row - 0x4E, low])
        elif row < 8:
            out += bytes([0xD7 + row, low])
        elif row < 0x100:
            out += bytes([0xDF, row, low])
        else:
            out += bytes([0xE0 + (code >> 16), row & 0xFF, low])
    return out


def named(text):
    return uleb(len(text.encode())) + text.encode()


def proof(changes):
    hashes = b"".join(bytes.fromhex(c["hash"]) for c in changes)
    return hashlib.sha256(hashes).digest()[: 8 if len(changes) <= 4 else 16]


def voucher(run):
    """The word of a server whose key is 00, 01, 02 ... 1f."""
    text = b"".join(bytes.fromhex(h) + bytes([len(user.encode())]) + user.encode() for h, user in run)
    return hmac.new(bytes(range(32)), text, hashlib.sha256).digest()[:8]


def packed(heads, actors, names, references, columns, changes):
    """Puts packed changes together. `columns` are written by hand, from the document, in the vectors below."""
    out = uleb(len(heads)) + b"".join(heads)
    out += uleb(len(actors)) + b"".join(actors)
    out += uleb(len(names)) + b"".join(references) + b"".join(map(named, names))
    return out + b"".join(columns) + proof(changes)


# --- the vectors -------------------------------------------------------------------------------------------------------

A, B, C = "3fa107c29e55d814", "8120fe3397b56ac9", "00112233445566ff"
UNIT = "markam-hospital"
NOON = 1716264000000  # 2024-05-21T04:00Z, noon in Markam
GIVEN = lambda actor: b"\0" + bytes.fromhex(actor)
EMPTY_REQUEST = {
    "feeds": [], "budget_bytes": 0, "clock": 0, "catalog": 0, "decisions_after": 0, "unanswered": False, "waiting": 0,
    "fetch": [], "repairs": [], "authors": [], "vouchings": [],
}
EMPTY_RESPONSE = {
    "epoch": 0, "clock": 0, "outcomes": [], "feeds": [], "decisions": [], "more_decisions": False, "catalog": None,
    "authors": [], "repairs": [], "vouchers": [],
}
WRITTEN = []


def write(name, says, kind, frame, message=None, error=None, known=()):
    lines = [frame.hex()[i : i + 120] for i in range(0, len(frame.hex()), 120)]
    (HERE / f"{name}.hex").write_text("\n".join(lines) + "\n")
    expected = {"kind": kind, "known": list(known)}
    expected.update({"error": error} if error else {"message": message})
    (HERE / f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
    WRITTEN.append((name, f"{says}" + (f": `{error}`" if error else "")))


def request(name, says, head, expected, packed=None, groups=(), frame=deflated, known=()):
    message = [1, head] + ([packed] if packed is not None else [])
    write(name, says, "request", frame(cbor(message)), {"head": EMPTY_REQUEST | expected, "groups": list(groups)}, None, known)


def response(name, says, head, expected, packed=None, groups=(), frame=deflated, known=()):
    message = [2, head] + ([packed] if packed is not None else [])
    write(name, says, "response", frame(cbor(message)), {"head": EMPTY_RESPONSE | expected, "groups": list(groups)}, None, known)


def bad(name, says, error, frame, kind="request", known=()):
    write(name, says, kind, frame, None, error, known)


def group(unit, *changes):
    return {"unit": unit, "changes": list(changes)}


def prologue(actor, form, version, unit, worker, created):
    containers = ["header", "fields", "comments", "reviews", "attachments"]
    entries = [
        ("v", "integer:1"), ("form", f"text:{form}"), ("form_version", f"integer:{version}"), ("unit", f"text:{unit}"),
        ("worker", f"text:{worker}"), ("created", f"integer:{created}"),
    ]
    made = [["root", f".{name}", "make_map", []] for name in containers]
    return made + [[f"1@{actor}", f".{name}", value, []] for name, value in entries]


def typed(obj, start, actor, text, after="head"):
    ops = []
    for i, c in enumerate(text):
        ops.append([obj, after, f"text:{c}", []])
        after = f"{start + i}@{actor}"
    return ops


def first_record(actor=A, time=NOON, position=None, notes="测血压，发药。"):
    fields = f"2@{actor}"
    ops = prologue(actor, "clinic.outreach", 1, UNIT, "doctor-03", time)
    ops += [[fields, ".notes", "make_text", []]] + typed(f"12@{actor}", 13, actor, notes)
    ops += [[fields, ".on", "text:2024-05-20", []], [fields, ".patients_seen", "integer:83", []]]
    ops += [[fields, ".place", "text:嘎托镇卫生院", []], [fields, ".referred", "integer:0", []]]
    return change(actor, 1, 1, time, [], ops, position)


NAMES = ["clinic.outreach", "doctor-03", "notes", "on", "patients_seen", "place", "referred"]
# make_text at notes; typing into what was made; a day; a number; a text; a number.
FIRST_CODES = bytes([0x01, 0x8A, 0x04, 0x03, 0x02, 0x03])
FIRST_KEYS = bytes([5, 1, 6, 7, 8, 9])


def first_columns(time_step, notes="测血压，发药。"):
    place = letters("嘎托镇卫生院")
    numbers = uleb(len(letters(notes))) + zigzag(-1) + zigzag(83) + uleb(len(place)) + zigzag(0)
    # flags: first, header | times | header: form, version, worker, the feed's unit | items
    return [b"\x42", zigzag(time_step), bytes([0, 1, 1, 0]), b"\x06", FIRST_CODES, FIRST_KEYS, numbers, letters(notes), place]


def good():
    request("request-empty", "a request that says nothing, stored", {}, {}, frame=stored)
    request("request-empty-deflated", "the same, compressed although that makes it longer", {}, {})
    check = bytes.fromhex("0123456789abcdef")
    feeds = [
        ["chagyab-hospital"],
        ["changdu", b"", 300],
        [UNIT, uleb(4711) + check],
        ["riwoqe-hospital", uleb(0) + check, 77],
    ]
    head = {0: 65536, 1: clock(NOON), 2: feeds, 3: 12, 4: 2**40, 5: True, 6: 9}
    says = {
        "feeds": [
            ["chagyab-hospital", None, 0], ["changdu", None, 300], [UNIT, [4711, check.hex()], 0],
            ["riwoqe-hospital", [0, check.hex()], 77],
        ],
        "budget_bytes": 65536, "clock": NOON, "catalog": 12, "decisions_after": 2**40, "unanswered": True, "waiting": 9,
    }
    request("request-feeds", "feeds with and without cursor and gap, and all small values", head, says)
    numbers = [1, 2**64 - 1]
    joined = b"".join(n.to_bytes(8, "big") for n in numbers)
    head = {1: clock(-1), 7: [[UNIT, joined], ["changdu", b""]], 8: [[UNIT, joined]],
            9: [[bytes.fromhex(A), "doctor-03"]]}
    says = {"clock": -1, "fetch": [[UNIT, numbers], ["changdu", []]], "repairs": [[UNIT, numbers]],
            "authors": [[A, "doctor-03"]]}
    request("request-repair", "fetches, a repair, an author, and a clock before 1970", head, says)
    skipped = {0: 7, 40: [1, {2: b"x"}, "y"], 41: True, 2**33: -5}
    request("request-later-version", "keys and items that a later version may add are skipped",
            skipped | {2: [["changdu", b"", 0, ["later"]]]}, {"budget_bytes": 7, "feeds": [["changdu", None, 0]]})

    first = first_record()
    one = packed([b"\x01" + uleb(1) + uleb(0)], [GIVEN(A)], NAMES, [], first_columns(-5), [first])
    head = {1: clock(NOON + 5), 2: [[UNIT]]}
    says = {"clock": NOON + 5, "feeds": [[UNIT, None, 0]]}
    request("request-first-record", "a new record, with its feed named by number", head, says, one, [group(UNIT, first)])
    named_feed = packed([b"\0" + named(UNIT) + uleb(1) + uleb(0)], [GIVEN(A)], NAMES, [], first_columns(NOON), [first])
    request("request-feed-by-name", "the same in a request that follows no feed, stored", {}, {}, named_feed,
            [group(UNIT, first)], stored)

    # An edit of a record that the server has at position 4600 of the feed, in the session that wrote the record.
    fields = f"2@{A}"
    last = first["start_op"] + len(first["ops"]) - 1
    number = next(i for i, op in enumerate(first["ops"]) if op[1] == ".patients_seen") + 1
    edit = change(A, 2, last + 1, NOON + 1000, [first["hash"]],
                  [[fields, ".patients_seen", "integer:90", [f"{number}@{A}"]]])
    # flags: one item, start_op, next reference; actor: author of reference 0
    columns = [b"\xa8", uleb(last + 1), zigzag(1000), b"\x13", b"\x03", uleb(number * 4), zigzag(90)]
    pack = packed([b"\x01" + uleb(1) + uleb(4)], [b"\x01"], ["patients_seen"], [zigzag(4600)], columns, [edit])
    knows = [[UNIT, 4600, first["hash"], A]]
    request("request-edit", "an edit of a record that the server knows", {1: clock(NOON), 2: [[UNIT]]},
            {"clock": NOON, "feeds": [[UNIT, None, 0]]}, pack, [group(UNIT, edit)], known=knows)

    # Another author, who comments: a generated key in `comments`, then a text in what was made.
    key = f"{last + 1}@{B}"
    comment = change(B, 1, last + 1, NOON, [first["hash"]],
                     [[f"3@{A}", f".{key}", "make_map", []], [key, ".text", "text:已核对", []]])
    columns = [b"\x28", uleb(last + 1), zigzag(0), b"\x02", b"\x40\x82", b"\x00\x03", uleb(3 * 4 + 1),
               uleb(len(letters("已核对"))), letters("已核对")]
    pack = packed([b"\x01" + uleb(1) + uleb(4)], [GIVEN(B)], ["text"], [zigzag(4600)], columns, [comment])
    request("request-comment", "a comment: a generated key, and an object of somebody else",
            {1: clock(NOON), 2: [[UNIT]]}, {"clock": NOON, "feeds": [[UNIT, None, 0]]}, pack, [group(UNIT, comment)],
            known=knows)

    # Everything an operation can be, in a change that no device would write.
    odd_ops = [
        ["root", ".a", "make_map", []],
        ["root", ".b", "yes_no:true", [f"1@{B}", f"7@{A}"]],
        ["root", ".b", "yes_no:false", []],
        [f"9@{B}", f"5@{C}", "tally:-3", [f"2@{C}"]],
        [f"9@{B}", "head", "increment:9007199254740991", []],
        [f"10@{A}", ".c", "text:ཆབ་མདོ → 😀é中", []],
        [f"10@{A}", ".c", "text:2024-02-30", []],
        [f"10@{A}", ".c", "text:1969-12-31", []],
        [f"10@{A}", ".d", "make_text", []],
    ]
    odd_ops += typed(f"18@{A}", 19, A, "胃a", after=f"4@{B}")
    odd_ops += [[f"18@{A}", f"{n}@{B}", "delete", [f"{n}@{B}"]] for n in (30, 31, 32)]
    odd_ops += [[f"2@{A}", ".a", "delete", []], [f"2@{A}", ".a", "text:", []]]
    # The dependencies are listed the other way round below.
    odd = change(A, 5, 10, -1, ["00" * 32, "ff" * 32], odd_ops)
    letters_1, letters_2 = letters("ཆབ་མདོ → 😀é中"), letters("2024-02-30")
    columns = [
        b"\x3c",  # flags: listed, seq, start_op
        uleb(5), uleb(10), zigzag(-1),
        uleb(2) + b"\0" + b"\xff" * 32 + b"\0" + b"\0" * 32,
        uleb(13),
        # make_map in root; yes with a list; no in the same; tally with one; increment; text into what was made; the same,
        # a day; make_text; typing into what was made; erasing there; delete in fields; text in the same
        bytes([0x40, 0xE6, 0xC5, 0x57, 0xC8, 0x82, 0xC2, 0xC4, 0xC1, 0x8A, 0xCB, 0x09, 0xC2]),
        bytes([3, 4, 4, 2, 1, 5, 5, 5, 6, 2, 2, 3, 3]),
        # root | two: 1@B, 7@A | object 9@B, element 5@C, replaces 2@C | after 4@B | from 30@B
        uleb(3) + uleb(2) + uleb(4 + 2) + uleb(1) + uleb(28) + uleb(38) + uleb(1) + uleb(22) + uleb(2) + uleb(10) + uleb(2)
        + uleb(18) + uleb(1) + uleb(122) + uleb(1),
        zigzag(-3) + zigzag(2**53 - 1) + uleb(len(letters_1)) + uleb(len(letters_2)) + zigzag(0) + uleb(3) + uleb(3) + uleb(0),
        letters_1 + letters_2 + letters("胃a"),
    ]
    pack = packed([b"\0" + named("a") + uleb(1) + uleb(0)], [GIVEN(A), GIVEN(B), GIVEN(C)], ["a", "b", "c", "d"], [],
                  columns, [odd])
    request("request-odd", "everything that an operation can be, sensible or not", {}, {}, pack, [group("a", odd)])

    response("response-empty", "epoch and clock only", {0: 2**63 + 1, 1: clock(NOON)}, {"epoch": 2**63 + 1, "clock": NOON})
    digest = bytes(range(16))
    outcomes = uleb(3 * 8) + zigzag(70) + uleb(8 + 1) + zigzag(-50) + uleb(2 * 8 + 2) + uleb(8 + 3) + uleb(1) + named("甲")
    outcomes += uleb(2 * 8 + 4) + uleb(999) + named("")
    heard = [["accepted", 70], ["accepted", 71], ["accepted", 72], ["duplicate", 23], ["parked"], ["parked"],
             ["held", 1, "甲"], ["refused", 999, ""], ["refused", 999, ""]]
    head = {
        0: 7, 2: outcomes,
        3: [[UNIT, 0, 1, 2, 3, digest], ["changdu", 1], ["riwoqe-hospital", 2]],
        4: [[41, b"\x05" * 32, uleb(8) + zigzag(9)]],
        5: True, 6: [12, '{"forms":[]}'], 7: [[bytes.fromhex(B), "teacher-01"]],
        8: [[UNIT, 4096, 12, digest, uleb(3) + uleb(1) + b"\xaa" * 8 + uleb(4095) + uleb(0)]],
    }
    says = {
        "epoch": 7, "outcomes": heard,
        "feeds": [[UNIT, "page", 1, 2, 3, digest.hex()], ["changdu", "unrecognised"], ["riwoqe-hospital", "gone"]],
        "decisions": [[41, "05" * 32, ["accepted", 9]]], "more_decisions": True, "catalog": [12, '{"forms":[]}'],
        "authors": [[B, "teacher-01"]],
        "repairs": [[UNIT, 4096, 12, digest.hex(), [[3, [0xAAAAAAAAAAAAAAAA]], [4095, []]]]],
    }
    response("response-full", "every part of a response's head", head, says)

    # A page: two records and an edit of the first, with positions; the second has the header of the first.
    one, two = first_record(position=101), first_record(B, NOON + 60000, 105, "牙痛")
    again = change(A, 2, last + 1, NOON + 90000, [one["hash"]],
                   [[f"2@{A}", ".notes", "delete", [f"12@{A}"]]], 106)
    notes, place = letters("测血压，发药。"), letters("嘎托镇卫生院")
    columns = [
        b"\x42\x03\x8d",  # first with header; first by another; listed, one item, by another
        bytes([1, 0]), zigzag(0) + zigzag(60000) + zigzag(30000),
        uleb(100) + uleb(3) + uleb(0), uleb(1) + uleb(3), bytes([0, 1, 1, 0]), b"\x06\x06",
        FIRST_CODES * 2 + b"\x19", FIRST_KEYS * 2 + b"\x05", uleb(48),
        (uleb(len(notes)) + zigzag(-1) + zigzag(83) + uleb(len(place)) + zigzag(0))
        + (uleb(4) + zigzag(-1) + zigzag(83) + uleb(len(place)) + zigzag(0)),
        notes + place + letters("牙痛") + place,
    ]
    pack = packed([b"\x01" + uleb(3) + uleb(1)], [GIVEN(A), GIVEN(B)], NAMES, [], columns, [one, two, again])
    word = voucher([(one["hash"], "doctor-03"), (two["hash"], "doctor-07"), (again["hash"], "doctor-03")])
    head = {0: 7, 1: clock(NOON), 3: [[UNIT, 0, 100, 106, 106, digest]], 9: word}
    says = {"epoch": 7, "clock": NOON, "feeds": [[UNIT, "page", 100, 106, 106, digest.hex()]], "vouchers": [word.hex()]}
    response("response-page", "a page of a feed: positions, a shared header, a dependency two changes before, a voucher", head,
             says, pack, [group(UNIT, one, two, again)])
    bad("bad-vouchers", "a page with a voucher too many", "malformed", deflated(cbor([2, head | {9: 2 * word}, pack])), "response")
    bad("bad-vouchers-none", "a page without one", "malformed", deflated(cbor([2, {3: head[3]}, pack])), "response")

    # The first record of that page, given back by somebody else's device; nobody was known behind the third change.
    given = first_record()
    word = voucher([(again["hash"], "doctor-03"), (given["hash"], "doctor-03"), (two["hash"], "")])
    run = word + uleb(0) + bytes.fromhex(again["hash"]) + named("doctor-03") + uleb(1)
    run += uleb(0) + bytes.fromhex(two["hash"]) + named("")
    says = {"authors": [[A, "doctor-03"]],
            "vouchings": [[word.hex(), [[again["hash"], "doctor-03"], 0, [two["hash"], None]]]]}
    pack = packed([b"\0" + named(UNIT) + uleb(1) + uleb(0)], [GIVEN(A)], NAMES, [], first_columns(NOON), [given])
    head = {9: [[bytes.fromhex(A), "doctor-03"]], 10: [run]}
    request("request-give-back", "a record of somebody else, and the voucher of the run that it was received in", head, says, pack,
            [group(UNIT, given)])
    for name, what, error, vouchings in [
        ("number", "of a change that is not there", "malformed", [word + uleb(2)]),
        ("nothing", "of no change", "malformed", [word]),
        ("short", "that ends early", "truncated", [word[:7]]),
        ("cut", "with half a hash", "truncated", [word + uleb(0) + bytes(16)]),
        ("name", "with a name that nobody can have", "malformed", [word + uleb(0) + bytes(32) + named("Doctor 3")]),
        ("long", "of 17 changes", "too_many", [word + 17 * uleb(1)]),
    ]:
        bad(f"bad-voucher-{name}", f"a voucher {what}", error, deflated(cbor([1, {10: vouchings}, pack])))

    pack = packed([b"\0" + named(UNIT) + uleb(1) + uleb(0)], [GIVEN(A)], NAMES, [], first_columns(-5), [first])
    head = {0: clock(NOON + 5), 1: bytes(range(32)), 2: "doctor-03"}
    says = {"clock": NOON + 5, "server_key": bytes(range(32)).hex(), "user": "doctor-03"}
    write("bundle-record", "a new record, carried by hand", "bundle", deflated(cbor([3, head, pack])),
          {"head": says, "groups": [group(UNIT, first)]})
    bad("bad-bundle-owner", "a bundle that does not say whose it is", "malformed", deflated(cbor([3, {1: head[1]}, pack])), "bundle")
    pack = packed([b"\0" + named(UNIT) + uleb(1) + uleb(4)], [b"\x01"], ["patients_seen"], [zigzag(4600)],
                  [b"\xa8", uleb(last + 1), zigzag(1000), b"\x13", b"\x03", uleb(number * 4), zigzag(90)], [edit])
    bad("bad-bundle-reference", "a bundle that refers to a position", "stale_reference", deflated(cbor([3, head, pack])), "bundle")
    return first, last


def faulty(first, last):
    bad("bad-page", "a captive portal's page", "not_a_frame", b"<!DOCTYPE html><html>")
    bad("bad-short", "the beginning of a header", "truncated", b"\xca\x1e")
    bad("bad-version", "version 2", "unsupported_version", b"\xca\x1e\x02\x00\x82\x01\xa0")
    bad("bad-dictionary", "dictionary 2", "unknown_dictionary", b"\xca\x1e\x01\x02\x82\x01\xa0")
    bad("bad-kind", "a response where a request is expected", "wrong_kind", stored(cbor([2, {}])))
    bad("bad-kind-bundle", "a bundle where a request is expected", "wrong_kind", stored(cbor([3, {}])))
    bad("bad-bomb", "a message of 8 MiB and a byte", "message_too_large", deflated(bytes((8 << 20) + 1)))
    whole = deflated(cbor([1, {0: 65536, 1: clock(NOON)}]))
    bad("bad-cut-stream", "a stream without its end", "truncated", whole[:-3])
    bad("bad-after-stream", "a byte behind the stream", "malformed", whole + b"\0")
    bad("bad-stream", "a block of a kind that DEFLATE does not have", "malformed", b"\xca\x1e\x01\x01\x07")
    bad("bad-cut-message", "a map that ends early", "truncated", stored(cbor([1, {0: 5}])[:-1]))
    bad("bad-after-message", "a byte behind the message", "malformed", stored(cbor([1, {}]) + b"\0"))
    bad("bad-order", "keys that do not ascend", "malformed", stored(b"\x82\x01\xa2\x01\x41\x00\x00\x05"))
    bad("bad-endless", "a map without a declared length", "malformed", stored(b"\x82\x01\xbf\xff"))
    bad("bad-declared", "a list that declares more than there is", "truncated", stored(b"\x82\x01\xa1\x02\x99\x10\x00"))
    bad("bad-feeds", "a list that declares too many feeds", "too_many", stored(b"\x82\x01\xa1\x02\x99\x10\x01"))
    bad("bad-unit", "a feed's name with a capital letter", "malformed", stored(cbor([1, {2: [["Markam"]]}])))
    bad("bad-repair", "three digests, which is no power of two", "malformed", stored(cbor([1, {8: [["a", bytes(24)]]}])))
    head = {1: clock(NOON), 2: [[UNIT]]}
    pack = packed([b"\x01" + uleb(1) + uleb(0)], [GIVEN(A)], NAMES, [], first_columns(0), [first])
    bad("bad-proof", "a proof of other changes", "digest_mismatch", deflated(cbor([1, head, pack[:-1] + bytes([pack[-1] ^ 1])])))
    bad("bad-after-changes", "a byte behind the proof", "malformed", deflated(cbor([1, head, pack + b"\0"])))
    bad("bad-cut-changes", "a proof that ends early", "truncated", deflated(cbor([1, head, pack[:-1]])))
    columns = [b"\xa8", uleb(last + 1), zigzag(0), b"\x09", b"\x03"]
    pack = packed([b"\x01" + uleb(1) + uleb(4)], [b"\x01"], ["on"], [zigzag(4600)], columns, [first])
    bad("bad-reference", "a position that the receiver does not have", "stale_reference", deflated(cbor([1, head, pack])))
    erase = [b"\x80", zigzag(0), b"\x0b", b"\x02", uleb(4), uleb(20001)]
    pack = packed([b"\x01" + uleb(1) + uleb(0)], [GIVEN(A)], [], [], erase, [first])
    bad("bad-run", "one run that becomes 20 001 operations", "too_many", stored(cbor([1, head, pack])))
    noop = [b"\x80", zigzag(0), b"\x0c", b"\x03"]
    pack = packed([b"\x01" + uleb(1) + uleb(0)], [GIVEN(A)], ["on"], [], noop, [first])
    bad("bad-operation", "an operation of a kind that there is not", "malformed", stored(cbor([1, head, pack])))


def main():
    HERE.mkdir(exist_ok=True)
    first, last = good()
    faulty(first, last)
    rows = "".join(f"| `{name}` | {says} |\n" for name, says in WRITTEN)
    (HERE / "README.md").write_text(
        "# Golden vectors of the wire format\n\n"
        "Written by [`generate.py`](../generate.py) from the words of `sync-core/docs/protocol.md`, with no code of the program it\n"
        "checks. `NAME.hex` is a frame; `NAME.json` says what kind it is, which positions the receiver knows (`[feed, position, hash,\n"
        "author]`), and the message it holds or the code of the error. An operation is `[object, key, action, replaced]`.\n"
        "`dictionary-1.hex` is the preset dictionary. Only decoding is compared: compressors differ.\n\n"
        "| vector | what it is |\n|---|---|\n" + rows
    )


if __name__ == "__main__":
    main()
