"""What real devices print, by release and maker: the forms are theirs, every name, number and address in them is made up."""

from __future__ import annotations

from msgspec import Struct

_OLD, _TEN, _TWELVE = 9, 10, 12
_ALWAYS = "INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN"
_LATER = "&NOT_ROAMING&FOREGROUND&NOT_CONGESTED&NOT_SUSPENDED"
_BUFFERS = "524288,1048576,2097152,262144,524288,1048576"


class Agent(Struct, frozen=True, kw_only=True):
    """One network of `dumpsys connectivity`. `more`: capabilities besides those that every network for programs has."""

    number: int = 101
    transport: str = "WIFI"
    called: str = "WIFI"
    interface: str = "wlan0"
    addresses: tuple[str, ...] = ("192.168.50.23/24",)
    routes: tuple[str, ...] = ("0.0.0.0/0 -> 192.168.50.1",)
    resolvers: tuple[str, ...] = ("192.168.50.1",)
    more: str = "&VALIDATED"
    rest: str = ""

    def text(self, release: int) -> str:
        if release <= _OLD:
            ends = [f"[{''.join(f'{each},' for each in values)}]" for values in (self.addresses, self._routes(""), self.resolvers)]
        else:
            ends = [f"[ {','.join(v)} ]" for v in (self.addresses, self._routes(" mtu 0"), tuple(f"/{each}" for each in self.resolvers))]
        addresses, routes, resolvers = ends
        if release < _TWELVE:
            said = f"[type: {self.called}, state: CONNECTED/CONNECTED, reason: (unspecified), extra: , failover: false, available: true]"
            head = f"NetworkAgentInfo{{ ni{{{said}}}  network{{{self.number}}}  nethandle{{{self.number}2902426637}}"
            tail = "  Score{60}  everValidated{true}  lastValidated{true}  created{true} lingering{false} explicitlySelected{false} }"
        else:
            head = f"NetworkAgentInfo{{network{{{self.number}}}  handle{{{self.number}2902426637}}  ni{{{self.called} CONNECTED extra: }}"
            head += " Score(60 ; KeepConnected : 0 ; Policies : EVER_VALIDATED&IS_UNMETERED)  created everValidated lastValidated"
            tail = "}"
        after = _LATER if release > _OLD else ""
        properties = f"InterfaceName: {self.interface} LinkAddresses: {addresses} DnsAddresses: {resolvers} Domains: null MTU: 0"
        return (
            f"  {head}  lp{{{{{properties} TcpBufferSizes: {_BUFFERS} Routes: {routes}}}{self.rest}}}"
            f"  nc{{[ Transports: {self.transport} Capabilities: {_ALWAYS}{self.more}{after} LinkUpBandwidth>=1048576Kbps]}}{tail}\n"
        )

    def _routes(self, mtu: str) -> tuple[str, ...]:
        return tuple(f"{each} {self.interface}{mtu}" for each in self.routes)


def connectivity(release: int, default: int | None, *agents: Agent) -> str:
    first = "NetworkFactories for: Ethernet WIFI" if release <= _TEN else "NetworkProviders for:\n  1: EthernetNetworkFactory"
    there = "".join(agent.text(release) for agent in agents)
    chosen = "none" if default is None else default
    return (
        f"{first}\n\nActive default network: {chosen}\n\nCurrent Networks:\n{there}\nNetwork Requests:\n  NetworkRequest [ REQUEST id=1 ]\n"
    )


MOBILE = Agent(
    number=104,
    transport="CELLULAR",
    called="MOBILE[LTE]",
    interface="rmnet_data0",
    addresses=("100.64.31.7/28",),
    routes=("0.0.0.0/0 -> 100.64.31.1",),
    resolvers=("192.0.2.53",),
)
WIRED = Agent(
    number=100, transport="ETHERNET", called="Ethernet[]", interface="eth0", addresses=("192.168.50.41/24",), more="&NOT_METERED&VALIDATED"
)
WIFI = Agent()


def properties(release: int, **more: str) -> str:
    """`getprop`; a dot in a name is written as two underlines here."""
    told = {
        "ro.build.version.release": str(release),
        "ro.product.model": "PX-900",
        "sys.boot_completed": "1",
        **{name.replace("__", "."): value for name, value in more.items()},
    }
    return "".join(f"[{name}]: [{value}]\n" for name, value in told.items())


def telephony_8(voice: int, data: int, connected: int, reason: str = "dataEnabled") -> str:
    """As a terminal of Android 7 or 8 prints it."""
    rest = "null null null null null null  Unknown Unknown CSS not supported -1 -1 RoamInd=-1 DefRoamInd=-1 EmergOnly=false"
    return (
        f"last known state:\n  Phone Id=0\n  mCallState=0\n  mCallIncomingNumber=\n"
        f"  mServiceState={voice} {data} voice home data home {rest} IsUsingCarrierAggregation=false mRilImsRadioTechnology=0\n"
        f"  mSignalStrength=SignalStrength: 99 0 -120 -160 -120 -1 -1 26 -87 -7 262 2147483647 gsm|lte\n"
        f"  mDataActivity=0\n  mDataConnectionState={connected}\n  mDataConnectionPossible=true\n  mDataConnectionReason={reason}\n"
        "  mDataConnectionApn=\n  mCellInfo=null\nregistrations: count=2\n  {callingPackage=android callerUserId=0 subId=-1 events=0}\n"
    )


def telephony_11(*slots: tuple[int, int, int]) -> str:
    """Voice, data and data connection of each slot."""
    words = {0: "IN_SERVICE", 1: "OUT_OF_SERVICE", 2: "EMERGENCY_ONLY", 3: "POWER_OFF"}
    blocks = "".join(
        f"  Phone Id={number}\n    mCallState=0\n"
        f"    mServiceState={{mVoiceRegState={voice}({words[voice]}), mDataRegState={data}({words[data]}),"
        f" mChannelNumber=-1, duplexMode()=0, mIsEmergencyOnly=false, mNetworkRegistrationInfos=[], mIsIwlanPreferred=false}}\n"
        f"    mDataConnectionState={connected}\n"
        for number, (voice, data, connected) in enumerate(slots)
    )
    return f"last known state:\n{blocks}local logs:\n  2026-06-24T05:00:00 - notifyServiceState: Phone Id=1\n"


def wifi(ssid: str, state: str, rssi: int, *, on: bool = True, more: str = "") -> str:
    """`dumpsys wifi` up to Android 10."""
    named = f"SSID: {ssid}, BSSID: {'02:00:00:00:00:01' if rssi > -127 else '<none>'}, MAC: 02:00:00:00:00:00"
    return (
        f"Wi-Fi is {'enabled' if on else 'disabled'}\nStay-awake conditions: 0\nmInIdleMode false\n"
        f"mWifiInfo {named}, Supplicant state: {state}, RSSI: {rssi}, Link speed: 58Mbps, Frequency: 2447MHz, Net ID: 0, score: 60\n{more}"
    )


def wifi_status(ssid: str, rssi: int) -> str:
    """`cmd wifi status` of Android 11 and later, joined."""
    return (
        "Wifi is enabled\nWifi scanning is only available when wifi is enabled\n==== Primary ClientModeManager instance ====\n"
        f'Wifi is connected to "{ssid}"\nWifiInfo: SSID: "{ssid}", BSSID: 02:00:00:00:00:01, MAC: 02:00:00:00:00:02, IP: /192.168.50.23,'
        f" Security type: 2, Supplicant state: COMPLETED, Wi-Fi standard: 4, RSSI: {rssi}, Link speed: 6Mbps, Tx Link speed: 6Mbps,"
        f" Frequency: 2437MHz, Net ID: 0, Metered hint: false, score: 20, isUsable: true\n"
    )


def battery(level: int, *, first: str = "", status: int = 2, mains: bool = True) -> str:
    return (
        f"Current Battery Service state:\n{first}  AC powered: {str(mains).lower()}\n  USB powered: false\n  Wireless powered: false\n"
        f"  Max charging current: 1500000\n  Charge counter: 2100000\n  status: {status}\n  health: 2\n  present: true\n  level: {level}\n"
        "  scale: 100\n  voltage: 4012\n  temperature: 291\n  technology: Li-ion\n"
    )


def processes(*named: tuple[int, str]) -> str:
    """`ps -A -o PID,NAME` of toybox."""
    return "  PID NAME\n" + "".join(f"{pid:5} {name}\n" for pid, name in ((1, "init"), (412, "surfaceflinger"), *named))
