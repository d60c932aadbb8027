"""GStreamer's RTSP server playing one file in a loop, as a camera would.

Run by the system's Python, which has GStreamer's bindings. In: an MP4 and a port.
Out: a stream at `rtsp://127.0.0.1:PORT/PATH` whose stamps run on at the loop's seam.
Prints `ready` once it listens. It belongs to the tests; nothing of ours is imported.
"""

# mypy: ignore-errors
import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402


def read_pictures(path: str, codec: str) -> tuple[str, list[Gst.Buffer]]:
    """Caps and encoded pictures of the file, with parameter sets at each key frame."""
    pipeline = Gst.parse_launch(
        f"filesrc location={path} ! qtdemux ! {codec}parse config-interval=-1 ! "
        f"video/x-{codec},stream-format=byte-stream,alignment=au ! "
        "appsink name=out sync=false"
    )
    pipeline.set_state(Gst.State.PLAYING)
    sink = pipeline.get_by_name("out")
    pictures: list[Gst.Buffer] = []
    caps = ""
    while (sample := sink.emit("pull-sample")) is not None:
        caps = caps or sample.get_caps().to_string()
        pictures.append(sample.get_buffer())
    pipeline.set_state(Gst.State.NULL)
    if not pictures:
        sys.exit(f"{path}: no picture of {codec}")
    return caps, pictures


class Loop:
    """Pushes the pictures into one media, lap after lap."""

    def __init__(self, pictures: list[Gst.Buffer]) -> None:
        self.pictures = pictures
        last = pictures[-1]
        self.first = pictures[0].dts
        step = (last.dts - self.first) // max(1, len(pictures) - 1)
        self.lap_ns = last.dts - self.first + step
        self.sent = 0

    def need_data(self, source: Gst.Element, _size: int) -> None:
        """Push the next picture."""
        lap, index = divmod(self.sent, len(self.pictures))
        original = self.pictures[index]
        picture = original.copy()
        shift = lap * self.lap_ns - self.first
        picture.dts = original.dts + shift
        picture.pts = original.pts + shift
        source.emit("push-buffer", picture)
        self.sent += 1


class Factory(GstRtspServer.RTSPMediaFactory):
    """Makes the media for the clients, one for all of them."""

    def __init__(self, path: str, codec: str) -> None:
        super().__init__()
        self.caps, self.pictures = read_pictures(path, codec)
        self.codec = codec
        self.set_shared(True)
        self.set_eos_shutdown(True)

    def do_create_element(self, _url: object) -> Gst.Element:
        """The pipeline of one media."""
        return Gst.parse_launch(
            f"( appsrc name=src is-live=true format=time caps={self.caps!r} ! "
            f"{self.codec}parse ! rtp{self.codec}pay name=pay0 pt=96 "
            "config-interval=-1 )".replace("'", '"')
        )

    def do_configure(self, media: GstRtspServer.RTSPMedia) -> None:
        """Feed the pipeline from the first picture."""
        source = media.get_element().get_by_name("src")
        source.connect("need-data", Loop(self.pictures).need_data)


def protect(
    server: GstRtspServer.RTSPServer, factory: Factory, options: argparse.Namespace
) -> None:
    """Let only the user in, over TLS when there is a certificate."""
    user, password = options.user, options.password
    certificate = options.certificate
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(1)  # GST_RTSP_AUTH_BASIC
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", user)
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    if certificate:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(certificate))
    server.set_auth(auth)
    allowed = Gst.Structure.new_empty(user)
    allowed.set_value("media.factory.access", True)  # noqa: FBT003
    allowed.set_value("media.factory.construct", True)  # noqa: FBT003
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role_from_structure(allowed)
    factory.set_permissions(permissions)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", required=True)
    parser.add_argument("--port", required=True)
    parser.add_argument("--path", default="/live")
    parser.add_argument("--codec", default="h264", choices=["h264", "h265"])
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--certificate", help="PEM with key, for rtsps")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    factory = Factory(options.file, options.codec)
    server.get_mount_points().add_factory(options.path, factory)
    if options.user:
        protect(server, factory, options)
    if server.attach(None) == 0:
        sys.exit(f"port {options.port} is taken")
    print("ready", flush=True)  # noqa: T201
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
