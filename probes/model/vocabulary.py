"""The vocabulary of observation: what a probe may say, in the words of the status document.

The values of the enums are the wire format of `posdiag.status/1`; none is renamed or dropped within that schema.
"""

from __future__ import annotations

from enum import StrEnum

from probes.ground.vocabulary import Open


class Layer(Open):
    """Where a check looks; the network layers stand lowest first, `serial` and `app` beside them."""

    SYSTEM = "system"
    LINK = "link"
    ADDRESS = "address"
    ROUTER = "router"
    DNS = "dns"
    INTERNET = "internet"
    GATEWAY = "gateway"
    SERIAL = "serial"
    APP = "app"


PATH = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)  # from the terminal to the acquirer, in order
REMOTE = (Layer.DNS, Layer.INTERNET, Layer.GATEWAY)  # what is asked beyond the link


class Outcome(StrEnum):
    """Passed, failed and not run are different things; `skip` and `unknown` always say because of what."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    UNKNOWN = "unknown"


class Symptom(Open):
    """The closed list of what can be seen to be wrong. A symptom names what happened, never why."""

    # the probe itself
    HUNG = "hung"  # still running at its deadline
    CRASHED = "crashed"  # raised something nobody foresaw; the text is a fact
    DENIED = "denied"  # the operating system refuses this reading
    UNSUPPORTED = "unsupported"  # this machine has no such thing to read
    NOT_LOOKED = "not_looked"  # this machine did not let us look (descriptors, memory, threads, rights); `because` says what is missing
    # system
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    MEMORY_LOW = "memory_low"
    LOAD_HIGH = "load_high"
    TEMPERATURE_HIGH = "temperature_high"
    BATTERY_LOW = "battery_low"
    BATTERY_CHARGING_LOW = "battery_charging_low"  # low, and on charge
    BATTERY_DISCHARGING_LOW = "battery_discharging_low"  # low, and no charger feeds it
    CLOCK_BEFORE_BUILD = "clock_before_build"  # earlier than the day this agent was built
    CLOCK_SKEW = "clock_skew"  # an outside source tells another time
    DATE_DUE = "date_due"  # a day by which something has to be done comes near
    DATE_PASSED = "date_passed"  # and is over, without anybody having said that it is done
    # link
    NO_CARRIER = "no_carrier"
    ADMIN_DOWN = "admin_down"
    ABSENT = "absent"  # the interface does not exist
    RADIO_OFF = "radio_off"
    NOT_ASSOCIATED = "not_associated"
    WRONG_PASSWORD = "wrong_password"
    HALF_DUPLEX = "half_duplex"
    LINK_ERRORS = "link_errors"
    WEAK_SIGNAL = "weak_signal"
    # cellular
    SIM_MISSING = "sim_missing"
    SIM_LOCKED = "sim_locked"
    REGISTRATION_DENIED = "registration_denied"
    NOT_REGISTERED = "not_registered"
    NO_DATA = "no_data"  # attached, and no packet comes back
    # address
    NO_ADDRESS = "no_address"
    LINK_LOCAL_ONLY = "link_local_only"
    IPV6_OFF = "ipv6_off"  # no address, where IPv6 alone is spoken: it is switched off here, or the MTU is below what it needs
    NO_DEFAULT_ROUTE = "no_default_route"
    ADDRESS_CONFLICT = "address_conflict"
    ADDRESS_RESERVED = "address_reserved"  # our own is one that no machine may have: its network's own, its broadcast address
    ADDRESS_ON_PORT = "address_on_port"  # the interface is a port of a bridge or bond, which gets what arrives in its place
    OWN_NETWORK = "own_network"  # where it lies a network of the terminal's own stands, which does not lead there
    # router
    ROUTER_SILENT = "router_silent"  # neither ARP/ND nor ICMP, TCP or UDP brings an answer
    ROUTER_OFF_SUBNET = "router_off_subnet"  # outside every subnet of the interface, and silent
    # names
    NO_RESOLVER = "no_resolver"
    SERVFAIL = "servfail"
    DNS_REFUSED = "dns_refused"  # the resolver answers REFUSED
    NXDOMAIN = "nxdomain"
    NO_USABLE_ANSWER = "no_usable_answer"  # NOERROR without an address, or only loopback addresses
    NAMES_SLOW = "names_slow"  # names are found, and programs wait for seconds
    # connections
    TIMEOUT = "timeout"  # nothing came back
    REFUSED = "refused"  # the port is closed
    RESET = "reset"
    CLOSED = "closed"  # ended by the other side without a byte
    SILENT = "silent"  # accepted, then nothing
    UNREACHABLE = "unreachable"  # a router says that it cannot get there
    PROHIBITED = "prohibited"  # a router says that it may not
    NO_ROUTE = "no_route"  # our own kernel has no route
    REFUSED_LOCALLY = "refused_locally"  # our own kernel or firewall refuses to send, though there is a route
    DROPPED_HERE = "dropped_here"  # answers arrive, and our own kernel or firewall passes them on to nobody
    KEPT_BACK = "kept_back"  # what is sent never leaves: an IPsec policy of our own holds it
    NO_DESCRIPTORS = "no_descriptors"  # a program has as many files and sockets open as it may
    OTHER_WAY_BACK = "other_way_back"  # answers arrive over another interface than the one that leads there, and are dropped for that
    NO_LOCAL_PORT = "no_local_port"  # every port that our own kernel may use towards there is in use
    CUT_OFF = "cut_off"  # ended in the middle of an answer
    BAD_ANSWER = "bad_answer"  # bytes that are not the protocol
    # internet
    REDIRECTED = "redirected"
    REWRITTEN = "rewritten"
    WRONG_STATUS = "wrong_status"
    PROXY_REFUSED = "proxy_refused"
    PROXY_TIMEOUT = "proxy_timeout"
    PROXY_AUTH = "proxy_auth"
    PROXY_FAILED = "proxy_failed"
    TUNNEL_SILENT = "tunnel_silent"  # nothing comes back through the tunnel, its other end's answers neither
    LOSS = "loss"
    LATENCY = "latency"
    LARGE_PACKETS_LOST = "large_packets_lost"
    # TLS
    CERT_UNTRUSTED = "cert_untrusted"
    CERT_EXPIRED = "cert_expired"
    CERT_NOT_YET_VALID = "cert_not_yet_valid"
    CERT_WRONG_NAME = "cert_wrong_name"
    CERT_EXPIRING = "cert_expiring"
    TRUST_EXPIRED = "trust_expired"  # an authority of this terminal's own has ended, and none of what the host serves
    TRUST_MISSING = "trust_missing"  # the host's authority is not among those given here, and this machine has it elsewhere
    TRUST_UNUSABLE = "trust_unusable"  # the file of the authorities that are trusted here is gone, empty or damaged
    PLAIN_TEXT = "plain_text"  # an answer without TLS where TLS was expected
    TLS_INCOMPATIBLE = "tls_incompatible"
    TLS_STALLED = "tls_stalled"  # TCP complete, the handshake stays without an answer
    TLS_FAILED = "tls_failed"  # a handshake failure with no narrower name
    TLS_HOST_FAULT = "tls_host_fault"  # the host says in an alert that it failed itself
    CLIENT_CERT_MISSING = "client_cert_missing"
    CLIENT_CERT_EXPIRED = "client_cert_expired"
    CLIENT_CERT_REFUSED = "client_cert_refused"
    CLIENT_CERT_UNUSABLE = "client_cert_unusable"  # our own, or its key, is gone, empty or damaged, or they do not belong together
    # gateway application
    HTTP_STATUS = "http_status"  # the number is a fact
    RESPONSE_CODE = "response_code"  # DE39 is a fact
    PROCESSING_REQUIREMENT = "processing_requirement"  # the digit is a fact
    # serial
    DEVICE_MISSING = "device_missing"
    DEVICE_RENUMBERED = "device_renumbered"
    NOBODY_THERE = "nobody_there"  # of a device on the network: no machine has its address
    NO_PORT = "no_port"  # the USB device is on the bus, and there is no port of it
    PORT_BUSY = "port_busy"
    PORT_PERMISSION = "port_permission"
    PORT_HIDDEN = "port_hidden"  # the kernel has the port, and the directory of devices that was made for us has it not
    NO_REPLY = "no_reply"
    NO_REPLY_LINES_LOW = "no_reply_lines_low"  # nothing comes, and DSR and CTS are low
    GARBLED = "garbled"  # bytes come that belong to no protocol known here
    WRONG_PROTOCOL = "wrong_protocol"  # a sound answer, in another protocol
    FLOW_STALLED = "flow_stalled"  # the device, or its flow control, takes no bytes
    DISCONNECTED = "disconnected"  # gone in the middle of the exchange
    USB_UNSTABLE = "usb_unstable"  # the USB port resets or reconnects again and again
    PRINTER_OFFLINE = "printer_offline"  # the printer itself says so, with no narrower reason or one that passes
    NOT_ATTACHED = "not_attached"  # registered, and no packet service
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    PRINTER_FAULT = "printer_fault"
    # application
    UNANSWERED = "unanswered"  # the only connection of the application to a host has got no acknowledgement for a minute
    # plug-ins
    PLUGIN_FAILED = "plugin_failed"  # the plug-in itself says so
    PLUGIN_LIMIT = "plugin_limit"  # a value is beyond a configured limit
    # a terminal examined from beside it
    NOT_ALLOWED = "not_allowed"  # it does not trust this machine's key for debugging (adb)
    HANGS = "hangs"  # adb knows it, and gets no answer: "offline"
    NOT_STARTED = "not_started"  # it is starting, or stays in its boot loader
    IN_RECOVERY = "in_recovery"  # it runs its recovery system, without the payment application
    SEVERAL = "several"  # more than one device answers to its description
    TERMINAL_GONE = "terminal_gone"  # it was there, and is not
    NO_ADB = "no_adb"  # no adb server runs on this machine
    SHOP_CLOSED = "shop_closed"  # a terminal that was there is not, outside opening hours
    UNKNOWN_STATE = "unknown_state"  # of an Android terminal: a word of a later adb
    DEBUGGING_OPEN = "debugging_open"  # port 5555 answers to anybody
    # payment application
    FROZEN = "frozen"  # an Android application that the system found not responding
    CRASHING = "crashing"  # it starts, and ends by itself again and again
    NOT_RUNNING = "not_running"
    NOT_INSTALLED = "not_installed"
    ZOMBIE = "zombie"
    STOPPED = "stopped"
