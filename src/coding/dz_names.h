/* Words and shapes of names, shared by the files that find persons. Private to coding/. */
#ifndef DZ_NAMES_H
#define DZ_NAMES_H

#include "dz_persons.h"

/** May the word be part of a name: a capital, and no place, office or everyday head of a title? */
bool
dz_name_word(const struct dz_person_finder *f, size_t w);
/** "Соціолог", "Врач": what somebody is, though a capital stands there. */
bool
dz_name_role(const struct dz_person_finder *f, size_t w);
/** Does a dictionary know the word for something else than a name? */
bool
dz_name_everyday(const struct dz_person_finder *f, size_t w);
/** May the word be a surname behind a first name? A place word may ("Vladimir Rostov"). */
bool
dz_name_surname(const struct dz_person_finder *f, size_t w);
/** Does a word end in one of the tails, with more than `rest` bytes in front? */
bool
dz_name_ends(struct dz_view fold, const struct dz_view *tails, size_t n, size_t rest);
/** May a first name stand alone here? Some are everyday words at the start of a sentence. */
bool
dz_name_single_fits(const struct dz_person_finder *f, size_t w);
/** "Эдем-ага": is an elder spoken to? */
bool
dz_name_addressed(const struct dz_person_finder *f, size_t w);
/** «Наденька» of a shop or a ship. */
bool
dz_name_of_thing(const struct dz_person_finder *f, size_t w);
/** A known first name, in any case. */
bool
dz_name_first(const struct dz_person_finder *f, size_t w);
/** A capital with a full stop right behind it. */
bool
dz_name_initial(const struct dz_person_finder *f, size_t w);
/** A capitalised word of three letters and more that is no known head of something else. */
bool
dz_name_plain(const struct dz_person_finder *f, size_t w);
/** Does the word stand as close to the one in front as initials do? */
bool
dz_name_close(const struct dz_person_finder *f, size_t w);
/** Does the word end as patronymics do? */
bool
dz_name_patronymic(struct dz_view fold);
/** Does the word end as adjectives do? */
bool
dz_name_adjective(struct dz_view fold);
/** "Семенівна": a patronymic that neighbours call somebody by. */
bool
dz_name_lone_patronymic(const struct dz_person_finder *f, size_t w);
/** "A woman named ...", "назвемо її ...": do the words in front say that this is a name? */
bool
dz_name_called(const struct dz_person_finder *f, size_t w);
/** ", an analyst at ...": does an aside that begins here say a role? */
bool
dz_name_aside(const struct dz_person_finder *f, size_t w);

/** Is the word a verb, as far as a dictionary or its ending tells? */
bool
dz_name_verb(const struct dz_person_finder *f, size_t w);
/** Do the words in one language or the other know the word for something else than a name? */
bool
dz_name_common(const struct dz_person_finder *f, size_t w);
/** Does nothing part the word from the one in front but the full stop of "Mr."? */
bool
dz_name_joined(const struct dz_person_finder *f, size_t w);
/** ", a taxi driver": does the word behind a name begin an aside that says a private role? */
bool
dz_name_aside_private(const struct dz_person_finder *f, size_t w);
/** "Пані Юліє, ...", "— Тимур, ...": does the speaker turn to somebody in front of them, by a title
 * and a first name in the vocative, or at the head of a question? */
bool
dz_name_vocative(const struct dz_person_finder *f, size_t from, size_t to);
/** "He spoke to N N.": does the name from w to end close a sentence that says so? */
bool
dz_name_spoken_to(const struct dz_person_finder *f, size_t w, size_t end);
/** May this word stand between a title and the name that it belongs to? */
bool
dz_title_word(const struct dz_person_finder *f, size_t w);

/** "Михайловского", "Токарівка": does the folded word end as places named after somebody do? */
bool
dz_name_of_place(struct dz_view fold);
/** Does a bracket stand between the word and the one in front? */
bool
dz_name_bracket(const struct dz_person_finder *f, size_t w);
/** Does the bearer of the name from w to end do, suffer or own what only a person does? */
bool
dz_name_lives(const struct dz_person_finder *f, size_t w, size_t end);
/** "HALYNA, seamstress": a name in capitals at the head of what its bearer says. */
bool
dz_name_heading(const struct dz_person_finder *f, size_t w);
/** "By N N", "Text: N N": does what stands in front of w say whose work this is? */
bool
dz_name_signs(const struct dz_person_finder *f, size_t w);

/* Shapes: words taken from w on, or 0. */

/** A name in quotation marks of somebody who speaks or has a role. */
size_t
dz_name_pseudonym(struct dz_person_finder *f, size_t w);
/** "И. В. Гордеев", "Котова А. С.", "Mr. K." */
size_t
dz_name_with_initials(struct dz_person_finder *f, size_t w);
/** "Ганна Петрівна", "Петренко Марія Степанівна" */
size_t
dz_name_with_patronymic(struct dz_person_finder *f, size_t w);
/** A known first name with what follows it. */
size_t
dz_name_from_first(struct dz_person_finder *f, size_t w);
/** Two or three capitalised words beside a title, a verb of speech or an aside. */
size_t
dz_name_by_context(struct dz_person_finder *f, size_t w);
/** One capitalised word that what stands beside it makes a name. */
size_t
dz_name_alone(struct dz_person_finder *f, size_t w);
/** One word that no list knows, whose bearer lives as persons do. */
size_t
dz_name_of_deeds(struct dz_person_finder *f, size_t w);
/** "Respondent-17" */
size_t
dz_name_code(struct dz_person_finder *f, size_t w);

/** "Нечай Богдан": a surname in front of a known first name, as lists have it. */
size_t
dz_name_reversed(struct dz_person_finder *f, size_t w);
/** The person taken last was written with the surname first. */
struct dz_person *
dz_person_turn(struct dz_person_finder *f);
/** The text of the words from `from` up to `to`. */
struct dz_view
dz_person_text(const struct dz_person_finder *f, size_t from, size_t to);
/** The words are a mention of the person of that first and last name (folded; either may be
 * empty). */
void
dz_person_take(struct dz_person_finder *f, size_t from, size_t to, struct dz_view first,
               struct dz_view last, const char *rule, int score);

#endif
