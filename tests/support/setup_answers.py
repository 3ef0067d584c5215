"""Answers for an installation of a portal."""

from crypto.keyring import Texts
from portal.setup.answers import Answers

GOOD = Answers(
    deployment="cNYIobBCCpPkmcdx9Oa83g",
    root_key="4L_fhZkwgygmDJf57daL-_T6g6p86W7CL-PSntki4W4",
    keyring="/media/stick/keyring",
    name=Texts(fr="Inspection des douanes", en="Customs inspectorate"),
    certificate="/srv/certificate.pem",
    certificate_key="/srv/certificate.key",
)

# Debian 13's description of itself.
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n'
