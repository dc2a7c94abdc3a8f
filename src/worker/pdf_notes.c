#define _GNU_SOURCE /* memmem */
#include "pdf_impl.h"

#include <string.h>

#define NOTES_MAX 2000 /* of one page */

/* Under "aside", so that nobody takes a remark in the margin for the document's own words. The main
 * text goes on behind it. */
struct notes {
    struct dz_work *w;
    struct dz_view text; /* of the page */
    const char *aside;   /* what was said last, or NULL */
};

static void
say(struct notes *t, const char *aside, const char *name, const char *value)
{
    struct dz_view v = dz_view_trim(dz_view_of(value));
    if (v.n == 0 || memmem(t->text.p, t->text.n, v.p, v.n))
        return; /* what a field shows stands in the text of the page already */
    if (!t->aside || strcmp(t->aside, aside) != 0)
        dz_work_locator(t->w, "aside", aside);
    t->aside = aside;
    if (name && *name) {
        dz_work_texts(t->w, name);
        dz_work_texts(t->w, ": ");
    }
    dz_work_text(t->w, v);
    dz_work_texts(t->w, "\n");
}

static void
say_choice(struct notes *t, PopplerFormField *field, const char *name)
{
    int n = poppler_form_field_choice_get_n_items(field);
    for (int i = 0; i < n && i < NOTES_MAX; i++) {
        if (!poppler_form_field_choice_is_item_selected(field, i))
            continue;
        DZ_AUTO_G char *item = poppler_form_field_choice_get_item(field, i);
        say(t, "form", name, item);
    }
}

static void
say_field(struct notes *t, PopplerFormField *field)
{
    DZ_AUTO_G char *name = poppler_form_field_get_name(field);
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT: {
        DZ_AUTO_G char *value = poppler_form_field_text_get_text(field);
        say(t, "form", name, value);
        break;
    }
    case POPPLER_FORM_FIELD_CHOICE:
        say_choice(t, field, name);
        break;
    case POPPLER_FORM_FIELD_BUTTON:
        if (poppler_form_field_button_get_button_type(field) != POPPLER_FORM_BUTTON_PUSH &&
            poppler_form_field_button_get_state(field))
            say(t, "form", name, "✓");
        break;
    case POPPLER_FORM_FIELD_SIGNATURE:
    case POPPLER_FORM_FIELD_UNKNOWN:
        break;
    }
}

/* Who wrote a note and when, for the record of custody. */
static void
say_writer(struct notes *t, PopplerAnnot *note, int number)
{
    if (!POPPLER_IS_ANNOT_MARKUP(note))
        return;
    DZ_AUTO_G char *writer = poppler_annot_markup_get_label(POPPLER_ANNOT_MARKUP(note));
    DZ_AUTO_G char *when = poppler_annot_get_modified(note);
    if (!writer || !*writer)
        return;
    DZ_AUTO_FREE char *line =
        dz_asprintf("%d: %s%s%s", number, writer, when ? ", " : "", when ? when : "");
    dz_work_meta(t->w, "pdf.AnnotationBy", dz_view_of(line));
}

static void
say_note(struct notes *t, PopplerAnnot *note, int number, struct dz_pdf_taken *taken)
{
    switch ((int)poppler_annot_get_annot_type(note)) {
    case POPPLER_ANNOT_LINK:
    case POPPLER_ANNOT_WIDGET:
    case POPPLER_ANNOT_POPUP:
        return;
    case POPPLER_ANNOT_FILE_ATTACHMENT: {
        PopplerAttachment *file =
            poppler_annot_file_attachment_get_attachment(POPPLER_ANNOT_FILE_ATTACHMENT(note));
        if (file) {
            dz_pdf_attachment(t->w, file, taken);
            g_object_unref(file);
        }
        break;
    }
    default:
        break;
    }
    DZ_AUTO_G char *contents = poppler_annot_get_contents(note);
    say_writer(t, note, number);
    say(t, "note", NULL, contents);
}

void
dz_pdf_notes(struct dz_work *w, PopplerPage *page, int number, struct dz_view text,
             struct dz_pdf_taken *taken)
{
    struct notes t = {.w = w, .text = text};
    size_t n = 0;
    GList *fields = poppler_page_get_form_field_mapping(page);
    for (GList *i = fields; i && n < NOTES_MAX; i = i->next, n++)
        say_field(&t, ((PopplerFormFieldMapping *)i->data)->field);
    poppler_page_free_form_field_mapping(fields);
    n = 0;
    GList *notes = poppler_page_get_annot_mapping(page);
    for (GList *i = notes; i && n < NOTES_MAX; i = i->next, n++)
        say_note(&t, ((PopplerAnnotMapping *)i->data)->annot, number, taken);
    poppler_page_free_annot_mapping(notes);
    if (t.aside)
        dz_work_locator(w, "main", "");
}
