"""Vectors of proof of work (SPEC 7.6)."""

from crypto import age, base64url, padding, work
from crypto.work import OFFER, Offer, Payment, Puzzle
from tests.vectors.fixtures import DEPLOYMENT, Vector, fixed, vector


def works() -> list[Vector]:
    """SPEC 7.6: the seed of an hour, the id of an upload, and a solver that tries counters from 0."""
    cases = [
        ("text", 500_000, "inspectorate", 67_195, 1),
        ("longest-channel", 2**32 - 1, "a" * 28, 1, 20),
        *(
            (f"class-{size_class}", 500_001, "ombudsman", age.sealed_size(size), 3)
            for size_class, size in enumerate(
                (1 << 20, 4 << 20, (4 << 20) + 1, 64 << 20, 256 << 20, padding.LARGEST), 1
            )
        ),
    ]
    seed = fixed("work seed")
    offer = OFFER.encode(Offer(seed, 4_000))
    shorter = base64url.encode(seed[:31]).encode()
    wrong = {
        "cost-of-zero": offer.replace(b"4000", b"0"),
        "cost-above-the-most": offer.replace(b"4000", b"1000001"),
        "cost-as-text": offer.replace(b"4000", b'"4000"'),
        "cost-missing": offer.replace(b',"cost":4000', b""),
        "another-kind": offer.replace(b'"work"', b'"toll"'),
        "seed-of-31-bytes": offer.replace(base64url.encode(seed).encode(), shorter),
    }
    return [
        *(_work(*case) for case in cases),
        *_bound_of_the_largest_class(),
        vector("offer", {"offer": offer.hex()}, {"seed": seed.hex(), "cost": 4_000}),
        *(vector(name, {"offer": raw.hex()}, expect="malformed") for name, raw in wrong.items()),
    ]


def _work(name: str, hour: int, channel: str, size: int, cost: int) -> Vector:
    secret, header = fixed("instance"), fixed(f"header {name}", 1_627)
    header_hash, seed = work.header_hash(header), work.seed(secret, DEPLOYMENT, hour)
    puzzle = Puzzle(seed, header_hash, channel, work.size_class(size), cost)
    payment = Payment(seed, header_hash, puzzle.solve())
    given = {
        "secret": secret.hex(),
        "deployment": DEPLOYMENT.hex(),
        "hour": hour,
        "header": header.hex(),
        "channel": channel,
        "size": size,
        "class": puzzle.size_class,
        "cost": cost,
        "seed": seed.hex(),
        "upload_id": work.upload_id(secret, DEPLOYMENT, header_hash).hex(),
    }
    return vector(name, given, {"payment": payment.encode()})


def _bound_of_the_largest_class() -> list[Vector]:
    """The first counter with 13 zero bits precedes the first with 14, so a bound of 13 bits is noticed."""
    puzzle = Puzzle(bytes(32), b"\x22" * 32, "inspectorate", 6, 1)
    given = {
        "seed": puzzle.seed.hex(),
        "header_hash": puzzle.header_hash.hex(),
        "channel": puzzle.channel,
        "class": puzzle.size_class,
        "cost": puzzle.cost,
    }
    return [
        vector("class-6-by-13-bits", given | {"counter": 4_059}, {"solved": False}),
        vector("class-6-by-14-bits", given | {"counter": puzzle.solve()}, {"solved": True}),
    ]
