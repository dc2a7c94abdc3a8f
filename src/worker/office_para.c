#include <string.h>

#include "dz_mem.h"
#include "dz_office.h"
#include "dz_utf8.h"

#define PARA_MAX ((size_t)4 << 20) /* bytes of one paragraph, or of one row of a table */

void
dz_para_done(struct dz_para *p)
{
    dz_buf_done(&p->text);
}

void
dz_para_add(struct dz_para *p, struct dz_view text)
{
    p->text.max = PARA_MAX;
    if (text.n > PARA_MAX - p->text.n)
        dz_para_flush(p); /* said in pieces rather than lost */
    if (text.n > PARA_MAX)
        text.n = dz_utf8_valid_prefix((struct dz_view){.p = text.p, .n = PARA_MAX});
    dz_buf_addv(&p->text, text);
}

void
dz_para_flush(struct dz_para *p)
{
    if (p->aside != NULL)
        dz_buf_addv(p->aside, dz_buf_view(&p->text));
    else
        dz_office_text(p->o, dz_buf_view(&p->text));
    dz_buf_reset(&p->text);
}

static void
say_line(struct dz_para *p)
{
    struct dz_view line = dz_view_trim(dz_buf_view(&p->text));
    if (line.n > 0) {
        if (p->heading && p->aside == NULL) {
            DZ_AUTO_BUF struct dz_buf label = DZ_BUF(4096);
            dz_utf8_line(&label, line, 120);
            dz_work_locator(p->o->w, "section", label.p);
        }
        dz_buf_addc(&p->text, '\n');
        dz_para_flush(p);
    }
    dz_buf_reset(&p->text);
    p->heading = false;
}

void
dz_para_end(struct dz_para *p)
{
    if (p->cells == 0) {
        say_line(p);
        return;
    }
    /* Within a cell the next paragraph goes on behind a space, so that a row stays one line. */
    char last = p->text.n > 0 ? p->text.p[p->text.n - 1] : ' ';
    if (last != ' ' && last != '\t')
        dz_para_add(p, DZ_VIEW(" "));
}

void
dz_para_cell_start(struct dz_para *p)
{
    if (p->cells == 0 && p->text.n > 0 && p->text.p[p->text.n - 1] != '\t')
        say_line(p);
    p->cells++;
}

void
dz_para_cell_end(struct dz_para *p)
{
    p->cells -= p->cells > 0;
    while (p->text.n > 0 && p->text.p[p->text.n - 1] == ' ')
        dz_buf_cut(&p->text, p->text.n - 1);
    dz_para_add(p, p->cells == 0 ? DZ_VIEW("\t") : DZ_VIEW(" "));
}

void
dz_para_row_end(struct dz_para *p)
{
    if (p->cells > 0)
        return;
    while (p->text.n > 0 && p->text.p[p->text.n - 1] == '\t')
        dz_buf_cut(&p->text, p->text.n - 1);
    say_line(p);
}

/* ---- text boxes ---- */

#define BOXES_MAX ((size_t)4 << 20) /* bytes of the text boxes of one paragraph */

void
dz_boxes_start(struct dz_boxes *b, struct dz_para *p)
{
    if (b->depth++ > 0)
        return;
    b->lines.max = BOXES_MAX;
    b->outer = *p;
    *p = (struct dz_para){.o = b->outer.o, .aside = &b->lines};
}

void
dz_boxes_end(struct dz_boxes *b, struct dz_para *p)
{
    if (b->depth == 0 || --b->depth > 0)
        return;
    p->cells = 0;
    dz_para_end(p);
    dz_para_done(p);
    *p = b->outer;
    b->outer = (struct dz_para){0};
}

void
dz_boxes_close(struct dz_boxes *b, struct dz_para *p)
{
    b->depth = b->depth > 0;
    dz_boxes_end(b, p);
}

void
dz_boxes_say(struct dz_boxes *b, const struct dz_para *p)
{
    if (b->depth > 0 || p->cells > 0 || b->lines.n == 0)
        return;
    if (b->lines.failed && p->o->limit == NULL)
        p->o->limit = "too_large";
    dz_office_text(p->o, dz_buf_view(&b->lines));
    dz_buf_reset(&b->lines);
}

void
dz_boxes_done(struct dz_boxes *b)
{
    dz_buf_done(&b->lines);
    dz_para_done(&b->outer);
}
