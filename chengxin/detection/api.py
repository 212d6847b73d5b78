"""Packages of findings from platforms that run the detectors themselves (chengxin-local)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chengxin.accounts import access, signatures
from chengxin.detection.errors import UnsignedPackage
from chengxin.detection.local import intake
from chengxin.detection.local.package import PackageIn
from chengxin.facts.api import ReceiptOut, check_size
from chengxin.kernel.errors import Forbidden
from chengxin.subjects.models import Platform

router = Router()
SEND = access.client_auth("findings:write")


@router.post("/local/packages", response={201: ReceiptOut}, auth=SEND, summary="Hand over findings made at the platform")
def package(request: HttpRequest, given: PackageIn) -> HttpResponse:
    """A signed package (RFC 9421, key registered with the client); findings out of form are set aside with reasons, the others go to the
    clue desk; the same bytes again give the first receipt."""
    check_size(request)
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is None:
        raise Forbidden
    platform = access.get(actor, Platform, code__in=actor.platforms)
    signature = signatures.verify_signed_request(request, client)
    if signature is None:
        raise UnsignedPackage
    kept = intake.accept(platform, given, request.body, signature, actor.id)
    return HttpResponse(kept.document, status=201, content_type="application/json")
