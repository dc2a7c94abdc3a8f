/* Settings of a vault: few, checked, and kept in the journal like every decision, so that they
 * travel with the vault and it stays known who set what and when.
 *
 *     timestamp.NAME               address of a timestamp authority (RFC 3161)
 *     timestamp.NAME.certificates  certificates that its timestamps have to lead to, PEM
 *     network.proxy                http://HOST:PORT or socks5h://HOST:PORT
 *     network.certificates         certificates of servers trusted besides the system's, PEM
 *     network.timeout              seconds for one exchange, 1 to 600
 *     organization                 who packages say they come from, one line
 *     reading.ocr                  languages of OCR, e.g. ukr+rus+eng; not set: OCR is off
 *
 * NAME is up to 32 lower-case letters, digits and hyphens. Nothing is set at first: no program of
 * this vault goes anywhere until somebody names where. */
#ifndef DZ_SETTING_H
#define DZ_SETTING_H

#include <stdbool.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_vault;

#define DZ_SETTING_NAME_MAX 32 /* characters of a NAME */
#define DZ_SETTING_KEY_MAX 64  /* bytes of a key, its NUL included */

enum dz_setting_kind {
    DZ_SETTING_UNKNOWN,
    DZ_SETTING_ADDRESS,      /* http or https */
    DZ_SETTING_CERTIFICATES, /* PEM; people give a file */
    DZ_SETTING_PROXY,
    DZ_SETTING_SECONDS,
    DZ_SETTING_WORDS,
    DZ_SETTING_LANGUAGES
};
enum dz_setting_kind
dz_setting_kind(const char *key);

/** DZ_E_USAGE with the keys there are, when this is none of them. */
DZ_MUSTUSE enum dz_code
dz_setting_check_key(const char *key, struct dz_err *err);
/** Check a value; what is to be kept is appended to out (certificates without the words around
 *  them). DZ_E_INPUT; DZ_E_DENIED: a private key where certificates belong. */
DZ_MUSTUSE enum dz_code
dz_setting_check(const char *key, struct dz_view value, struct dz_buf *out, struct dz_err *err);

/** Caller frees *ret; NULL when it is not set. */
DZ_MUSTUSE enum dz_code
dz_setting_get(struct dz_vault *v, const char *key, char **ret, struct dz_err *err);
/** All that is set, in the order of keys. */
typedef enum dz_code
dz_setting_fn(void *ctx, const char *key, const char *value, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_settings_each(struct dz_vault *v, dz_setting_fn *fn, void *ctx, struct dz_err *err);

/** One change; value NULL takes the setting back. */
struct dz_setting_change {
    const char *key;
    const char *value;
};
/** Check and set several together: one entry settings.changed for each, one commit. Nothing is
 *  written for what is that way already; *ret_n (may be NULL) counts what was changed. */
DZ_MUSTUSE enum dz_code
dz_settings_change(struct dz_vault *v, const struct dz_setting_change *changes, size_t n,
                   size_t *ret_n, struct dz_err *err);

#endif
