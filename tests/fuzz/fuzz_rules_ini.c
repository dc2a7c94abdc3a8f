#include <stdint.h>
#include <stdlib.h>

#include "dz_rules_priv.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every line that is handed out lies inside the text, keys and sections without white space around
 * them; the value is joined of no more bytes than there are. */
static void
look_at(void *arg, const struct dz_ini_line *line)
{
    const struct dz_view *text = arg;
    const struct dz_view parts[] = {line->section, line->key};
    for (size_t i = 0; i < 2; i++)
        if (parts[i].n > 0 && (parts[i].p < text->p || parts[i].p + parts[i].n > text->p + text->n))
            abort();
    if (line->section.n == 0 || line->value.n > 2 * text->n ||
        dz_view_trim(line->key).n != line->key.n)
        abort();
}

/* Any bytes as a codebook or phrase file. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view text = {(const char *)data, size};
    (void)!dz_ini_read(text, "fuzz", look_at, &text, NULL);
    return 0;
}
