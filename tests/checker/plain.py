"""Small pieces: refusals, base64, hexadecimal, canonical JSON (docs/format/journal.md)."""

import base64
import binascii
import json
import re


class Refused(Exception):
    """What was read is not what the format says. The text says why."""


def require(condition, why):
    if not condition:
        raise Refused(why)


def unbase64(text, size=None):
    """Bytes of padded base64 in its only form."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Refused("not base64") from error
    require(base64.b64encode(data).decode() == text, "base64 in another than its only form")
    require(size is None or len(data) == size, "base64 of another length")
    return data


def unhex(text, size):
    require(isinstance(text, str) and re.fullmatch(r"[0-9a-f]*", text) is not None and len(text) == 2 * size,
            "not %d bytes in hexadecimal" % size)
    return bytes.fromhex(text)


def decimal(text):
    require(re.fullmatch(r"0|[1-9][0-9]{0,18}", text) is not None, "not a decimal number")
    number = int(text)
    require(number < 2**63, "a number too large")
    return number


def _no_number(text):
    raise Refused("a number that is no integer")


def _integer(text):
    number = int(text)
    require(abs(number) < 2**53, "an integer too large")
    return number


def _object(pairs):
    made = dict(pairs)
    require(len(made) == len(pairs), "a key stands twice")
    return made


def _string(text):
    escapes = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    return '"' + "".join(escapes.get(c, "\\u%04x" % ord(c) if c < " " else c) for c in text) + '"'


def canonical_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical_text(item) for item in value) + "]"
    require(isinstance(value, dict), "a value that canonical JSON does not know")
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(_string(key) + ":" + canonical_text(value[key]) for key in keys) + "}"


def canonical(value):
    try:
        return canonical_text(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("half a character") from error


def parse_json(data):
    """Strict JSON without floating numbers, null or keys that stand twice."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer, parse_float=_no_number,
                           parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused("not JSON") from error
    return value


def parse_canonical(data):
    value = parse_json(data)
    require(canonical(value) == data, "JSON in another than its canonical form")
    return value


def text_lines(data):
    """Lines of a text in which every line ends in LF."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    require(text.endswith("\n"), "the last line does not end")
    return text[:-1].split("\n")
