"""The portal's web application."""

from dataclasses import replace

from flask import Flask

from crypto import questionnaire
from crypto.questionnaire import Questionnaire
from portal.api import forgetting, problems, published, slots, uploads, work
from portal.api.context import Context
from portal.config import Settings
from portal.errors import BadConfiguration, why
from portal.site import manifest
from portal.store.database import open_database
from portal.web import figures, headers, pages, scriptless


def create_app(settings: Settings) -> Flask:
    """Return the application.

    If the figures are refused, the site is served without them: whether somebody can report must not depend
    on them. The command ``serve`` and the doctor then say so.

    Raises Refused if there is no database. Raises BadConfiguration if another file that the settings name
    cannot be used.
    """
    questions, signed = load_questionnaire(settings), manifest.load(settings)
    refused = figures.refusal(settings.figures_folder, settings.figures_key)
    site = replace(settings, figures="") if refused else settings
    app = Flask("portal", static_folder=None)
    problems.init_app(app)
    forgetting.init_app(app)
    work.init_app(app)
    uploads.init_app(app)
    slots.init_app(app)
    published.init_app(app)
    manifest.init_app(app, signed)
    pages.init_app(app, site, questions)
    scriptless.init_app(app, pages.answers(site, questions))
    headers.init_app(app, settings.onion)
    # Open the database last, because it would stay open if a later step failed.
    app.extensions["portal"] = Context(settings, open_database(settings.database_url))
    return app


def load_questionnaire(settings: Settings) -> Questionnaire:
    """Return the questions of the report page; raises BadConfiguration if their file cannot be used."""
    path = settings.questionnaire_path
    try:
        return questionnaire.parse(path.read_bytes())
    except OSError as error:
        raise BadConfiguration(
            f"questionnaire {path} was not read: {why(error)}", "set `questionnaire` to another file"
        ) from error
    except questionnaire.BadDocument as error:
        raise BadConfiguration(f"questionnaire {path}: {error}", "correct the file") from error
