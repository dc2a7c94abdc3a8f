#!/usr/bin/python3
"""Makes tests/fixtures/chat: chat.py FOLDER

Exports in the two forms of Telegram Desktop, of chats that never were.
"""

import json
import sys
from pathlib import Path

CHAT = {
    "name": "Двір на Яблуневій",
    "type": "private_group",
    "id": 4100200300,
    "messages": [
        {"id": 1, "type": "service", "date": "2024-02-01T08:00:00", "date_unixtime": "1706767200",
         "actor": "Марта", "actor_id": "user11", "action": "create_group",
         "title": "Двір на Яблуневій", "members": ["Марта", "Семен П."], "text": ""},
        {"id": 2, "type": "message", "date": "2024-02-01T08:01:10", "date_unixtime": "1706767270",
         "from": "Марта", "from_id": "user11", "text": "Доброго ранку! Хто бачив папір на дверях?",
         "text_entities": [{"type": "plain", "text": "Доброго ранку! Хто бачив папір на дверях?"}]},
        {"id": 3, "type": "message", "date": "2024-02-01T08:03:00", "from": "Семен П.",
         "from_id": "user12", "reply_to_message_id": 2, "edited": "2024-02-01T08:05:00",
         "edited_unixtime": "1706767500",
         "text": ["Я бачив, ось ", {"type": "bold", "text": "копія"}, ": ",
                  {"type": "link", "text": "https://yard.example/p1"}, "\nі ",
                  {"type": "text_link", "text": "друга", "href": "https://yard.example/p2"}, " \"там\""]},
        {"id": 4, "type": "message", "date": "2024-02-01T08:06:00", "from": "Семен П.",
         "from_id": "user12", "photo": "photos/photo_1@01-02-2024_08-06-00.jpg",
         "photo_file_size": 1000, "width": 800, "height": 600, "text": ""},
        {"id": 5, "type": "message", "date": "2024-02-01T08:07:30", "from": None,
         "from_id": "user13", "forwarded_from": "Новини громади", "forwarded_from_id": "channel5",
         "text": "Прийом лише за новими картками."},
        {"id": 6, "type": "message", "date": "2024-02-01T08:09:00", "from": "Марта",
         "from_id": "user11", "file": "voice_messages/audio_1.ogg",
         "thumbnail": "(File not included.)", "media_type": "voice_message",
         "mime_type": "audio/ogg", "duration_seconds": 14, "text": ""},
        {"id": 7, "type": "message", "date": "2024-02-01T08:10:00", "from": "Марта",
         "from_id": "user11", "file": "files/наказ.pdf", "file_name": "наказ.pdf",
         "mime_type": "application/pdf", "text": ["Ось наказ"]},
        {"id": 8, "type": "message", "date": "2024-02-01T08:11:00", "from": "Семен П.",
         "from_id": "user12", "file": "stickers/s.webp", "media_type": "sticker",
         "sticker_emoji": "😐", "text": ""},
        {"id": 9, "type": "message", "date": "2024-02-01T08:12:00", "from": "Марта", "from_id": "user11",
         "poll": {"question": "Ідемо разом?", "closed": False, "total_voters": 3,
                  "answers": [{"text": "Так", "voters": 2, "chosen": True},
                              {"text": "Ні", "voters": 1, "chosen": False}]}, "text": ""},
        {"id": 10, "type": "message", "date": "2024-02-01T08:13:00", "from": "Марта", "from_id": "user11",
         "contact_information": {"first_name": "Рада", "last_name": "", "phone_number": "0 00"},
         "text": ""},
        {"id": 11, "type": "message", "date": "2024-02-01T08:14:00", "from": "Марта", "from_id": "user11",
         "location_information": {"latitude": 48.25, "longitude": 37.5}, "place_name": "Міст",
         "text": "Тут", "reactions": [{"type": "emoji", "count": 2, "emoji": "👍"}],
         "via_bot": "@placebot"},
        {"id": 12, "type": "service", "date": "2024-02-02T09:00:00", "actor": "Семен П.",
         "actor_id": "user12", "action": "pin_message", "message_id": 5, "text": ""},
        {"id": 13, "type": "message", "date": "2024-02-02T09:01:00", "from": "Марта",
         "from_id": "user11", "text": "Дужки } ] { [ та \\ і \u0001 і \u0000 в тексті"},
    ],
}

ACCOUNT = {
    "about": "Here is the data you requested.",
    "personal_information": {"user_id": 1, "first_name": "Марта", "bio": "messages"},
    "contacts": {"about": "", "list": [{"first_name": "Семен", "messages": 4}]},
    "chats": {"about": "This page lists all chats.", "list": [
        {"name": "Семен П.", "type": "personal_chat", "id": 12, "messages": CHAT["messages"][1:3]},
        {"type": "saved_messages", "id": 11, "messages": [
            {"id": 2, "type": "message", "date": "2024-03-01T00:00:00", "from": "Марта",
             "from_id": "user11", "text": "купити хліб"}]},
        {"name": "Порожній", "type": "personal_chat", "id": 14, "messages": []}]},
    "left_chats": {"about": "", "list": [
        {"name": "Стара група", "type": "public_group", "id": 77, "messages": [
            {"id": 900, "type": "message", "date": "2023-03-01T00:00:00", "from": "X",
             "from_id": "user9", "text": [""]}]}]},
}

PAGE = """<!DOCTYPE html>
<html>

 <head>

  <meta charset="utf-8"/>
<title>Exported Data</title>
  <link href="css/style.css" rel="stylesheet"/>

  <script src="js/script.js" type="text/javascript">

  </script>

 </head>

 <body onload="CheckLocation();">

  <div class="page_wrap">

   <div class="page_header">

    <div class="content">

     <div class="text bold">
Двір на Яблуневій
     </div>

    </div>

   </div>

   <div class="page_body chat_page">

    <div class="history">

     <a class="pagination block_link" href="messages0.html">
Previous messages
     </a>

     <div class="message service" id="message-1">

      <div class="body details">
1 February 2024
      </div>

     </div>

     <div class="message default clearfix" id="message2">

      <div class="pull_left userpic_wrap">

       <div class="userpic userpic2" style="width: 42px; height: 42px">

        <div class="initials" style="line-height: 42px">
М
        </div>

       </div>

      </div>

      <div class="body">

       <div class="pull_right date details" title="01.02.2024 08:01:10 UTC+02:00">
08:01
       </div>

       <div class="from_name">
Марта
       </div>

       <div class="text">
Доброго ранку!<br>Хто бачив <strong>папір</strong> на дверях? &lt;№ 5&gt;
       </div>

      </div>

     </div>

     <div class="message default clearfix joined" id="message3">

      <div class="body">

       <div class="pull_right date details" title="01.02.2024 08:03:00 UTC+02:00">
08:03
       </div>

       <div class="reply_to details">
In reply to <a href="messages0.html#go_to_message2" onclick="return GoToMessage(2)">this message</a>
       </div>

       <div class="text">
Ось <a href="https://yard.example/p2">друга</a> і <a href="https://yard.example/p1">https://yard.example/p1</a>
       </div>

      </div>

     </div>

     <div class="message default clearfix" id="message4">

      <div class="body">

       <div class="pull_right date details" title="01.02.2024 08:06:00 UTC+02:00">
08:06
       </div>

       <div class="from_name">
Семен П.
       </div>

       <div class="pull_left forwarded userpic_wrap">

        <div class="userpic"><div class="initials">Н</div></div>

       </div>

       <div class="forwarded body">

        <div class="from_name">
Новини громади <span class="date details" title="31.01.2024 20:00:00 UTC+02:00"> 31.01.2024 20:00:00</span>
        </div>

        <div class="text">
Прийом лише за новими картками.
        </div>

       </div>

      </div>

     </div>

     <div class="message default clearfix joined" id="message5">

      <div class="body">

       <div class="pull_right date details" title="01.02.2024 08:07:00 UTC+02:00">
08:07
       </div>

       <div class="media_wrap clearfix">

        <a class="photo_wrap clearfix pull_left" href="photos/photo_1@01-02-2024_08-06-00.jpg">

         <img class="photo" src="photos/photo_1_thumb.jpg" style="width: 260px"/>

        </a>

       </div>

       <div class="text">
Двері
       </div>

       <span class="reactions"><span class="reaction"><span class="emoji">👍</span> <span class="count">2</span></span></span>

      </div>

     </div>

     <div class="message default clearfix" id="message6">

      <div class="body">

       <div class="pull_right date details" title="01.02.2024 08:09:00 UTC+02:00">
08:09
       </div>

       <div class="from_name">
Марта
       </div>

       <div class="media_wrap clearfix">

        <a class="media clearfix pull_left block_link media_voice_message" href="voice_messages/audio_1.ogg">

         <div class="fill pull_left">

         </div>

         <div class="body">

          <div class="title bold">
Voice message
          </div>

          <div class="status details">
00:14
          </div>

         </div>

        </a>

       </div>

      </div>

     </div>

    </div>

   </div>

  </div>

 </body>

</html>
"""


def main():
    folder = Path(sys.argv[1])
    text = json.dumps(CHAT, ensure_ascii=False, indent=1)
    late = {"messages": CHAT["messages"][1:2], "name": "Назва після", "id": 5}
    files = {
        "result.json": text.encode(),
        "escaped.json": json.dumps(CHAT).encode(),
        "mark.json": b"\xef\xbb\xbf" + json.dumps(late, ensure_ascii=False).encode(),
        "account.json": json.dumps(ACCOUNT, ensure_ascii=False, indent=1).encode(),
        "messages.html": PAGE.encode(),
        "messages-cut.html": PAGE.encode()[:2400],
        "result-cut.json": text.encode()[:1500],
        "broken.json": b'{"name":"x","messages":[{"id":1,"type":"message","text":tru},'
                       b'{"id":2,"type":"message","from":"A","text":"whole \xff"}, 7, "s", [1]]}',
        "brackets.json": b'{"name":"x","messages":[{"id":1,"text":"a"}}',
        "none.json": b'{"name":"x","items":[{"id":1,"text":"a"}]}',
        "no-messages.json": b'{"name":"x","type":"personal_chat","id":1,"messages":[]}',
        "odd.json": b'{"messages":[{},{"id":{"a":[1]},"text":{"text":"no"},"date":5,"type":"service",'
                    b'"x":1.5,"y":null,"z":true,"action":"odd","list":[1,2]}]}',
        "words.json": b"{not json",
        "channel.html": ("<!DOCTYPE html><title>Канал</title><body class=\"tgme_webpreview\">"
                         "<div class=\"tgme_widget_message\" data-post=\"kanal/7\">Воду дадуть о шостій."
                         "</div></body></html>").encode(),
        "page.html": b"<!doctype html><p>An ordinary page</html>",
        "empty.json": b"",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


main()
