"""Reading C the way our checkers need it: comments and strings told apart from code.

Not a parser: it relies on our own style only where that is said.
"""

import re

TOKEN = re.compile(
    r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<char>'(?:\\.|[^'\\\n])*')
    """,
    re.DOTALL | re.VERBOSE,
)


class Source:
    """One file: `code` has comments and the insides of strings blanked, line by line as before."""

    def __init__(self, text):
        self.text = text
        self.strings = []  # (line number, inside of the literal)
        self.comments = []  # (line number, text)
        self.includes = []  # (line number, name, quoted)
        self._blank()

    def _blank(self):
        def replace(match):
            line = self.line_at(match.start())
            token = match.group(0)
            if match.group("comment"):
                self.comments.append((line, token))
                return re.sub(r"[^\n]", " ", token)
            if match.group("string"):
                self.strings.append((line, token[1:-1]))
                return '"' + " " * (len(token) - 2) + '"'
            return "'" + " " * (len(token) - 2) + "'"

        self.code = TOKEN.sub(replace, self.text)
        for number, line in enumerate(self.text.splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if include:
                self.includes.append((number, include.group(2), include.group(1) == '"'))

    def line_at(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def functions(self):
        """(name, first line, last line) of every function body, found by its braces."""
        # A preprocessor line can hold half a pair of braces; it never opens a function of ours.
        code = re.sub(r"(?m)^[ \t]*#(?:[^\n\\]|\\[^\n])*(?:\\\n[^\n]*)*",
                      lambda m: re.sub(r"[^\n]", " ", m.group(0)), self.code)
        depth = 0
        start = None
        for match in re.finditer(r"[{}]", code):
            if match.group(0) == "{":
                if depth == 0:
                    before = code[: match.start()].rstrip()
                    start = match.start() if before.endswith(")") else None
                depth += 1
            else:
                depth -= 1
                if depth == 0 and start is not None:
                    head = code[:start].rstrip()
                    names = re.findall(r"^[^\n]*?\b(\w+)\(", head[head.rfind("\n}") + 1 :], re.M)
                    yield (
                        names[-1] if names else "?",
                        self.line_at(start),
                        self.line_at(match.start()),
                    )


def source_files(root, folders, endings=(".c", ".h")):
    """All C files under the given folders of root, sorted, as paths."""
    found = []
    for folder in folders:
        found += [p for p in (root / folder).rglob("*") if p.suffix in endings and p.is_file()]
    return sorted(found)
