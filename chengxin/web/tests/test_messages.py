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
