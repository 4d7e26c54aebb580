"""What people and machines do that an agent can see afterwards. A closed list: the record names what ended an incident by it, and a step
of the catalogue what it leaves behind."""

from __future__ import annotations

from probes.ground.vocabulary import Open


class Trace(Open):
    LINK_REPLUGGED = "link_replugged"
    ROUTER_RESTARTED = "router_restarted"
    ROUTER_REPLACED = "router_replaced"
    ADDRESS_RENEWED = "address_renewed"
    RESOLVERS_CHANGED = "resolvers_changed"
    UPLINK_SWITCHED = "uplink_switched"
    WIFI_JOINED = "wifi_joined"
    RADIO_ON = "radio_on"
    SIM_CHANGED = "sim_changed"
    PAPER_LOADED = "paper_loaded"
    COVER_CLOSED = "cover_closed"
    DEVICE_REPLUGGED = "device_replugged"
    DEVICE_RESTARTED = "device_restarted"
    APP_RESTARTED = "app_restarted"
    TERMINAL_RESTARTED = "terminal_restarted"
    CONFIG_CHANGED = "config_changed"
    CLOCK_SET = "clock_set"
    DISK_FREED = "disk_freed"
    POWER_CONNECTED = "power_connected"
    HOST_RECOVERED = "host_recovered"  # nothing moved on site, and the host answers again
    LINE_RECOVERED = "line_recovered"  # likewise, the line
    ACCOUNT_RESTORED = "account_restored"


ELSEWHERE = (Trace.HOST_RECOVERED, Trace.LINE_RECOVERED, Trace.ACCOUNT_RESTORED)  # nobody on site did it
