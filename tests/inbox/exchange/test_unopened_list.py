"""The list of unfiled envelopes, page by page."""

from inbox.exchange import unopened_list
from inbox.vault.tables import Unopened
from inbox.vault.unopened_reasons import Kind
from tests.support.inbox_builders import Office, today


def test_a_page_lists_fifty_unfiled_envelopes_with_the_newest_first(office: Office) -> None:
    with office.unlocked() as opened:
        with opened.inbox.transaction() as session:
            session.add_all(
                Unopened(
                    number=number, kind=Kind.NOT_FOR_US, received=today(), collected=today(),
                    intake=1, tried=bytes(32),
                )
                for number in range(1, 52)
            )  # fmt: skip
        who = opened.by_opening(today())
        for page, numbers in ((0, range(51, 1, -1)), (1, range(51, 1, -1)), (2, [1]), (3, [])):
            found = unopened_list.look(opened.inbox, who, page)
            assert [*numbers] == [each["number"] for each in found.entries]
            assert 51 == found.count
