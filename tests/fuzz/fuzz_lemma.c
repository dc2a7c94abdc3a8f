/* Lemmas of any bytes: there is always one, it lies in its room or is the word, and the same
 * question gets the same answer. First byte: the language. */
#include <stdint.h>

#include "dz_lemma.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    enum dz_text_lang lang = (enum dz_text_lang)(data[0] % 4);
    struct dz_view word = {(const char *)data + 1, size - 1};
    struct dz_lemmas l, again;
    dz_lemmas_of(word, lang, &l);
    dz_lemmas_of(word, lang, &again);
    if (l.n < 1 || l.n > DZ_LEMMA_ITEMS || l.n != again.n || l.n_linked > l.n)
        __builtin_trap();
    for (size_t i = 0; i < l.n; i++) {
        struct dz_view v = l.item[i];
        bool own = v.p == word.p && v.n == word.n;
        if (!own && (v.p < l.room || v.p + v.n > l.room + sizeof l.room))
            __builtin_trap();
        if (!dz_view_eq(v, again.item[i]))
            __builtin_trap();
    }
    if (l.known != ((dz_lemma_known_in(word) & 1U << lang) != 0))
        __builtin_trap();
    char room[128];
    struct dz_view root = dz_lemma_root(l.item[0], lang, room);
    if (root.n > sizeof room)
        __builtin_trap();
    return 0;
}
