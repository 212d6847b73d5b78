"""A person put everywhere a person can stand, then forgotten; the directory is then searched byte by byte by whoever started this.

    python -m tests.gates.erasure_world make | erase [STORE …] | check | replay

Runs in the data directory of CHENGXIN_DATA, whose tables are there. The stores named after `erase` are left out: the twin.
"""

from __future__ import annotations

import json
import sys
from typing import Any

NAME, PHONE, OTHER_PHONE = "欧阳忘川", "10012349876", "10055501234"
ADDRESS, EMAIL, ACCOUNT = "测试市甲区忘川路九十七号", "wangchuan97@forget.example", "UFORGET97531"
DEVICE = "DFORGET86420"
NEEDLES = (NAME, PHONE, ADDRESS, EMAIL, ACCOUNT, DEVICE)
KEPT_NAME = "司徒留档"


def make() -> dict[str, Any]:
    """The person everywhere: returns what the request needs."""
    from django.db import connection

    from chengxin.subjects.tests import samples
    from tests.gates import erasure_places as places

    id_number = samples.id_number(653)
    cast = places.cast()
    places.complaint(cast, NAME, PHONE, ADDRESS)
    places.another_complaint(cast, f"经理{NAME}电话{PHONE}态度恶劣", OTHER_PHONE)
    places.merchant(NAME, PHONE, id_number, ADDRESS, EMAIL)
    places.lake(ACCOUNT, DEVICE, ADDRESS, f"收货人{NAME}{PHONE}")
    number = places.insider()
    places.passing_by(NAME, PHONE, EMAIL)
    places.files(NAME, PHONE)
    kept = places.penalised(cast, KEPT_NAME)
    with connection.cursor() as cursor:  # rows that were changed before anybody asked: their old pages lie free in the file
        cursor.execute("UPDATE axes_accessattempt SET username = username || 'x'")
    return {"id_number": id_number, "mailbox": number, "kept": kept}


def request(made: dict[str, Any], name: str = NAME) -> Any:
    from chengxin.persons.person import Person

    if name != NAME:
        return Person(name=name, id_number=made["kept"])
    account = f"mall-a:{ACCOUNT}"
    rest: Any = {"accounts": (account,), "matters": (made["mailbox"],), "addresses": (ADDRESS, DEVICE), "emails": (EMAIL,)}
    return Person(name=name, phones=(PHONE,), id_number=made["id_number"], **rest)


def erase(made: dict[str, Any], left_out: list[str]) -> dict[str, Any]:
    """Both people ask, the officer accepts both; the second's records stay."""
    from chengxin.persons import actions, erasing
    from chengxin.persons.models import ErasureRequest
    from tests.gates import erasure_places as places

    erasing.SKIP = tuple(left_out)
    said: dict[str, Any] = {}
    for name in (NAME, KEPT_NAME):
        found, _code = actions.file_request(request(made, name), "SAMR")
        actions.accept(places.officer(), found.number, "PURPOSE", "当面核验身份证件", with_names=True)
        outcome = actions.erase(found.number)
        fresh = ErasureRequest.objects.get(pk=found.pk)
        said[name] = {**outcome, "state": fresh.state, "receipt": fresh.receipt}
    return said


def check(made: dict[str, Any]) -> dict[str, Any]:
    """What the product itself still finds, with every encrypted column opened; and the whole-log check."""
    from chengxin.persons import finding, proofs
    from chengxin.persons.person import Person
    from chengxin.subjects.models import Subject

    found = finding.find(request(made))
    places = sorted({hit.label for hit in found.rows.values()})
    places += ["facts"] * bool(found.lake) + ["files"] * bool(found.files) + ["sessions"] * bool(found.sessions)
    places += ["insiders"] * bool(found.mailboxes) + ["log"] * bool(found.in_log)
    kept = Subject.objects.filter(id_doc_no__isnull=False, person_name_index__gt="").count()
    still = finding.find(Person(name=KEPT_NAME, id_number=made["kept"]))
    return {"places": places, "faults": proofs.faults(), "kept": kept, "kept_rows": len(still.rows)}


def as_shipped(sender: Any, connection: Any, **rest: Any) -> None:
    """SQLite as its makers ship it leaves what is deleted in free pages; some builds do not and would hide what is not scrubbed."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
        cursor.fetchall()


def main() -> int:
    import django
    from django.db.backends.signals import connection_created

    django.setup()
    connection_created.connect(as_shipped)
    from pathlib import Path

    from django.conf import settings
    from django.db import transaction

    note = Path(settings.DATA_DIR).with_name("request.json")  # beside the house, not in it: it names the person
    act, *rest = sys.argv[1:]
    if act == "make":
        with transaction.atomic():
            made = make()
        note.write_text(json.dumps(made))
        print("{}")
        return 0
    if act == "replay":
        from chengxin.persons import erasing, reclaim

        print(json.dumps({"rows": erasing.replay_after_restore()}))
        reclaim.scrub()
        return 0
    made = json.loads(note.read_text())
    print(json.dumps(erase(made, rest) if act == "erase" else check(made)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
