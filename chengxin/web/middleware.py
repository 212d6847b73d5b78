"""Language and error pages of the house."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from chengxin.kernel import storage
from chengxin.kernel.errors import ChengxinError
from chengxin.web import errors

Answer = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Chinese first; another language only by the reader's own choice (cookie), never by what the browser says."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = language_of(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en" if chosen == "en" else "zh-Hans")
        return response


class SessionMiddleware(sessions.SessionMiddleware):
    """What was only read is shown even when the disk takes no note that the session was used."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except Exception as error:
            if request.method in ("GET", "HEAD") and storage.behind(error) is not None:
                return response
            raise


def language_of(request: HttpRequest) -> str:
    """The language in the reader's cookie when it is one of ours, else the default."""
    wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    try:
        return get_supported_language_variant(wanted) if wanted else settings.LANGUAGE_CODE
    except LookupError:
        return settings.LANGUAGE_CODE


def drop_nul(request: HttpRequest) -> None:
    """NUL is no text: PostgreSQL refuses it, and nobody types it. Questions go on without it."""
    query = request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
    request.GET = QueryDict(query, encoding=request.encoding)


class ErrorPageMiddleware:
    """An error of the family, a wrong method, an oversized body or no database becomes a page that says what, why and what next."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            drop_nul(request)
        response = self.get_response(request)
        return errors.wrong_method(request, response) if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if (refused := storage.behind(exception)) is not None:
            return errors.bare_page(request, refused)
        if isinstance(exception, ChengxinError):
            return errors.page(request, exception)
        if isinstance(exception, RequestDataTooBig):
            return errors.page(request, errors.TooLarge())
        if isinstance(exception, OperationalError):
            return errors.bare_page(request, errors.Unavailable())
        return None
