"""Load everything that the portal's command line may need, in a process from which others are forked."""

import gc

from crypto import base64url
from portal.app import load_questionnaire
from portal.config import Settings
from portal.ops.cli import main  # noqa: F401 - because the script of the program imports it
from portal.site import site_files
from portal.web import content_encoding, pages
from tests.support import known_pages
from tests.support.portal_room import SITE

known_pages.remember()
# The pages of most portals in tests. Rendering and compressing these pages is the slowest part of a start.
settings = Settings(deployment=base64url.encode(SITE.deployment), root_key=base64url.encode(SITE.root_key))
questions = load_questionnaire(settings)
for each in site_files.files(settings, questions).values():
    content_encoding.encoded(each.content)
pages.answers(settings, questions)
# Otherwise, the garbage collector of each fork would visit the shared objects, and so copy them.
gc.freeze()
