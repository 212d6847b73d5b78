from __future__ import annotations

from chengxin.web import messages


def test_every_text_in_code_and_templates_has_its_chinese():
    missing = messages.missing()
    assert not missing, "\n".join(f"{sorted(files)[0]}: {msgid!r}" for msgid, files in sorted(missing.items()))


def test_it_finds_what_templates_and_code_say():
    template = (
        '{% trans "One" %} {% trans "95 % sure" %} {% crumbs _("Two") url %} {% blocktrans with a=b %}Three {{ a }} 5%{% endblocktrans %}'
    )
    assert set(messages.in_template(template)) == {"One", "95 %% sure", "Two", "Three %(a)s 5%%"}
    assert list(messages.in_python('x = _("Four"); y = ngettext("Five", "Fives", n); z = _(unknown)')) == ["Four", "Five"]


def test_a_text_without_chinese_would_be_seen(monkeypatch):
    monkeypatch.setattr(messages, "translated", set)
    assert "Skip to content" in messages.missing()


def test_holes_and_chinese_have_the_same_names():
    import re

    import polib

    hole = re.compile(r"%\((\w+)\)")
    for path in messages.catalogues():
        for entry in polib.pofile(str(path)):
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                assert not text or set(hole.findall(text)) == set(hole.findall(entry.msgid)), f"{path}: {entry.msgid}"


def test_a_text_has_one_chinese_in_all_rooms():
    """Where two rooms mean different things, they say different things in English too."""
    assert messages.ambiguous() == {}


def test_two_chinese_texts_of_one_english_would_be_seen(monkeypatch, tmp_path):
    rooms = []
    for room, text in (("a", "罚款"), ("b", "正常")):
        rooms.append(tmp_path / f"{room}.po")
        rooms[-1].write_text(f'msgid "Fine"\nmsgstr "{text}"\n', encoding="utf-8")
    monkeypatch.setattr(messages, "catalogues", lambda: rooms)
    assert messages.ambiguous() == {"Fine": {"罚款", "正常"}}


def test_a_catalogue_with_plurals_says_how_many_forms_there_are():
    """Without it Chinese would be looked up in English forms, and the English text would stand there."""
    import polib

    for path in messages.catalogues():
        book = polib.pofile(str(path))
        assert not any(entry.msgid_plural for entry in book) or "nplurals=1" in book.metadata.get("Plural-Forms", ""), path
