#include "dz_bech32.h"

#include <string.h>

#include "dz_secret.h"

#define CHECKSUM_CHARS 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the checksum: a BCH code over groups of five bits (BIP 173, "Checksum"). */
static uint32_t
step(uint32_t state, uint8_t group)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
    uint32_t top = state >> 25;
    state = (state & 0x1ffffff) << 5 ^ group;
    for (size_t i = 0; i < 5; i++) {
        /* By mask and not by branch: the groups are those of a secret key. */
        uint32_t mask = (uint32_t)0 - (top >> i & 1);
        state ^= generator[i] & mask;
    }
    return state;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The checksum after the HRP: the high bits of each character, a zero, the low bits of each. */
static uint32_t
start(const char *hrp, size_t n)
{
    uint32_t state = 1;
    for (size_t i = 0; i < n; i++)
        state = step(state, (uint8_t)(lower(hrp[i]) >> 5));
    state = step(state, 0);
    for (size_t i = 0; i < n; i++)
        state = step(state, (uint8_t)(lower(hrp[i]) & 31));
    return state;
}

size_t
dz_bech32_size(size_t n_hrp, size_t n)
{
    return n_hrp + 1 + (n * 8 + 4) / 5 + CHECKSUM_CHARS;
}

/* Character and place of a group both go into the text, so that no loop needs to know the other. */
static char *
put(char *at, uint32_t *state, uint8_t group)
{
    *state = step(*state, group);
    *at = alphabet[group];
    return at + 1;
}

void
dz_bech32_encode(const char *hrp, const void *data, size_t n, char *ret)
{
    const uint8_t *bytes = data;
    size_t n_hrp = strlen(hrp);
    char *at = ret;

    memcpy(at, hrp, n_hrp);
    at += n_hrp;
    *at++ = '1';

    uint32_t state = start(hrp, n_hrp);
    uint32_t bits = 0;
    unsigned n_bits = 0;
    for (size_t i = 0; i < n; i++) {
        bits = (bits << 8 | bytes[i]) & 0xfff;
        n_bits += 8;
        while (n_bits >= 5) {
            n_bits -= 5;
            at = put(at, &state, bits >> n_bits & 31);
        }
    }
    if (n_bits > 0)
        at = put(at, &state, (uint8_t)(bits << (5 - n_bits) & 31));

    for (size_t i = 0; i < CHECKSUM_CHARS; i++)
        state = step(state, 0);
    state ^= 1;
    for (size_t i = 0; i < CHECKSUM_CHARS; i++)
        *at++ = alphabet[state >> (5 * (CHECKSUM_CHARS - 1 - i)) & 31];
    *at = '\0';
}

/* The group that a character stands for, in the wanted case only; 32 for none. */
static uint8_t
group_of(char c, bool upper)
{
    if (upper ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z'))
        return 32;
    uint8_t found = 32;
    for (uint8_t i = 0; i < 32; i++)
        if (alphabet[i] == lower(c))
            found = i;
    return found;
}

static bool
has_upper(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s >= 'A' && *s <= 'Z')
            return true;
    return false;
}

/* n characters of data to bytes at ret, continuing the checksum. The last group is filled up with
 * at most four bits, all zero. */
static bool
decode_groups(const char *p, size_t n, bool upper, uint32_t *state, uint8_t *ret)
{
    uint32_t bits = 0;
    unsigned n_bits = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t group = group_of(p[i], upper);
        if (group == 32)
            return false;
        *state = step(*state, group);
        bits = (bits << 5 | group) & 0xfff;
        n_bits += 5;
        if (n_bits >= 8) {
            n_bits -= 8;
            *ret++ = (uint8_t)(bits >> n_bits);
        }
    }
    return n_bits < 5 && (bits & ((1u << n_bits) - 1)) == 0;
}

bool
dz_bech32_decode(struct dz_view text, const char *hrp, uint8_t *ret, size_t cap, size_t *ret_n)
{
    size_t n_hrp = strlen(hrp);
    if (text.n < n_hrp + 1 + CHECKSUM_CHARS || memcmp(text.p, hrp, n_hrp) != 0 ||
        text.p[n_hrp] != '1')
        return false;
    const char *data = text.p + n_hrp + 1;
    size_t n_data = text.n - n_hrp - 1 - CHECKSUM_CHARS;
    size_t n = n_data / 8 * 5 + n_data % 8 * 5 / 8;
    if (n > cap || n > DZ_BECH32_BYTES_MAX)
        return false;

    uint8_t bytes[DZ_BECH32_BYTES_MAX];
    uint32_t state = start(hrp, n_hrp);
    bool upper = has_upper(hrp);
    bool good = decode_groups(data, n_data, upper, &state, bytes);
    for (size_t i = 0; good && i < CHECKSUM_CHARS; i++) {
        uint8_t group = group_of(data[n_data + i], upper);
        good = group < 32;
        state = step(state, group & 31);
    }
    good = good && state == 1;
    if (good) {
        if (n > 0)
            memcpy(ret, bytes, n);
        *ret_n = n;
    }
    dz_wipe(bytes, n);
    return good;
}
