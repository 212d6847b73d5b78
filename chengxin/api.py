"""The one API: every room's router under /api/v1, errors as problem+json, and every answer a caller may get in the OpenAPI document."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from chengxin.kernel import storage
from chengxin.kernel.errors import ChengxinError

BUSINESS = (
    "publicity",
    "campaigns",
    "exchange",
    "lists",
    "cases",
    "inspection",
    "platforms",
    "products",
    "supervision",
    "consumers",
    "consumers.exchange",
    "detection",
    "rules",
    "marks",
    "commitments",
    "compensation",
    "delivery",
    "payments",
    "records",
    "facts",
    "subjects",
    "evidence",
    "documents",
    "evaluation",
    "traceability",
)
ROOMS = (*BUSINESS, "accounts", "audit", "jobs")


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    next: str
    data: dict[str, Any] = {}


ERRORS = {
    400: "The request is malformed",
    401: "No valid token or session",
    403: "The caller may not do this",
    404: "There is no such object, or it is not the caller's",
    405: "The path is not used with this method",
    409: "The present state does not allow it",
    413: "The body is too large",
    415: "The content type is not accepted",
    422: "The input is not valid",
    428: "A purpose must be stated first (X-Purpose)",
    429: "Too many requests",
    503: "A needed part is not available; nothing was changed",
    507: "The disk is full; nothing was changed",
}


class DocumentedAPI(NinjaAPI):
    """Ninja leaves error answers out of its document; this puts them in, so that a contract test may hold us to them."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document, drawn up once for each place the API is served at: it takes a tenth of a second."""
        prefix = options.get("path_prefix")
        return self._document(self.get_root_path(options.get("path_params") or {}) if prefix is None else prefix)

    @cache  # noqa: B019 - there is one API, and it lives as long as the process
    def _document(self, prefix: str) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=prefix)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        components["Problem"] = Problem.model_json_schema()
        answer = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, text in ERRORS.items():
                    operation["responses"].setdefault(status, {"description": text, "content": answer})
        return schema


api = DocumentedAPI(
    title="Chengxin 诚信",
    version="1.0",
    description="Credit infrastructure for a city's e-commerce. 面向城市电子商务的信用基础设施接口。",
    urls_namespace="api",
    docs_url=None,  # ninja's page loads scripts from another host, which the content security policy refuses
)


def problem(error: ChengxinError) -> JsonResponse:
    """An error of the family as application/problem+json; one that says when to come back says so in Retry-After too."""
    answer = JsonResponse(error.problem(), status=error.status, content_type="application/problem+json", json_dumps_params={"default": str})
    if "seconds" in error.data:
        answer.headers["Retry-After"] = str(error.data["seconds"])
    return answer


class Unauthenticated(ChengxinError):
    code = "unauthenticated"
    status = 401
    what = {"zh": "需要身份凭证。", "en": "Credentials are needed."}
    why = {"zh": "请求没有携带有效的令牌或会话。", "en": "The request carries no valid token or session."}
    next = {"zh": "请先取得访问令牌或登录。", "en": "Get an access token or sign in first."}


class InvalidInput(ChengxinError):
    code = "invalid"
    status = 422
    what = {"zh": "输入有误。", "en": "The input is not valid."}
    why = {"zh": "{fields}", "en": "{fields}"}


class Refused(ChengxinError):
    code = "refused"
    status = 400
    why = {"zh": "{reason}", "en": "{reason}"}


@api.exception_handler(ChengxinError)
def of_the_family(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    return problem(storage.behind(error) or error)


@api.exception_handler(AuthenticationError)
def without_credentials(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(Unauthenticated())


@api.exception_handler(AuthorizationError)
def without_permission(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
    from chengxin.kernel.errors import Forbidden

    return problem(Forbidden())


@api.exception_handler(ValidationError)
def with_bad_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors)
    return problem(InvalidInput(fields=fields))


@api.exception_handler(HttpError)
def of_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
    answer = Refused(reason=error.message).problem()
    return JsonResponse({**answer, "status": error.status_code}, status=error.status_code, content_type="application/problem+json")


for room in ROOMS:
    if find_spec(f"chengxin.{room}.api"):
        api.add_router("", import_module(f"chengxin.{room}.api").router, tags=[room])
