import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
served = get_wsgi_application()

from chengxin.publicity.kept import Kept  # noqa: E402 - needs the rooms, so after the set-up

application = Kept(served)
if settings.PROXIES:  # whom a trusted proxy asks for, and whether by HTTPS: rates, the log of sign-ins and redirects go by it
    application = wrap_wsgi_with_proxy_headers(application, settings.PROXIES)
