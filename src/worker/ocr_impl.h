/* Between the files of the OCR reader. */
#ifndef DZ_OCR_IMPL_H
#define DZ_OCR_IMPL_H

#include <tesseract/capi.h>

#include "dz_picture.h"
#include "dz_worker.h"

/* ---- ocr_engine.c ---- */

#define DZ_OCR_LANGUAGES_MAX 64 /* bytes of "ukr+rus+eng" */

/** The languages wanted, with English behind them where it is missing: OCR without it garbles every
 * Latin word. false: this is no set of languages. */
bool
dz_ocr_languages(const char *wanted, char ret[DZ_OCR_LANGUAGES_MAX]);
/** An engine with the models of these languages, kept for the next call; NULL when one of them is
 * not installed. */
TessBaseAPI *
dz_ocr_engine(const char *languages);

/* ---- ocr_text.c ---- */

struct dz_ocr_page {
    PIX *pix;          /* 8 bits a pixel, or less */
    int number;        /* from 1 */
    double unit;       /* of a pixel in what is said of places: points of a PDF's page, or pixels */
    const char *label; /* printed number, or NULL */
};
/** Recognise one page and say it: page, lines with their places, blocks with their confidence.
 *  Returns
 * how many letters and digits it has; -1: the engine gave up. */
long
dz_ocr_say_page(struct dz_work *w, TessBaseAPI *engine, const struct dz_ocr_page *page);

#endif
