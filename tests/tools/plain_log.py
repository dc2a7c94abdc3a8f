"""What vectors are made of: signatures, trees and notes, straight from RFC 8032 and 9162.

For test data only: slow and plain, with nothing of the C code and nothing of the checker in Python,
so that three programs have to agree.
"""
import base64
import functools
import hashlib
import json

# ---- Ed25519, RFC 8032 section 5.1 ----

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 else x


# Points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z: no inversion until one is written down.
BASE = (recover_x(BASE_Y), BASE_Y, 1, recover_x(BASE_Y) * BASE_Y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, p):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, p)
        p = add(p, p)
        n >>= 1
    return result


def encode(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def sha512_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def secret_of(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & ((1 << 254) - 8) | 1 << 254
    return a, h[32:]


@functools.cache
def public_of(seed):
    return encode(times(secret_of(seed)[0], BASE))


def sign(seed, message):
    a, prefix = secret_of(seed)
    r = sha512_number(prefix, message) % ORDER
    point = encode(times(r, BASE))
    s = (r + sha512_number(point, public_of(seed), message) * a) % ORDER
    return point + s.to_bytes(32, "little")


def other_s(signature):
    """The same equation holds for S + L, which RFC 8032 forbids."""
    s = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + s.to_bytes(32, "little")


# ---- the tree, RFC 9162 section 2.1, as it is defined ----


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(record):
    return sha256(b"\0", record)


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def root_of(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\1", root_of(leaves[:k]), root_of(leaves[k:]))


def inclusion(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return inclusion(m, leaves[:k]) + [root_of(leaves[k:])]
    return inclusion(m - k, leaves[k:]) + [root_of(leaves[:k])]


def consistency(m, leaves, whole=True):
    if m == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = split(len(leaves))
    if m <= k:
        return consistency(m, leaves[:k], whole) + [root_of(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [root_of(leaves[:k])]


# ---- keys and notes ----


def b64(data):
    return base64.b64encode(data).decode("ascii")


def canonical(value):
    """RFC 8785 for the values used here: names of fields are ASCII, so code points order them."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Key:
    """A key that signs notes, and the line that names it."""

    def __init__(self, name, seed):
        self.name = name
        self.seed = seed
        self.public = public_of(self.seed)
        self.id = sha256(name.encode(), b"\n\1", self.public)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(bytes([1]) + self.public)}"

    def line(self, text, signature=None):
        signature = sign(self.seed, text) if signature is None else signature
        return f"\u2014 {self.name} {b64(self.id + signature)}\n".encode()

    def note(self, text):
        return text + b"\n" + self.line(text)


def checkpoint_text(origin, size, root, extension=""):
    return f"{origin}\n{size}\n{b64(root)}\n{extension}".encode()
