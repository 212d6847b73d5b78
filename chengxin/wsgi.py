import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
served = get_wsgi_application()

from chengxin.publicity.kept import Kept  # noqa: E402 - needs the rooms, so after the set-up
from chengxin.publicity.quick import Quick  # noqa: E402

application = Quick(served, Kept(served))
