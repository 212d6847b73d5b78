"""Where the canary of the insiders' channel is put in: the one text that a handler writes in clear."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.insiders import actions
from chengxin.subjects.models import Subject
from tests.gates import matrix
from tests.gates.canary_fields import value
from tests.gates.samples_insiders import mailboxes_of


def a_written_report(city: matrix.City, subject: Subject) -> None:
    """A handler writes down what is to be looked into."""
    box = mailboxes_of(city)[0]
    actions.write_report(of_user(city.person("officer")), box.number, subject.pk, value("insiders.WrittenReport.text"))
