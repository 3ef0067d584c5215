"""The lines of `deploy/` that confine or protect a service, each with its reason.

Usually nobody notices what such a line does until the line is missing. Therefore this file repeats each line.
Before you change a line, read why it exists. Then change the line in both places.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tests.support.paths import ROOT

DEPLOY = ROOT / "deploy"
# The lines that say how a unit runs are not here; `make soak units` tests them.
_SECTIONS, _RUNNING = {"[Service]", "[Timer]"}, {"Type", "ExecStartPre", "ExecStart", "ExecReload"}

Lines = Mapping[str, str]

_EVERY_SERVICE: Lines = {
    "LimitCORE=0": "a core dump would keep requests on a disk",
    "MemorySwapMax=0": "swapped memory would be on a disk too",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6": "prevents raw packets, netlink and Bluetooth",
    "NoNewPrivileges=yes": "a setuid program gives no more rights",
    "ProtectSystem=strict": "only the folders named in this unit can be written",
    "ProtectHome=yes": "hides administrators' homes with their SSH keys",
    "PrivateTmp=yes": "hides other users' files in /tmp, and traps placed there",
    "PrivateDevices=yes": "hides disks and /dev/mem",
    "PrivateIPC=yes": "hides shared memory and queues of other programs",
    "ProtectProc=invisible": "hides command lines and environments of other users",
    "ProcSubset=pid": "hides data in /proc about the machine and its connections",
    "ProtectClock=yes": "the clock decides what is deleted",
    "ProtectHostname=yes": "protects the name of the machine",
    "ProtectKernelLogs=yes": "hides the kernel's log",
    "ProtectKernelModules=yes": "prevents loading code into the kernel",
    "ProtectKernelTunables=yes": "protects kernel settings, such as the place of core dumps",
    "ProtectControlGroups=yes": "protects the limits of this unit",
    "RestrictNamespaces=yes": "namespaces give access to kernel code that otherwise only root can reach",
    "RestrictRealtime=yes": "prevents a process from taking a core for itself",
    "RestrictSUIDSGID=yes": "prevents a file that lets others run as this user",
    "LockPersonality=yes": "prevents kernel modes for very old programs",
    "MemoryDenyWriteExecute=yes": "prevents running data as code",
    "KeyringMode=private": "hides keys that the kernel holds for the user",
    "SystemCallArchitectures=native": "prevents calls of i386 and x32, whose numbers a filter would misread",
    "SystemCallErrorNumber=EPERM": "a refused call causes an error, and does not kill the process",
}
_OF_DEBIAN = {"NoNewPrivileges=yes", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes"}
_SERVING: Lines = {
    "Restart=on-failure": "after an attack that ends the service, it is back in two seconds",
    "RestartSec=2": "systemd gives up after five starts in ten seconds",
    "TimeoutStopSec=75": "open requests have 60 seconds to finish",
    "OOMPolicy=continue": "if memory runs out, one process is killed and the others go on",
}
_PORTAL: Lines = {
    "After=network.target postgresql.service": "without the database a start fails, and the next try is late",
    "User=portal": "this user owns the database and nothing else",
    "BindReadOnlyPaths=-/usr/lib/fanal-portal.before:/usr/lib/fanal-portal": "an upgrade is tried first",
    "UMask=0077": "only this user can read what the portal writes",
    "StateDirectory=fanal": "the only folder that the portal must write to",
    "StateDirectoryMode=0700": "only this user can read the database",
    "MemoryMax=2G": "growth takes no memory from nginx; rewriting a database takes 256 MiB",
    "IPAddressDeny=any": "an attacker in the portal cannot send data away",
    "IPAddressAllow=localhost": "the portal needs nginx and the database",
    "InaccessiblePaths=-/run/dbus -/run/nscd -/run/tor -/run/tor-instances "
    "-/run/docker.sock -/run/containerd -/run/systemd/private "
    "-/run/systemd/userdb": "sockets that the portal's own confinement cannot block (THREAT_MODEL)",
    "CapabilityBoundingSet=": "the portal needs no capability",
    "AmbientCapabilities=": "the portal is given no capability",
    "PrivateUsers=yes": "the portal sees no other user, not even root",
    "RemoveIPC=yes": "no shared memory stays when the portal ends",
    "SystemCallFilter=@system-service @sandbox": "allows the calls that services need, and Landlock's",
    "SystemCallFilter=~@privileged @resources": "from this set, blocks the administrators' system calls",
}
UNITS: Mapping[str, Lines] = {
    "portal@.service": {
        **_EVERY_SERVICE,
        **_SERVING,
        **_PORTAL,
        "LogsDirectory=fanal": "the portal's own log, because the journal adds times",
        "LogsDirectoryMode=0700": "only this user can read the log",
        "CacheDirectory=fanal": "keeps compressed pages",
        "CacheDirectoryMode=0700": "anybody who can write there could change pages",
        "TasksMax=128": "prevents a fork bomb; each portal process has three threads",
    },
    "portal-expire.service": {
        **_EVERY_SERVICE,
        **_PORTAL,
        "StandardOutput=null": "logged numbers and times would reveal when cases were closed",
        "TasksMax=64": "prevents a fork bomb",
    },
    "nginx@.service": {
        **_EVERY_SERVICE,
        **_SERVING,
        "After=network.target": "nginx needs the address to listen on",
        "KillSignal=SIGQUIT": "nginx finishes open requests",
        "KillMode=mixed": "the main process passes the signal on to the others",
        "RuntimeDirectory=nginx-%i": "for the process id, and the sockets between the two parts of nginx",
        "TemporaryFileSystem=/run/nginx-body:size=96m,mode=0700": "for bodies larger than a buffer",
        "TemporaryFileSystem=/var/lib/nginx:size=1m": "the default place for such bodies, which is on a disk",
        "MemoryMax=4G": "a flood of one site leaves memory for the other; the unit has the calculation",
        "TasksMax=256": "prevents a fork bomb; a process per core, twice as many in a reload",
        "LimitNOFILE=65536": "four descriptors for each of 12,288 connections, and some more",
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_CHOWN CAP_KILL "
        "CAP_DAC_READ_SEARCH": "only for port 443, for changing to www-data, and for the certificate's key",
        "SystemCallFilter=@system-service": "allows the calls that services need, including setuid",
        "InaccessiblePaths=-/var/lib/fanal -/var/lib/tor -/var/lib/tor-instances -/run/dbus "
        "-/run/postgresql -/run/tor "
        "-/run/tor-instances": "the main process may read any file, but needs only TCP ports",
    },
    "nginx@onion.service.d/loopback.conf": {
        "IPAddressDeny=any": "an attacker in nginx could connect elsewhere and reveal the machine",
        "IPAddressAllow=localhost": "nginx needs tor and the portal",
    },
    "portal-acme.service": {
        **_EVERY_SERVICE,
        "After=network-online.target": "the authority is on another machine",
        "User=portal-acme": "this user owns the certificates by ACME and nothing else",
        "UMask=0077": "only this user can read the key of a certificate",
        "StateDirectory=fanal-acme": "for certificates, their keys, and the account at the authority",
        "StateDirectoryMode=0700": "only this user can read the keys",
        "RuntimeDirectory=fanal-acme": "certbot's log has addresses of visitors; it ends with certbot",
        "RuntimeDirectoryMode=0700": "only this user can read the log",
        "InaccessiblePaths=-/var/lib/fanal -/var/cache/fanal -/var/log/fanal -/var/lib/tor "
        "-/var/lib/tor-instances -/run/dbus -/run/nscd -/run/postgresql -/run/tor -/run/tor-instances "
        "-/run/nginx-clearnet -/run/nginx-onion "
        "-/run/systemd/private": "an attacker in certbot reaches no data of the portal, and no socket",
        "MemoryMax=512M": "growth takes no memory from the portal",
        "TasksMax=32": "prevents a fork bomb",
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE": "certbot needs port 80, and no other right",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE": "only this line gives the right to a user "
        "other than root",
        "RemoveIPC=yes": "no shared memory stays when certbot ends",
        "SystemCallFilter=@system-service": "allows the calls that services need",
        "SystemCallFilter=~@privileged @resources": "from this set, blocks the administrators' system calls",
        "SystemCallFilter=@chown": "certbot gives a renewed key the group of the earlier one",
    },
    "portal-certificate.service": {
        **{line: why for line, why in _EVERY_SERVICE.items() if not line.startswith("RestrictAddress")},
        "After=portal-acme.service": "certbot renews the certificate before it is installed",
        "UMask=0077": "only root can read the key of the certificate",
        "ReadWritePaths=/etc/fanal": "the place of the certificate and its key",
        "BindReadOnlyPaths=-/usr/lib/fanal-portal.before:/usr/lib/fanal-portal": "an upgrade is tried first",
        "InaccessiblePaths=-/var/lib/fanal -/var/cache/fanal -/var/log/fanal -/var/lib/tor "
        "-/var/lib/tor-instances -/run/nscd -/run/postgresql -/run/tor -/run/tor-instances "
        "-/run/nginx-clearnet -/run/nginx-onion": "it needs no data of the portal, and only systemd's socket",
        "MemoryMax=512M": "growth takes no memory from the portal",
        "TasksMax=32": "prevents a fork bomb",
        "CapabilityBoundingSet=CAP_DAC_READ_SEARCH": "only for reading the files of certbot",
        "PrivateNetwork=yes": "it needs no network",
        "IPAddressDeny=any": "it needs no network",
        "RestrictAddressFamilies=AF_UNIX": "only for the socket of systemd",
        "RemoveIPC=yes": "no shared memory stays when it ends",
        "SystemCallFilter=@system-service": "allows the calls that services need",
        "SystemCallFilter=~@privileged @resources": "from this set, blocks the administrators' system calls",
    },
    # Debian's unit already has the lines that are missing here.
    "tor@fanal.service.d/confined.conf": {
        **{line: why for line, why in _EVERY_SERVICE.items() if line not in _OF_DEBIAN},
        "User=_tor-%i": "tor starts as its own user, and so needs no right to change users",
        "PermissionsStartOnly=no": "with Debian's line, commands before the start run as root",
        "RuntimeDirectory=tor-instances/%i": "for the sockets of tor, and the settings from Debian's file",
        "RuntimeDirectoryMode=0700": "only tor itself uses these sockets",
        "NotifyAccess=main": "no other process can tell systemd that tor has started",
        "UMask=0077": "only this user can read what tor writes",
        "CapabilityBoundingSet=": "tor needs no capability",
        "ReadOnlyPaths=": "clears Debian's list, because strict protection replaces it",
        "ReadWritePaths=": "clears Debian's list, with all of /run in it",
        "ReadWritePaths=/var/lib/tor-instances/%i": "the folder with tor's keys",
        "InaccessiblePaths=-/etc/fanal -/var/lib/fanal -/var/cache/fanal -/var/log/fanal -/var/www/fanal "
        "-/var/lib/tor -/run/dbus -/run/postgresql -/run/nscd -/run/nginx-clearnet -/run/nginx-onion "
        "-/run/systemd/private": "an attacker in tor reaches no data of the portal, and no socket",
        "TasksMax=64": "prevents a fork bomb",
        "PrivateUsers=yes": "tor sees no other user, not even root",
        "RemoveIPC=yes": "no shared memory stays when tor ends",
        "SystemCallFilter=@system-service": "allows the calls that services need",
        "SystemCallFilter=~@privileged @resources": "from this set, blocks the administrators' system calls",
    },
}
TORRC: Lines = {
    "DataDirectory /var/lib/tor-instances/fanal": "the folder with tor's keys",
    "SocksPort 0": "no program on this machine can connect through this tor",
    "HiddenServiceDir /var/lib/tor-instances/fanal/onion": "the folder with the key of the onion address",
    "HiddenServicePort 80 127.0.0.1:8081": "leads to nginx@onion, and to nothing else on this machine",
    "HiddenServiceExportCircuitID haproxy": "without the circuit, nginx would count all of tor as one client",
    "HiddenServicePoWDefensesEnabled 1": "in a flood, introductions need proof of work",
    "HiddenServiceEnableIntroDoSDefense 1": "introduction points drop more than 25 introductions a second",
    "HiddenServiceMaxStreams 64": "a browser never opens more connections in a circuit",
    "HiddenServiceMaxStreamsCloseCircuit 1": "a circuit with more connections is closed",
    "Log warn stdout": "notices contain data about circuits",
    "HeartbeatPeriod 0": "tor would log numbers of circuits and bytes",
    "SafeLogging 1": "tor writes no address in a warning",
}
TIMERS: Mapping[str, Lines] = {
    "portal-expire.timer": {
        "OnCalendar=daily": "expired data is deleted on the day it expires",
        "RandomizedDelaySec=6h": "the hour of the run reveals nothing about the data",
        "Persistent=yes": "a machine that was off at midnight deletes when it starts",
    },
    "portal-certificate.timer": {
        "OnCalendar=daily": "30 days before its end, a certificate has as many tries to be renewed",
        "RandomizedDelaySec=6h": "an authority asks its clients not to come all at once",
        "Persistent=yes": "a machine that was off at midnight renews when it starts",
    },
}

# The directives of nginx's configuration that are checked, in addition to the lines below.
_WATCHED = re.compile(
    r"limit_conn|.*_timeout$|.*buffer|.*_(max_)?body_size$|worker_|ssl_session|.*_log$|http2_max"
)
_PORT = re.compile(r"(?<=127\.0\.0\.1:)[0-9]+")
_FOLDER = re.compile(r"(?<=unix:)\S+/(?=http-)")
_SIMPLE = re.compile(r"^ *([a-z_0-9]+) ([^;{}]+);", re.MULTILINE)
# Each line has the names of its blocks. It is listed as often as it occurs in the configuration of one nginx.
_BOTH_WAYS = [
    ("error_log /dev/null emerg", "each line about a request has the address, path and time"),
    ("access_log off", "each line of the access log has them too"),
    ("worker_processes auto", "one process per core"),
    ("worker_rlimit_nofile 65536", "four descriptors of each of 12,288 connections, and files"),
    ("worker_connections 51200", "four for each of 12,288 connections, because one process may get them all"),
    ("limit_conn_zone $server_port zone=all:64k", "counts all connections of this nginx"),
    ("limit_conn all 12288", "three times as many as 64 networks may hold"),
    *(
        (
            f"server unix:http-{n} max_fails=0",
            "a queue has 4,096 of the 12,288 places; a full queue is tried again",
        )
        for n in (1, 2, 3)
    ),
    ("proxy_connect_timeout 5s", "the two parts of nginx connect immediately or never"),
    ("proxy_timeout 75s", "longer than any timeout of HTTP, because this part only passes bytes on"),
    ("proxy_buffer_size 4k", "memory for each connection, in both directions"),
    ("client_max_body_size 4k", "all bodies except uploads and sealed files are small"),
    ("client_max_body_size 1m", "a piece (SPEC 7.1)"),
    ("client_max_body_size 17m", "a sealed file and its form, when nginx checks it"),
    ("client_max_body_size 17m", "the same, when nginx passes it on"),
    ("client_max_body_size 0", "the body is already refused, with a page"),
    ("client_max_body_size 0", "the body is already refused, in the problem format"),
    ("client_body_buffer_size 4k", "a small body fits, and is never written to a file"),
    ("client_body_buffer_size 1m", "a piece fits, and is never written to a file"),
    ("client_body_buffer_size 256k", "memory for a sealed file; the rest is in the unit's own folder"),
    ("client_body_buffer_size 256k", "the same, when nginx passes the file on"),
    ("output_buffers 1 4k", "memory for each answer that nobody reads"),
    ("http2_max_concurrent_streams 3", "a connection can hold three bodies and answers, not 128"),
    ("client_header_timeout 15s", "for a head that arrives slowly"),
    ("client_body_timeout 15s", "for a body that stops; a slow body also has a deadline (site.conf)"),
    ("send_timeout 15s", "for an answer of which nobody reads a byte"),
    ("keepalive_timeout 10s", "an idle connection is one of the 64 of a network"),
    ("reset_timedout_connection on", "the kernel then does not keep the unread bytes either"),
    ("large_client_header_buffers 2 4k", "memory for each request"),
    ("ssl_protocols TLSv1.2 TLSv1.3", "older versions are broken"),
    ("ssl_session_tickets off", "a browser would send its ticket at the next visit, and be recognised"),
    ("ssl_session_cache off", "session ids of TLS 1.2 do the same; with `none`, nginx still sends one"),
    ("ssl_conf_command NumTickets 0", "tickets of TLS 1.3 do the same"),
    ("proxy_read_timeout 60s", "the time that the portal may take for an answer"),
    ("limit_conn_zone $asking zone=asking:4m", "counts the open requests of a network or circuit"),
    (
        "limit_conn_zone $asking_around zone=asking_around:4m",
        "counts those of 48 bits of IPv6, which one person may have",
    ),
    ("limit_conn_zone $pieces zone=pieces:4m", "counts the open pieces of uploads of a network or circuit"),
    ("limit_conn_zone $pieces_around zone=pieces_around:4m", "counts the open pieces of 48 bits of IPv6"),
    ("limit_conn_zone $piece zone=all_pieces:64k", "counts the open pieces of everybody"),
    ("limit_conn_zone $text zone=all_texts:64k", "counts the open texts of everybody, apart from pieces"),
    ("limit_conn_zone $sealed zone=sealed:4m", "counts sealed files, for the way without scripts"),
    ("server 127.0.0.1:PORT", "the portal of this site"),
    ("zone scriptless 64k", "the next limit is shared by all processes of nginx"),
    ("server 127.0.0.1:PORT max_conns=4", "as many sealed files as the portal can hold at the same time"),
    ("proxy_max_temp_file_size 0", "no answer of the portal is written to a file"),
    ("limit_conn all_pieces 512", "0.5 GiB of memory"),
    ("limit_conn all_texts 4096", "0.4 GiB of memory, and 4,096 people at the same time"),
]
NGINX: Mapping[str, Iterable[tuple[str, str]]] = {
    "clearnet": [
        *_BOTH_WAYS,
        ("limit_conn_zone $source zone=sources:8m", "counts the connections of a network"),
        ("limit_conn_zone $around zone=around:8m", "counts the connections of 48 bits of IPv6"),
        ("limit_conn sources 64", "enough for an office behind one address"),
        ("limit_conn around 256", "four such networks"),
        ("limit_conn asking 16", "sixteen people of an office at the same moment"),
        ("limit_conn asking_around 64", "four such networks"),
        ("limit_conn pieces 4", "4 MiB of memory; a page sends one piece at a time"),
        ("limit_conn pieces_around 16", "four such networks"),
        ("limit_conn sealed 2", "sealed files have 128 MiB; one network takes at most two of 17 MiB"),
    ],
    "onion": [
        *_BOTH_WAYS,
        (
            "limit_conn_zone $proxy_protocol_addr zone=circuits:8m",
            "counts the connections of a circuit, which tor names",
        ),
        ("limit_conn circuits 8", "Tor Browser opens six"),
        ("limit_conn asking 4", "a circuit is one person"),
        ("limit_conn pieces 2", "one person sends one piece at a time"),
        ("limit_conn sealed 1", "one person sends one sealed file at a time"),
    ],
}


def of_unit(name: str) -> set[str]:
    """Return the lines of a unit that confine it, trigger a timer, or set its order."""
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

    Ports of this machine become PORT, because tests use free ones. Paths of sockets lose their folder.
    """
    known = {line.split()[0] for line, _ in NGINX[way]}
    return Counter(
        f"{name} {rest}"
        for name, rest in _SIMPLE.findall(_FOLDER.sub("", _PORT.sub("PORT", read)))
        if name in known or _WATCHED.match(name)
    )
