"""A sheet of shops: good rows in, bad fields back with row, value, reason and remedy; the same file once."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import datetime

import pytest

from chengxin.audit.models import Leaf
from chengxin.kernel import clock, jail
from chengxin.subjects import actions, errors, sheets
from chengxin.subjects.actions import imports
from chengxin.subjects.models import ImportRun, Shop
from chengxin.subjects.tests import samples
from chengxin.subjects.vocabulary import shop_columns

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_in_november():
    with clock.set_to(datetime(2026, 11, 24, 12, tzinfo=clock.CITY)):
        yield


def as_csv(rows: list[dict], encoding: str = "utf-8-sig", language: str = "zh") -> bytes:
    out, columns = io.StringIO(), shop_columns()
    writer = csv.writer(out)
    writer.writerow([column[language] for column in columns.values()])
    writer.writerows([[row.get(name, "") for name in columns] for row in rows])
    return out.getvalue().encode(encoding)


def as_xlsx(rows: list[dict]) -> bytes:
    columns = shop_columns()
    heads = [column["zh"] + ("*" if column.get("required") else "") for column in columns.values()]
    return sheets.write({"店铺": (heads, [[row.get(name, "") for name in columns] for row in rows])})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_table_is_read_in_the_encodings_people_use(encoding: str) -> None:
    run = actions.import_shops(samples.platform(), "店.csv", as_csv([samples.row(1)], encoding), samples.staff())
    assert (run.accepted, run.refused) == (1, 0)
    assert Shop.objects.get().name == "北山粮油店1"


def test_good_rows_go_in_and_bad_ones_come_back_named() -> None:
    rows = [samples.row(1), samples.row(2, uscc="92230499MA0000002X", phone="1"), samples.exempt_row(3), samples.row(4, kind="7")]
    run = actions.import_shops(samples.platform(), "店铺.xlsx", as_xlsx(rows), samples.staff())
    assert (run.rows, run.accepted, run.refused) == (4, 2, 2)
    found = {(one["row"], one["field"]): one for one in imports.problems_of(run)}
    assert set(found) == {(3, "uscc"), (3, "phone"), (5, "kind")}
    assert found[3, "uscc"]["value"] == "92230499MA0000002X"
    assert "应为" in found[3, "uscc"]["why"]["zh"]


def test_the_same_file_again_gives_the_first_run_and_no_log_entry() -> None:
    content = as_csv([samples.row(1)])
    first = actions.import_shops(samples.platform(), "a.csv", content, samples.staff())
    leaves = Leaf.objects.count()
    assert actions.import_shops(samples.platform(), "b.csv", content, samples.staff()) == first
    assert (ImportRun.objects.count(), Leaf.objects.count()) == (1, leaves)


def test_a_killed_import_sent_again_ends_as_if_it_had_not_been(monkeypatch: pytest.MonkeyPatch) -> None:
    content, where = as_csv([samples.row(number) for number in (1, 2, 3)]), samples.platform()
    monkeypatch.setattr(imports, "TOGETHER", 2)
    take = imports._Sheet.take

    def killed(sheet: imports._Sheet, row: dict) -> None:
        if row["shop_id"] == "S00003":
            raise KeyboardInterrupt
        take(sheet, row)

    with monkeypatch.context() as once:
        once.setattr(imports._Sheet, "take", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.import_shops(where, "a.csv", content, samples.staff())
    assert not ImportRun.objects.exists()
    run = actions.import_shops(where, "a.csv", content, samples.staff())
    assert (run.rows, run.accepted, run.unchanged, Shop.objects.count()) == (3, 1, 2, 3)


def test_a_large_sheet_waits_encrypted_for_the_worker_and_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    from chengxin.subjects import tasks

    monkeypatch.setattr(imports, "AT_ONCE", 1)
    content, where = as_csv([samples.exempt_row(1), samples.row(2)]), samples.platform()
    job = imports.import_or_queue(where, "大表.csv", content, samples.staff())
    assert imports.import_or_queue(where, "大表.csv", content, samples.staff()).pk == job.pk
    path = imports.held(job.kwargs["digest"])
    assert samples.id_number(1).encode() not in path.read_bytes()
    tasks.import_held(**job.kwargs)
    assert Shop.objects.count() == 2
    assert not path.exists()
    assert tasks.import_held(**job.kwargs).startswith("2")


def test_one_shop_twice_in_a_sheet_is_refused_the_second_time() -> None:
    run = actions.import_shops(samples.platform(), "a.csv", as_csv([samples.row(1), samples.row(1, shop_name="又一次")]), samples.staff())
    assert (run.accepted, run.refused) == (1, 1)
    assert imports.problems_of(run)[0]["code"] == "row_twice"


def test_a_verification_that_fails_its_checks_refuses_its_row_whole() -> None:
    rows = [samples.row(1, categories="food", **samples.verified())]
    run = actions.import_shops(samples.platform(), "a.csv", as_csv(rows), samples.staff())
    assert run.refused == 1
    assert not Shop.objects.exists()


def test_missing_columns_and_foreign_files_are_refused_by_name() -> None:
    with pytest.raises(errors.WrongSheet):
        actions.import_shops(samples.platform(), "a.csv", "平台内店铺编号,店铺名称\n1,2\n".encode(), samples.staff())
    with pytest.raises(sheets.NotASheet):
        actions.import_shops(samples.platform(), "a.csv", b"hello\nworld\n", samples.staff())
    with pytest.raises((jail.FileTooHard, sheets.NotASheet)):
        actions.import_shops(samples.platform(), "a.xlsx", b"PK\x03\x04not a workbook", samples.staff())


def test_the_error_sheet_names_row_column_value_reason_and_remedy_and_runs_no_formula() -> None:
    run = actions.import_shops(samples.platform(), "a.csv", as_csv([samples.row(1, phone="=1+1")]), samples.staff())
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(imports.error_sheet(run))
        file.flush()
        rows = sheets._workbook(file.name)
    assert rows[0][:5] == ["行号", "列", "填写的值", "原因", "如何更正"]
    assert rows[1][:3] == ["2", "联系电话", "'=1+1"]


def test_the_template_can_be_filled_in_and_imported(settings) -> None:
    run = actions.import_shops(samples.platform(), "模板.xlsx", sheets.template(), samples.staff())
    assert run.rows == 1


def test_the_error_values_are_stored_encrypted() -> None:
    from django.db import connection

    actions.import_shops(samples.platform(), "a.csv", as_csv([samples.exempt_row(1, id_doc_no="230499188701010019")]), samples.staff())
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_errors FROM subjects_importrun")
        assert "230499188701010019" not in str(cursor.fetchall())
