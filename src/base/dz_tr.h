/* Translation: every string that a user sees passes here.
 *
 * gettext knows one language a process; the desk serves several at once and a report may be in
 * another language than the terminal. Each language is therefore a text domain of its own
 * ("dokaz-en", "dokaz-uk"), stored as LOCALEDIR/C.UTF-8/LC_MESSAGES/dokaz-<lang>.mo and looked up
 * under the fixed locale C.UTF-8; which domain is asked is a property of the thread. The msgids are
 * English.
 *
 * glibc looks for exactly LOCALEDIR/C.UTF-8/LC_MESSAGES/dokaz-<lang>.mo (and after it C.utf8 and
 * C in the place of C.UTF-8), but a LANGUAGE variable in the environment would send it
 * elsewhere: dz_tr_init removes that variable, so whoever chooses the language from the
 * environment reads it before. A build puts its catalogues at
 * <builddir>/locale/C.UTF-8/LC_MESSAGES/dokaz-<lang>.mo. */
#ifndef DZ_TR_H
#define DZ_TR_H

enum dz_lang { DZ_LANG_EN, DZ_LANG_UK };

/** Bind both domains to the catalogues: folder `locale` beside the running program (build
 *  folder) or PREFIX/share/locale. Call once from main, before threads. Also fixes the C.UTF-8
 *  locale, so that numbers are always written with a point. Missing catalogues leave the English
 *  msgids. */
void
dz_tr_init(void);

/** Language of this thread from now on; DZ_LANG_EN until set. */
void
dz_lang_set(enum dz_lang lang);

enum dz_lang
dz_lang_get(void);

/** "uk", "uk_UA.UTF-8", "ua" -> DZ_LANG_UK; everything else DZ_LANG_EN. NULL is English. */
enum dz_lang
dz_lang_parse(const char *name);

/** "en" or "uk". */
const char *
dz_lang_code(enum dz_lang lang);

/** Translation of msgid in the thread's language; borrowed for ever. */
const char *
dz_tr(const char *msgid) __attribute__((format_arg(1)));

/** The plural form for n ("%zu source", "%zu sources"): Ukrainian has three. */
const char *
dz_trn(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1))) __attribute__((format_arg(2)));

#define _(msgid) dz_tr(msgid)
#define N_(msgid) msgid

#endif
