"""The text for the intranet, as plain text that somebody pastes there."""

from collections.abc import Mapping
from typing import Any

from portal.kit.deployment import Deployment


def intranet(texts: Mapping[str, Any], language: str, deployment: Deployment) -> bytes:
    """Return the text in UTF-8, one line for each paragraph."""
    said, where = texts["intranet"], texts["where"]
    blocks = [said["title"], *said["paragraphs"]]
    if deployment.address:
        blocks.append(f"{where['address']}\n{deployment.address}")
    if deployment.onion:
        blocks.append(f"{where['onion']}\n{deployment.onion}")
    blocks.append(f"{where['fingerprint']}\n{deployment.fingerprint}")
    blocks.append(deployment.name.in_(language))
    return ("\n\n".join(blocks) + "\n").encode("utf-8")
