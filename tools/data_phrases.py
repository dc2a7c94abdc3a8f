"""Reads data/phrases/*.ini, the phrase patterns of the coding layer.

[id] opens a concept; "en = a | b*" lists patterns (en, uk, ru); every other key is an attribute.
Indented lines continue the value above. The pattern language is explained in citizenship.ini.
"""

import os
import re

LANGUAGES = ("en", "uk", "ru")
FILES = (
    "attribution", "citizenship", "deed_words", "figures", "instruments", "means", "negation", "persons", "settings",
    "spheres", "stances",
)  # fmt: skip


class PhraseError(Exception):
    pass


def patterns(value, where):
    result = []
    for pattern in value.split("|"):
        pattern = re.sub(r"\s*/\s*", "/", " ".join(pattern.split()))
        if not pattern:
            raise PhraseError(f"{where}: empty pattern")
        result.append(pattern)
    return result


def read_file(path):
    concepts = []
    key = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            where = f"{path}:{number}"
            if not line.strip() or line.startswith("#"):
                continue
            if line[0] == " ":
                if key is None:
                    raise PhraseError(f"{where}: nothing to continue")
                concepts[-1][key] += " " + line.strip()
                continue
            head = re.fullmatch(r"\[([a-z0-9_]+)\]", line)
            if head:
                concepts.append({"id": head.group(1), "where": where})
                key = None
                continue
            pair = re.fullmatch(r"([a-z_]+)\s*=\s*(.+)", line)
            if not pair or not concepts:
                raise PhraseError(f"{where}: [id] or key = value is needed")
            key = pair.group(1)
            if key in concepts[-1]:
                raise PhraseError(f"{where}: {key} stands twice")
            concepts[-1][key] = pair.group(2).strip()
    return concepts


def references(pattern):
    return re.findall(r"<([a-z0-9_]+)>", pattern)


def read_folder(folder):
    """All concepts, those that others point to first."""
    if not os.path.isdir(folder):
        return []
    concepts = []
    for name in FILES:
        path = os.path.join(folder, name + ".ini")
        if not os.path.exists(path):
            continue
        for concept in read_file(path):
            where = concept.pop("where")
            result = {"id": concept.pop("id"), "file": name, "where": where}
            result["patterns"] = []
            result["counts"] = []  # patterns of each language, for `dokaz codebook lint`
            for language in LANGUAGES:
                own = patterns(concept.pop(language), where) if language in concept else []
                result["patterns"] += own
                result["counts"].append(len(own))
            result.update(concept)
            concepts.append(result)
    return sort_by_use(concepts)


def sort_by_use(concepts):
    by_id = {}
    for concept in concepts:
        if concept["id"] in by_id:
            raise PhraseError(f"{concept['where']}: {concept['id']} stands twice")
        by_id[concept["id"]] = concept
    done, result, open_ids = set(), [], []

    def visit(concept):
        if concept["id"] in done:
            return
        if concept["id"] in open_ids:
            raise PhraseError(f"{concept['where']}: {concept['id']} points to itself")
        open_ids.append(concept["id"])
        for pattern in concept["patterns"]:
            for name in references(pattern):
                # <good> means every concept whose id begins with good_
                targets = [c for c in concepts if c["id"] == name or c["id"].startswith(name + "_")]
                if name in by_id:
                    targets = [by_id[name]]
                if not targets:
                    raise PhraseError(f"{concept['where']}: <{name}> is not a concept")
                for target in targets:
                    visit(target)
        open_ids.pop()
        done.add(concept["id"])
        result.append(concept)

    for concept in concepts:
        visit(concept)
    for concept in result:
        concept.pop("where")
    return result
