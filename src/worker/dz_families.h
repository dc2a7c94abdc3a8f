/* The families of formats, one program each. */
#ifndef DZ_FAMILIES_H
#define DZ_FAMILIES_H

#include "dz_worker.h"

extern const struct dz_family dz_family_text;    /* text, Markdown, CSV, subtitles, transcripts */
extern const struct dz_family dz_family_html;    /* pages */
extern const struct dz_family dz_family_chat;    /* chat exports */
extern const struct dz_family dz_family_pdf;     /* PDF with text */
extern const struct dz_family dz_family_ocr;     /* pictures, and PDF without text, by OCR */
extern const struct dz_family dz_family_office;  /* DOCX, ODT, XLSX, ODS, EPUB */
extern const struct dz_family dz_family_rtf;     /* RTF */
extern const struct dz_family dz_family_mail;    /* EML, MBOX, MHTML */
extern const struct dz_family dz_family_archive; /* ZIP */
extern const struct dz_family dz_family_web;     /* WARC, WACZ */
/* what pictures, sound and film say of themselves */
extern const struct dz_family dz_family_media;
extern const struct dz_family dz_family_rebuild; /* cleaned copies of pictures, PDF and text */
/* what pages and style sheets need, for captures */
extern const struct dz_family dz_family_needs;

#endif
