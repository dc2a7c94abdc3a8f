#!/usr/bin/python3
"""Makes what in tests/fixtures/chat follows from other exports there: chat.py FOLDER

The others are written by hand, in the two forms of Telegram Desktop, of chats that never were.
"""

import json
import sys
from pathlib import Path


def main():
    folder = Path(sys.argv[1])
    result = (folder / "result.json").read_bytes()
    chat = json.loads(result)
    late = {"messages": chat["messages"][1:2], "name": "Назва після", "id": 5}
    files = {
        "escaped.json": json.dumps(chat).encode(),
        "mark.json": b"\xef\xbb\xbf" + json.dumps(late, ensure_ascii=False).encode(),
        "messages-cut.html": (folder / "messages.html").read_bytes()[:2400],
        "result-cut.json": result[:1500],
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


main()
