#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "ocr_impl.h"

#include <dlfcn.h>
#include <string.h>

#include "dz_mem.h"

#define SET_MAX 6 /* languages */

static bool
is_code(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(p[i] >= 'a' && p[i] <= 'z') && p[i] != '_')
            return false;
    return n >= 3 && n <= 12;
}

bool
dz_ocr_languages(const char *wanted, char ret[DZ_OCR_LANGUAGES_MAX])
{
    DZ_AUTO_BUF struct dz_buf set = DZ_BUF(DZ_OCR_LANGUAGES_MAX - 5);
    bool english = false;
    size_t n_codes = 0;
    for (const char *p = wanted ? wanted : ""; *p;) {
        size_t n = strcspn(p, "+");
        if (!is_code(p, n) || ++n_codes > SET_MAX)
            return false;
        english = english || (n == 3 && memcmp(p, "eng", 3) == 0);
        if (set.n > 0)
            dz_buf_addc(&set, '+');
        dz_buf_add(&set, p, n);
        p += n + (p[n] == '+');
    }
    if (!english && set.n > 0)
        dz_buf_addc(&set, '+');
    if (!english)
        dz_buf_adds(&set, "eng");
    if (set.failed)
        return false;
    memcpy(ret, set.p, set.n + 1);
    return true;
}

/* tesseract works in four threads, and OMP_THREAD_LIMIT is read when its library is loaded. In the
 * box a second thread is forbidden, and here it is not wanted: no nesting at all means one. The
 * function belongs to the library of OpenMP that tesseract brings along, or does not. */
static void
use_one_thread(void)
{
    void (*set_levels)(int) = NULL;
    void *found = dlsym(RTLD_DEFAULT, "omp_set_max_active_levels");
    if (!found)
        return;
    memcpy(&set_levels, &found, sizeof found);
    set_levels(0);
}

/* tesseract goes on without a language that is not installed; text would come out garbled. */
static bool
has_all(TessBaseAPI *engine, const char *languages)
{
    size_t wanted = 1;
    for (const char *p = languages; *p; p++)
        wanted += *p == '+';
    size_t loaded = 0;
    char **names = TessBaseAPIGetLoadedLanguagesAsVector(engine);
    while (names && names[loaded])
        loaded++;
    if (names)
        TessDeleteTextArray(names);
    return loaded >= wanted;
}

TessBaseAPI *
dz_ocr_engine(const char *languages)
{
    static TessBaseAPI *kept; /* of this process: a child inherits its server's */
    static char kept_languages[DZ_OCR_LANGUAGES_MAX];
    use_one_thread();
    if (kept && strcmp(kept_languages, languages) == 0) {
        TessBaseAPIClear(kept);
        TessBaseAPIClearAdaptiveClassifier(kept);
        return kept;
    }
    if (kept)
        TessBaseAPIDelete(kept);
    kept = TessBaseAPICreate();
    if (kept && (TessBaseAPIInit3(kept, NULL, languages) != 0 || !has_all(kept, languages))) {
        TessBaseAPIDelete(kept);
        kept = NULL;
    }
    if (!kept)
        return NULL;
    strncpy(kept_languages, languages, sizeof kept_languages - 1);
    TessBaseAPISetPageSegMode(kept, PSM_AUTO);
    return kept;
}
