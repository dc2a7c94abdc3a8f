#!/usr/bin/python3
"""Makes tests/fixtures/html: html.py FOLDER

Pages in the shapes that sites have; the words are ours. What each must give stands beside it in
NAME.expected, checked exactly.
"""

import sys
from pathlib import Path

WORDPRESS = """<!DOCTYPE html>
<html lang="uk-UA" prefix="og: https://ogp.me/ns#">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width">
<title>Клініка закрила реєстратуру &#8211; Вісник Заріччя</title>
<link rel="canonical" href="https://zarichchia.example/2024/03/klinika/">
<meta property="og:locale" content="uk_UA">
<meta property="og:type" content="article">
<meta property="og:title" content="Клініка закрила реєстратуру">
<meta property="og:site_name" content="Вісник Заріччя">
<meta property="article:published_time" content="2024-03-05T22:15:00+00:00">
<meta name="author" content="Олена Гай">
<meta name="generator" content="WordPress 6.4">
<link rel="stylesheet" href="/wp-content/style.css?ver=6.4">
<style>.x{display:none}</style>
</head>
<body class="single has-sidebar no-comments">
<a class="skip-link screen-reader-text" href="#content">Перейти до вмісту</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/">Вісник Заріччя</a></p>
<nav id="site-navigation"><ul><li><a href="/n">Новини</a></li><li><a href="/a">Архів</a></li></ul></nav></header>
<div id="content" class="site-content"><main id="main">
<article id="post-17" class="post">
<header class="entry-header"><h1 class="entry-title">Клініка закрила реєстратуру</h1>
<div class="entry-meta">Опубліковано <time class="entry-date published" datetime="2024-03-06T00:15:00+02:00">06.03.2024</time> <span class="byline">Олена Гай</span></div></header>
<div class="entry-content">
<p>Учора вранці на&nbsp;дверях з&#8217;явився папірець: <em>прийом лише за новими картками</em>.</p>
<h2>Що кажуть у черзі</h2>
<p>Люди чекали<br>дві години.</p>
<noscript><img src="lazy.jpg" alt="Двері"></noscript>
<p>Ніхто <script>track("не текст")</script>не вийшов.</p>
<div class="sharedaddy sd-sharing-enabled"><h3>Поширити:</h3><ul><li><a href="#">Друк</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Схожі записи</h3><p>Аптека без ліків</p></div>
</div>
<footer class="entry-footer">Позначки: здоров'я</footer>
</article>
<div id="comments" class="comments-area"><h2>2 відгуки</h2><ol class="comment-list"><li>Так і було.</li></ol></div>
</main></div>
<aside id="secondary" class="widget-area"><h2>Останнє</h2><ul><li><a href="/1">Вода за графіком</a></li></ul></aside>
<footer id="colophon">Сайт працює на WordPress</footer>
</body></html>
"""

GOVERNMENT = """<html><head>
<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">
<title>Управление по работе с обращениями</title>
</head><body bgcolor="#ffffff">
<div id="top_menu"><a href="/">Главная</a> | <a href="/o">О нас</a> | <a href="/p">Приёмная</a> | <a href="/k">Контакты</a></div>
<table width="100%"><tr><td class="left-menu"><ul><li><a href="1">Новости</a><li><a href="2">Документы</a><li><a href="3">Обращения</a><li><a href="4">Закупки</a></ul></td>
<td><div class="breadcrumbs">Главная / Документы</div>
<h1>Порядок приёма заявлений</h1>
<div class="date">12.02.2024</div>
<div class="text"><p>С&nbsp;1&nbsp;марта заявления принимаются <b>только</b> при предъявлении нового документа.
<p>Прежние справки действительны до конца месяца.
<table border="1"><tr><th>День</th><th>Часы</th></tr><tr><td>Понедельник</td><td>9&ndash;13</td></tr><tr><td>Среда</td><td><table><tr><td>9</td><td>10</td></tr><tr><td>11</td></tr></table></td></tr></table>
</div></td></tr></table>
<div class="footer">© Управление, 2024</div>
</body></html>
"""

TELEGRAM = """<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title>Село на горі – Telegram</title>
<meta property="og:title" content="Село на горі">
<meta property="og:site_name" content="Telegram">
<meta property="og:description" content="Новини нашої громади">
</head>
<body class="widget_frame_base tgme_webpreview">
<header class="tgme_header"><div class="tgme_header_title">Село на горі</div><div class="tgme_header_counter">412 subscribers</div></header>
<main class="tgme_main"><section class="tgme_channel_history">
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="selo_na_hori/101">
<div class="tgme_widget_message_text">Школа сьогодні зачинена.<br/>Причину не назвали 🤷</div>
<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span> <a class="tgme_widget_message_date" href="https://t.me/selo_na_hori/101"><time datetime="2024-09-02T07:30:00+00:00" class="time">07:30</time></a></div>
</div></div>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="selo_na_hori/102">
<div class="tgme_widget_message_text">Батьків кличуть підписати <b>заяву</b>.</div>
<div class="tgme_widget_message_footer"><time datetime="2024-09-02T09:00:00+00:00" class="time">09:00</time></div>
</div></div>
</section></main></body></html>
"""

NEWS = """<!doctype html><html lang="en"><head><meta charset=utf-8>
<title>Pensioners turned away | The Lowland Courier</title>
<meta name="description" content="Two offices, one rule">
<script type="application/ld+json">
{"@context":"https://schema.org","@graph":[
 {"@type":"WebSite","name":"The Lowland Courier","url":"https://courier.example/"},
 {"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","name":"Home"}]},
 {"@type":"NewsArticle","headline":"Pensioners turned away","datePublished":"2025-01-17T06:00:00Z",
  "dateModified":"2025-01-18T06:00:00Z","inLanguage":"en-GB","url":"https://courier.example/a/17",
  "author":[{"@type":"Person","name":"R. Field"},{"@type":"Person","name":"M. Brook"}],
  "publisher":{"@type":"Organization","name":"Courier Press"}}]}
</script></head><body>
<div id="cookie-banner" role="dialog">We use cookies. <button>Accept</button></div>
<div class="topbar"><a href="/login">Sign in</a></div>
<article><h1>Pensioners turned away</h1>
<p class="byline">By <a rel="author" href="/rf">R. Field</a></p>
<div class="social-share"><a href="#">Share</a></div>
<p>The queue at the pension office began before dawn, and by noon it had reached the bridge at the mill.</p>
<figure><img src="q.jpg" alt="queue"><figcaption>The queue on Thursday</figcaption></figure>
<aside class="pullquote">They said: next week.</aside>
<p>The clerks asked for a document that few of those waiting had been able to obtain in time.</p>
<section class="related-articles"><h2>Related</h2><a href="/b">Heating cut off</a></section>
</article>
<div class="newsletter-signup"><p>Subscribe</p></div>
<section id="comments"><p>First!</p></section>
</body></html>
"""

DUBLIN = """<html xml:lang="ru" xmlns="http://www.w3.org/1999/xhtml"><head>
<base href="https://archive.example/docs/2023/">
<meta name="DC.title" content="Распоряжение № 5"><meta name="DC.creator" content="Канцелярия">
<meta name="DC.date.issued" content="2023-11-30"><meta name="DC.publisher" content="Архив района">
<link rel="canonical" href="../2023/n5.html?a=1#t">
</head><body><p>Распоряжение вступает в силу немедленно.</p></body></html>
"""

HIDDEN = """<!doctype html><meta charset=utf-8><title>Що видно</title>
<p>видно <span hidden>не видно 1</span>текст</p>
<p style="DISPLAY : none">не видно 2</p><p style="color:red;visibility:hidden;">не видно 3</p>
<template><p>не видно 4</p></template><noscript>не видно 5</noscript>
<svg><title>не видно 6</title><text>не видно 7</text></svg><iframe>не видно 8</iframe>
<!-- не видно 9 --><object>не видно 10</object><video>не видно 11</video>
<details><summary>Більше</summary>згорнуте видно</details>
<i aria-hidden="true">прикраса</i><select><option>вибір</option></select>
<p>кінець&shy;рядка &amp;amp; &lt;тег&gt; &copy; &#x416; &#1078; &nosuch; &#0; &#xD800; &#x110000;</p>
"""

BLOCKS = """<!doctype html><meta charset=utf-8><title>Blocks</title><h1>One</h1>
<ul><li>a<li>b<ul><li>b1<li>b2</ul><li>c</ul><ol><li>first<li>second</ol>
<dl><dt>term<dd>meaning</dl><h2>Two <small>parts</small></h2><blockquote><p>quoted<p>again</blockquote>
<pre>  line 1
    line 2

line 3   </pre>
<table><caption>T</caption><tr><td>1<td>2<tr><td><p>3</p><p>4</p><td>5</table>
<h3></h3><hr>x<sub>2</sub> + y<sup>2</sup> <ruby>字<rp>(</rp><rt>ji</rt></ruby>
<div>a<div>b</div>c</div><span>in</span><span>line</span>
"""

LINKS = """<!doctype html><meta charset=utf-8><title>Links</title>
<base href="https://example.org/a/b/page.html?x=1">
<link rel=stylesheet href=style.css><link rel="shortcut icon" href="/favicon.ico"><link rel=next href=2.html>
<style>@import url("more.css"); p{background:url(bg.png)}</style>
<script src="//cdn.example/app.js"></script>
<body background=back.gif><p style="background:url('p.png')">x
<img src=../up.png srcset="small.jpg 1x, large.jpg 2x,huge.jpg" alt=""><img src="data:image/png;base64,AAAA">
<picture><source srcset="p.webp 640w"></picture><iframe src="https://maps.example/?q=1"></iframe>
<video poster=poster.jpg><source src=film.mp4></video><object data=old.swf></object>
<a href="next.html">n</a> <a href="?y=2">q</a> <a href="#top">t</a> <a href="mailto:a@b.example">m</a>
<a href="JavaScript:void(0)">j</a> <a href="./../../../../etc/passwd">up</a><map><area href="/map"></map>
<a href="https://example.com/">abs</a>
"""

FRAMES = """<html><head><title>Frames</title></head><frameset cols="20%,80%"><frame src="menu.htm">
<frame src="text.htm"><noframes>no frames here</noframes></frameset></html>
"""

CARDS = """<!doctype html><html lang=ru><meta charset=utf-8><title>Рассылка</title><body>
<div class="header-menu"><ul><li><a href=1>Районы и посёлки</a><li><a href=2>Спорт и отдых</a></ul></div>
<div class="news-list"><div class="card"><h2>Свет отключат</h2><p>В четверг свет отключат на весь день, сообщили в конторе.</p></div>
<div class="card no-comments"><h2>Дорога закрыта</h2><p>Объезд через лес займёт не меньше часа, автобусы не ходят.</p></div></div>
<div class="popup-cookie-consent">Мы храним куки</div></body></html>
"""

FRAGMENT = "<p>Just a piece<br>of a page"
ONLY_NAV = "<!doctype html><nav>Єдиний текст тут</nav>"


def main():
    folder = Path(sys.argv[1])
    xml = '<?xml version="1.0" encoding="koi8-u"?>\n<html><head><title>Лист</title></head>' \
          "<body><p>Її ґанок розібрали.</p></body></html>"
    files = {
        "wordpress.html": WORDPRESS.encode(),
        "government.html": GOVERNMENT.encode("cp1251"),
        "telegram.html": TELEGRAM.encode(),
        "news.html": NEWS.encode(),
        "dublin.html": DUBLIN.encode(),
        "hidden.html": HIDDEN.encode(),
        "blocks.html": BLOCKS.encode(),
        "links.html": LINKS.encode(),
        "frames.html": FRAMES.encode(),
        "cards.html": CARDS.encode(),
        "fragment.html": FRAGMENT.encode(),
        "only-nav.html": ONLY_NAV.encode(),
        "letter.xhtml": xml.encode("koi8_u"),
        "utf16.html": ("<!doctype html><title>Лист</title><p>Відмова без підпису.").encode("utf-16"),
        "mark.html": b"\xef\xbb\xbf" + ONLY_NAV.encode() + b"<p>x",
        # What is declared gives nonsense: the bytes are windows-1251.
        "wrong.html": GOVERNMENT.replace("windows-1251", "utf-8").encode("cp1251"),
        "wrong-latin.html": GOVERNMENT.replace("windows-1251", "iso-8859-1").encode("cp1251"),
        "undeclared.html": "<!doctype html><p>Заяву не прийняли, її повернули через вікно.".encode("cp1251"),
        "script.html": b"<html><script>x()</script></html>",
        "empty.html": b"",
        "binary.html": b"<html>\0\1\2\3\4\5\6\7\0\0\0\0",
        "entity.html": b"<p>a&#xDEEEEEEEEEEEEEEEEEEEE;b&#xDEEEEEEEEEEEEu",
        "json.html": b"<p>T<time datetime='2022-09'>x</time><script type='application/ld+json'>{bad",
        "dates.html": b"<meta name=date content='yesterday'><p>T<time datetime='soon'>x</time>",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


main()
