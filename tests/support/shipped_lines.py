"""The lines of `deploy/` that confine or protect a service, each with its reason.

Usually nobody notices the effect of such a line until it is missing. Therefore each line is repeated here: to
change one, people must read why it exists, and change it in both places.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tests.support.paths import ROOT

DEPLOY = ROOT / "deploy"
# The lines that say how a unit runs are not here; `make soak units` tests them.
_SECTIONS, _RUNNING = {"[Service]", "[Timer]"}, {"Type", "ExecStart", "ExecReload"}

Lines = Mapping[str, str]

_EVERY_SERVICE: Lines = {
    "LimitCORE=0": "a core dump would keep requests on a disk",
    "MemorySwapMax=0": "so would the swap",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6": "no packets made by hand, no netlink, no Bluetooth",
    "NoNewPrivileges=yes": "a program with the setuid bit gives nothing",
    "ProtectSystem=strict": "nothing can be written but what the lines on folders name",
    "ProtectHome=yes": "homes of administrators, with their keys of SSH",
    "PrivateTmp=yes": "files in /tmp of others, and traps that others lay there",
    "PrivateDevices=yes": "disks, /dev/mem",
    "PrivateIPC=yes": "shared memory and queues of other programs",
    "ProtectProc=invisible": "command lines and environments of other users",
    "ProcSubset=pid": "what /proc tells of the whole machine, its connections included",
    "ProtectClock=yes": "days decide what is deleted",
    "ProtectHostname=yes": "the name of the machine",
    "ProtectKernelLogs=yes": "the kernel's log",
    "ProtectKernelModules=yes": "code in the kernel",
    "ProtectKernelTunables=yes": "settings of the kernel, such as where core dumps go",
    "ProtectControlGroups=yes": "the limits of this unit",
    "RestrictNamespaces=yes": "namespaces reach code of the kernel that is else for root alone",
    "RestrictRealtime=yes": "a process that takes a core for itself",
    "RestrictSUIDSGID=yes": "a file that makes others this user",
    "LockPersonality=yes": "modes of the kernel for programs of long ago",
    "MemoryDenyWriteExecute=yes": "code that came as data",
    "KeyringMode=private": "keys that the kernel holds for the user",
    "SystemCallArchitectures=native": "the calls of i386 and x32, which a filter by number would misread",
    "SystemCallErrorNumber=EPERM": "a call that is refused is an error, not the death of a process",
}
_SERVING: Lines = {
    "Restart=on-failure": "whoever finds a way to end it has ended it for two seconds",
    "RestartSec=2": "systemd gives up what it started five times in ten seconds",
    "TimeoutStopSec=75": "requests under way have 60 seconds to end",
    "OOMPolicy=continue": "of processes that took too much one ends, and the others answer",
}
_PORTAL: Lines = {
    "After=network.target postgresql.service": "a start without the database fails, and is tried again late",
    "User=portal": "it owns its database and nothing else",
    "UMask=0077": "what it writes is its user's alone",
    "StateDirectory=fanal": "the only folder that it must write",
    "StateDirectoryMode=0700": "the database is its user's alone",
    "MemoryMax=2G": "what grows takes no memory of nginx; a database that is written anew takes 256 MiB",
    "IPAddressDeny=any": "whoever takes hold of it sends nothing away",
    "IPAddressAllow=localhost": "nginx and the database",
    "InaccessiblePaths=-/run/dbus -/run/nscd -/run/tor -/run/tor-instances "
    "-/run/docker.sock -/run/containerd -/run/systemd/private "
    "-/run/systemd/userdb": "sockets that PostgreSQL leaves open to it (THREAT_MODEL)",
    "CapabilityBoundingSet=": "it needs none",
    "AmbientCapabilities=": "and is given none",
    "PrivateUsers=yes": "no other user exists for it, root included",
    "RemoveIPC=yes": "nothing of it stays in memory when it ends",
    "SystemCallFilter=@system-service @sandbox": "calls that services need, and Landlock's",
    "SystemCallFilter=~@privileged @resources": "of these none for administrators",
}
UNITS: Mapping[str, Lines] = {
    "portal@.service": {
        **_EVERY_SERVICE,
        **_SERVING,
        **_PORTAL,
        "LogsDirectory=fanal": "its log, beside the journal, which adds times",
        "LogsDirectoryMode=0700": "its user's alone",
        "CacheDirectory=fanal": "pages as they were compressed",
        "CacheDirectoryMode=0700": "who can write there could change pages",
        "TasksMax=128": "no fork bomb; each of its processes has three threads",
    },
    "portal-expire.service": {
        **_EVERY_SERVICE,
        **_PORTAL,
        "StandardOutput=null": "a log of numbers with times would tell when cases were closed",
        "TasksMax=64": "no fork bomb",
    },
    "nginx@.service": {
        **_EVERY_SERVICE,
        **_SERVING,
        "After=network.target": "the address to listen on",
        "KillSignal=SIGQUIT": "nginx finishes what is under way",
        "KillMode=mixed": "which its main process tells the others",
        "RuntimeDirectory=nginx-%i": "its process id, and the sockets between its two parts",
        "TemporaryFileSystem=/run/nginx-body:size=96m,mode=0700": "bodies larger than a buffer",
        "TemporaryFileSystem=/var/lib/nginx:size=1m": "where nginx would put them else, on a disk",
        "MemoryMax=4G": "what floods one way leaves memory for the other; computed where it stands",
        "TasksMax=256": "no fork bomb; a process for each core, twice while it takes a new configuration",
        "LimitNOFILE=65536": "four of each of 12,288 connections, and some more",
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_CHOWN CAP_KILL "
        "CAP_DAC_READ_SEARCH": "port 443, becoming www-data, the key of the certificate, and no more",
        "SystemCallFilter=@system-service": "calls that services need, setuid among them",
        "InaccessiblePaths=-/var/lib/fanal -/var/lib/tor -/var/lib/tor-instances -/run/dbus "
        "-/run/postgresql -/run/tor "
        "-/run/tor-instances": "the main process may read any file, and passes requests on by ports alone",
    },
    "nginx@onion.service.d/loopback.conf": {
        "IPAddressDeny=any": "a taken nginx that calls out would name the machine of the onion service",
        "IPAddressAllow=localhost": "tor, and the portal",
    },
}
TORRC: Lines = {
    "DataDirectory /var/lib/tor-instances/fanal": "where its keys are",
    "SocksPort 0": "nobody on this machine goes out through it",
    "HiddenServiceDir /var/lib/tor-instances/fanal/onion": "the key of the address",
    "HiddenServicePort 80 127.0.0.1:8081": "nginx@onion, and nothing else of this machine",
    "HiddenServiceExportCircuitID haproxy": "without the circuit nginx counts all of tor as one",
    "HiddenServicePoWDefensesEnabled 1": "a flood of introductions pays by work, honest people go first",
    "HiddenServiceEnableIntroDoSDefense 1": "introduction points drop what is more than 25 in a second",
    "HiddenServiceMaxStreams 64": "a circuit that asks for more connections is no browser",
    "HiddenServiceMaxStreamsCloseCircuit 1": "and has to be made anew",
    "Log warn stdout": "notices tell of circuits",
    "HeartbeatPeriod 0": "every six hours tor would write how many circuits and bytes there were",
    "SafeLogging 1": "an address in a warning is not written",
}
TIMER: Lines = {
    "OnCalendar=daily": "expired data is deleted on its day",
    "RandomizedDelaySec=6h": "the hour at which it works tells nothing of what it finds",
    "Persistent=yes": "a machine that was off at midnight does it as it starts",
}

# The directives of nginx's configuration that are checked, in addition to the lines below.
_WATCHED = re.compile(
    r"limit_conn|.*_timeout$|.*buffer|.*_(max_)?body_size$|worker_|ssl_session|.*_log$|http2_max"
)
_PORT = re.compile(r"(?<=127\.0\.0\.1:)[0-9]+")
_FOLDER = re.compile(r"(?<=unix:)\S+/(?=http-)")
_SIMPLE = re.compile(r"^ *([a-z_0-9]+) ([^;{}]+);", re.MULTILINE)
# Each line is listed as often as it occurs in the configuration of one nginx, with its blocks.
_BOTH_WAYS = [
    ("error_log /dev/null emerg", "each line about a request names address, path and second"),
    ("access_log off", "so does each line of this one"),
    ("worker_processes auto", "one for each core"),
    ("worker_rlimit_nofile 65536", "four descriptors of each of 12,288 connections, and files"),
    ("worker_connections 51200", "four of each of 12,288 connections, for one process may get them all"),
    ("limit_conn_zone $server_port zone=all:64k", "all connections of this way"),
    ("limit_conn all 12288", "three times what 64 networks may hold"),
    *(
        (f"server unix:http-{n} max_fails=0", "4,096 places of 12,288; one that is full is tried again")
        for n in (1, 2, 3)
    ),
    ("proxy_connect_timeout 5s", "between the two parts of nginx: at once, or never"),
    ("proxy_timeout 75s", "longer than any time-out of HTTP: this part only passes on"),
    ("proxy_buffer_size 4k", "memory of each connection, twice"),
    ("client_max_body_size 4k", "all but uploads and sealed files is small"),
    ("client_max_body_size 1m", "a piece (SPEC 7.1)"),
    ("client_max_body_size 17m", "a sealed file and its form, as it is looked at"),
    ("client_max_body_size 17m", "and as it is passed on"),
    ("client_max_body_size 0", "of a refusal, told by a page"),
    ("client_max_body_size 0", "or by a problem: else nginx's own page would be told"),
    ("client_body_buffer_size 4k", "what is small fits, and is never in a file"),
    ("client_body_buffer_size 1m", "a piece fits, and is never in a file"),
    ("client_body_buffer_size 256k", "the memory of a sealed file; the rest lies in the unit's own folder"),
    ("client_body_buffer_size 256k", "as it is passed on"),
    ("output_buffers 1 4k", "what an answer that nobody takes holds, for each"),
    ("http2_max_concurrent_streams 3", "a connection holds three bodies and answers, not 128"),
    ("client_header_timeout 15s", "a head by drops"),
    ("client_body_timeout 15s", "a body that rests; one by drops has a deadline besides (site.conf)"),
    ("send_timeout 15s", "an answer of which nobody takes a byte"),
    ("keepalive_timeout 10s", "a connection without a request is one of 64 that a network has"),
    ("reset_timedout_connection on", "what was not taken is not kept by the kernel, either"),
    ("large_client_header_buffers 2 4k", "memory of each request"),
    ("ssl_protocols TLSv1.2 TLSv1.3", "what is older is broken"),
    ("ssl_session_tickets off", "a browser would show its ticket at the next visit, and be known again"),
    ("ssl_session_cache off", "as by the id of a session of TLS 1.2; `none` would still give one"),
    ("ssl_conf_command NumTickets 0", "and of TLS 1.3"),
    ("proxy_read_timeout 60s", "how long the portal may take"),
    ("limit_conn_zone $asking zone=asking:4m", "what a network or a circuit has under way"),
    ("limit_conn_zone $asking_around zone=asking_around:4m", "48 bits of IPv6 are one host's"),
    ("limit_conn_zone $pieces zone=pieces:4m", "of these, pieces"),
    ("limit_conn_zone $pieces_around zone=pieces_around:4m", "and those of one host"),
    ("limit_conn_zone $piece zone=all_pieces:64k", "everybody's pieces"),
    ("limit_conn_zone $text zone=all_texts:64k", "everybody's texts, which pieces leave alone"),
    ("limit_conn_zone $sealed zone=sealed:4m", "the way without script"),
    ("server 127.0.0.1:PORT", "the portal of this way"),
    ("zone scriptless 64k", "what follows is counted over all processes of nginx"),
    ("server 127.0.0.1:PORT max_conns=4", "no more sealed files than the portal can hold at a time"),
    ("proxy_max_temp_file_size 0", "no answer of the portal is written to a file"),
    ("limit_conn all_pieces 512", "0.5 GiB of memory"),
    ("limit_conn all_texts 4096", "0.4 GiB of memory, and 4,096 people at once"),
]
NGINX: Mapping[str, Iterable[tuple[str, str]]] = {
    "clearnet": [
        *_BOTH_WAYS,
        ("limit_conn_zone $source zone=sources:8m", "connections of a network"),
        ("limit_conn_zone $around zone=around:8m", "and of one host of IPv6"),
        ("limit_conn sources 64", "an office behind one address"),
        ("limit_conn around 256", "four such networks"),
        ("limit_conn asking 16", "sixteen people of an office at the same moment"),
        ("limit_conn asking_around 64", "four such networks"),
        ("limit_conn pieces 4", "4 MiB of memory; a page sends one piece at a time"),
        ("limit_conn pieces_around 16", "four such networks"),
        ("limit_conn sealed 2", "of the 128 MiB that these have, two of 17 at most"),
    ],
    "onion": [
        *_BOTH_WAYS,
        (
            "limit_conn_zone $proxy_protocol_addr zone=circuits:8m",
            "connections of a circuit, as tor names it",
        ),
        ("limit_conn circuits 8", "Tor Browser opens six"),
        ("limit_conn asking 4", "a circuit is one person"),
        ("limit_conn pieces 2", "who sends one piece at a time"),
        ("limit_conn sealed 1", "and one sealed file"),
    ],
}


def of_unit(name: str) -> set[str]:
    """Return the lines that confine a unit, those that trigger a timer, and those on its order."""
    section, found = "", set()
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        key = line.partition("=")[0]
        if line.startswith("["):
            section = line
        elif key == "After" or (section in _SECTIONS and key[:1].isalpha() and key not in _RUNNING):
            found.add(line)
    return found


def of_tor() -> set[str]:
    """Return the lines of torrc, except comments."""
    return {line for line in (DEPLOY / "torrc").read_text("utf-8").splitlines() if line[:1].isalpha()}


def of_nginx(read: str, way: str) -> Counter[str]:
    """Return the checked lines of the configuration (`nginx -T`), each with the number of occurrences.

    Ports of this machine become PORT, because tests use free ones. Sockets lose their folder.
    """
    known = {line.split()[0] for line, _ in NGINX[way]}
    return Counter(
        f"{name} {rest}"
        for name, rest in _SIMPLE.findall(_FOLDER.sub("", _PORT.sub("PORT", read)))
        if name in known or _WATCHED.match(name)
    )
