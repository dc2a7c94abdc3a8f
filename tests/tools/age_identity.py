#!/usr/bin/python3
"""Prints the age identity of 32 bytes in hex: age_identity.py HEX

The same as in docs/format/recovery.md, written down once more so that it is tested.
"""

import sys

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def checksum(values):
    sum30 = 1
    for value in values:
        top = sum30 >> 25
        sum30 = (sum30 & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            sum30 ^= generator if top >> i & 1 else 0
    return sum30


def identity(secret):
    hrp = "age-secret-key-"
    bits = "".join(f"{byte:08b}" for byte in secret)
    bits += "0" * (-len(bits) % 5)
    data = [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]
    head = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    end = checksum(head + data + [0] * 6) ^ 1
    data += [end >> 5 * (5 - i) & 31 for i in range(6)]
    return (hrp + "1" + "".join(LETTERS[d] for d in data)).upper()


print(identity(bytes.fromhex(sys.argv[1])))
