"""What can be wrong with a feed, as a closed list with what to do about each."""

from enum import StrEnum


class FeedFault(StrEnum):
    """A named fault; the first group ends a connection, the second is health."""

    AUTH = "auth"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    STALLED = "stalled"
    CORRUPT = "corrupt"
    UNSUPPORTED = "unsupported"
    EMPTY = "empty"
    ENDED = "ended"
    UNRESOLVED = "unresolved"
    FAILED = "failed"
    NO_BASIS = "no_basis"
    UNUSABLE = "unusable"

    FROZEN = "frozen"
    BLACK = "black"
    BLURRED = "blurred"
    MOVED = "moved"
    LONG_GOP = "long_gop"
    CLOCK_JUMP = "clock_jump"
    CLOCK_STEPPED = "clock_stepped"
    OVERLOAD = "overload"
    RULE_BROKEN = "rule_broken"


HEALTH_FAULTS: frozenset[FeedFault] = frozenset(
    {
        FeedFault.FROZEN,
        FeedFault.BLACK,
        FeedFault.BLURRED,
        FeedFault.MOVED,
        FeedFault.LONG_GOP,
        FeedFault.CLOCK_JUMP,
        FeedFault.CLOCK_STEPPED,
        FeedFault.OVERLOAD,
        FeedFault.RULE_BROKEN,
    }
)
"""Faults of a feed that is connected; frames still arrive."""

REMEDIES: dict[FeedFault, str] = {
    FeedFault.AUTH: "check the login named in the camera's feed section",
    FeedFault.NOT_FOUND: "check the path of the stream or file",
    FeedFault.REFUSED: "nothing serves it there: check host, port and power",
    FeedFault.UNREACHABLE: "no route or no such host: check the network and the name",
    FeedFault.TIMEOUT: "it accepts but says nothing: check it, or raise timeout_s",
    FeedFault.STALLED: "the stream stopped sending: check camera and network",
    FeedFault.CORRUPT: "the data cannot be decoded: check cabling, bitrate, file",
    FeedFault.UNSUPPORTED: "set the camera to H.264 or H.265 video",
    FeedFault.EMPTY: "the stream or file holds no picture",
    FeedFault.ENDED: "the file or stream has come to its end",
    FeedFault.UNRESOLVED: "the gateway gave no address for this camera",
    FeedFault.FAILED: "an unexpected failure: see the log of the worker",
    FeedFault.NO_BASIS: "no valid basis to pull it: enter or renew owner, access "
    "document and purposes in the camera's dossier section",
    FeedFault.UNUSABLE: "it cannot be put to work as configured: a reference picture "
    "or a model cannot be read, or a rule not be used; the worker's log says which; "
    "put right, it is taken up within a minute",
    FeedFault.FROZEN: "the picture does not change: restart the camera",
    FeedFault.BLACK: "the picture is black: check lens, light and the camera",
    FeedFault.BLURRED: "the picture has no detail: clean and focus the lens",
    FeedFault.MOVED: "the view differs from the configured one: re-validate its zones",
    FeedFault.LONG_GOP: "key frames come too seldom for this camera's rules, so every "
    "picture is decoded: shorten its key frame interval",
    FeedFault.CLOCK_JUMP: "the feed's time jumped: check the camera's time source",
    FeedFault.CLOCK_STEPPED: "the clock of this host was set: check its time service; "
    "what was watched meanwhile is marked in the evidence",
    FeedFault.OVERLOAD: "looks are being missed, so this camera looks less often: "
    "add a worker or a machine, or take feeds away",
    FeedFault.RULE_BROKEN: "a rule failed and is no longer judged: see the worker's "
    "log and start it again",
}
