#include <string.h>

#include "dz_tr.h"
#include "slip39_impl.h"
#include "slip39_words.h"

/* Shares as words. A word is ten bits:
 *
 *   id(15) extendable(1) exponent(4) | group(4) group threshold - 1(4) groups - 1(4) member(4)
 *   threshold - 1(4) | zero bits, value | checksum(30)
 *
 * The value is filled up in front to whole words. The checksum is a Reed-Solomon code over GF(1024)
 * and is also taken over a text that says which kind of share this is. */

#define WORD_BITS 10
#define HEAD_WORDS 4
#define SUM_WORDS 3
#define WORDS_MIN 20
#define WORDS_MAX 33
#define WORD_LETTERS 4 /* that tell a word from all others */

/* One step of the checksum; the remainder lives in 30 bits. */
static uint32_t
sum_step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[WORD_BITS] = {
        0x00e0e040, 0x01c1c080, 0x03838100, 0x07070200, 0x0e0e0009,
        0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890, 0x03f3f120,
    };
    uint32_t top = sum >> 20;
    sum = (sum & 0xfffff) << WORD_BITS ^ value;
    for (unsigned i = 0; i < WORD_BITS; i++)
        sum ^= generator[i] & (0 - (top >> i & 1));
    return sum;
}

static uint32_t
sum_of(bool extendable, const uint16_t *words, size_t n)
{
    uint32_t sum = 1;
    for (const char *c = extendable ? "shamir_extendable" : "shamir"; *c != '\0'; c++)
        sum = sum_step(sum, (uint8_t)*c);
    for (size_t i = 0; i < n; i++)
        sum = sum_step(sum, words[i]);
    return sum;
}

/* ---- writing ---- */

void
dz_slip39_write(const struct slip39_share *share, char ret[DZ_SLIP39_TEXT_MAX])
{
    uint16_t words[WORDS_MAX] = {0};
    size_t n_value = (8 * (size_t)share->n_value + WORD_BITS - 1) / WORD_BITS;
    uint32_t head = (uint32_t)share->id << 5 | (uint32_t)share->extendable << 4 | share->exponent;
    words[0] = (uint16_t)(head >> WORD_BITS);
    words[1] = head & 0x3ff;
    head = (uint32_t)share->group << 16 | (uint32_t)(share->group_threshold - 1) << 12 |
           (uint32_t)(share->n_groups - 1) << 8 | (uint32_t)share->member << 4 |
           (uint32_t)(share->threshold - 1);
    words[2] = (uint16_t)(head >> WORD_BITS);
    words[3] = head & 0x3ff;
    /* From the last bit on, so that the zero bits end up in front. */
    for (size_t bit = 0; bit < 8 * (size_t)share->n_value; bit++) {
        unsigned one = share->value[share->n_value - 1 - bit / 8] >> bit % 8 & 1;
        size_t at = HEAD_WORDS + n_value - 1 - bit / WORD_BITS;
        words[at] = (uint16_t)(words[at] | one << bit % WORD_BITS);
    }
    size_t n = HEAD_WORDS + n_value + SUM_WORDS;
    uint32_t sum = sum_of(share->extendable, words, n) ^ 1;
    for (size_t i = 0; i < SUM_WORDS; i++)
        words[n - 1 - i] = (uint16_t)(sum >> WORD_BITS * i & 0x3ff);

    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const char *word = dz_slip39_words[words[i]];
        if (i > 0)
            ret[used++] = ' ';
        memcpy(ret + used, word, strlen(word));
        used += strlen(word);
    }
    ret[used] = '\0';
    dz_wipe(words, sizeof words);
}

/* ---- reading ---- */

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A word of the list, whole or its first four letters; typed is not empty. */
static bool
fits(const char *word, struct dz_view typed)
{
    if (lower(typed.p[0]) != word[0])
        return false;
    size_t n = strlen(word);
    if (typed.n != n && typed.n != WORD_LETTERS)
        return false;
    for (size_t i = 0; i < typed.n; i++)
        if (lower(typed.p[i]) != word[i])
            return false;
    return true;
}

static bool
find_word(struct dz_view typed, uint16_t *ret)
{
    for (size_t i = 0; i < DZ_SLIP39_WORDS; i++) {
        if (fits(dz_slip39_words[i], typed)) {
            *ret = (uint16_t)i;
            return true;
        }
    }
    return false;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word of the line, which is cut off in front; empty at the end. */
static struct dz_view
next_word(struct dz_view *line)
{
    while (line->n > 0 && is_blank(*line->p)) {
        line->p++;
        line->n--;
    }
    struct dz_view word = {line->p, 0};
    while (word.n < line->n && !is_blank(line->p[word.n]))
        word.n++;
    line->p += word.n;
    line->n -= word.n;
    return word;
}

/* Messages name the place of a word and never the word: it is part of a secret. */
static enum dz_code
read_words(struct dz_view line, size_t number, uint16_t words[WORDS_MAX], size_t *ret_n,
           struct dz_err *err)
{
    size_t n = 0;
    for (;;) {
        struct dz_view word = next_word(&line);
        if (word.n == 0)
            break;
        if (n < WORDS_MAX && !find_word(word, &words[n]))
            return dz_fail(err, DZ_E_INPUT,
                           "share %zu: word %zu is not in the list of words: compare it with the "
                           "paper",
                           number, n + 1);
        n++;
    }
    if (n < WORDS_MIN || n > WORDS_MAX)
        return dz_fail(err, DZ_E_INPUT, "share %zu has %zu words: a share has 20 to 33", number, n);
    *ret_n = n;
    return DZ_OK;
}

/* The value between head and checksum. False when the number of words fits no value, or when the
 * bits in front of it are not zero. */
static bool
read_value(const uint16_t *words, size_t n, struct slip39_share *ret)
{
    size_t bits = WORD_BITS * n;
    size_t padding = bits % 16;
    if (padding > 8)
        return false;
    ret->n_value = (uint8_t)((bits - padding) / 8);
    memset(ret->value, 0, sizeof ret->value);
    unsigned spare = 0;
    for (size_t bit = 0; bit < bits; bit++) {
        unsigned one = words[n - 1 - bit / WORD_BITS] >> bit % WORD_BITS & 1;
        if (bit < 8 * (size_t)ret->n_value) {
            uint8_t *at = &ret->value[ret->n_value - 1 - bit / 8];
            *at = (uint8_t)(*at | one << bit % 8);
        } else {
            spare |= one;
        }
    }
    return spare == 0;
}

static enum dz_code
read_share(const uint16_t *words, size_t n, size_t number, struct slip39_share *ret,
           struct dz_err *err)
{
    uint32_t head = (uint32_t)words[0] << WORD_BITS | words[1];
    ret->id = (uint16_t)(head >> 5);
    ret->extendable = (head >> 4 & 1) != 0;
    ret->exponent = head & 0xf;
    if (sum_of(ret->extendable, words, n) != 1)
        return dz_fail(err, DZ_E_INPUT,
                       "share %zu: a word is wrong, missing or in another place: compare it with "
                       "the paper",
                       number);
    head = (uint32_t)words[2] << WORD_BITS | words[3];
    ret->group = head >> 16 & 0xf;
    ret->group_threshold = (uint8_t)((head >> 12 & 0xf) + 1);
    ret->n_groups = (uint8_t)((head >> 8 & 0xf) + 1);
    ret->member = head >> 4 & 0xf;
    ret->threshold = (uint8_t)((head & 0xf) + 1);
    if (ret->group_threshold > ret->n_groups || ret->group >= ret->n_groups ||
        !read_value(words + HEAD_WORDS, n - HEAD_WORDS - SUM_WORDS, ret))
        return dz_fail(err, DZ_E_INPUT, "share %zu is not a share that any program makes", number);
    return DZ_OK;
}

enum dz_code
dz_slip39_read(struct dz_view line, size_t number, struct slip39_share *ret, struct dz_err *err)
{
    uint16_t words[WORDS_MAX] = {0};
    size_t n = 0;
    enum dz_code code = read_words(line, number, words, &n, err);
    if (code == DZ_OK)
        code = read_share(words, n, number, ret, err);
    dz_wipe(words, sizeof words);
    return code;
}
