# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, C901, RUF012 - as Authlib calls it
"""A bureau's own login service: an OpenID provider made with Authlib, over real HTTP.

It lets in whoever `user` names, without asking, and may be told to lie: `alter` changes
the claims it signs, `foreign_key` signs with a key nobody published. In: nothing. Out:
an issuer at `http://localhost:PORT`.
"""

# mypy: ignore-errors
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.models import AuthorizationCodeMixin
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "nonsite", "shared between the two"
CODE_S = 60


@dataclass
class LoginService:
    """What it does, and for whom."""

    redirect_uri: str
    port: int = 0
    user: str = "wang"
    subject: str = "u-1"
    alter: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    foreign_key: bool = False
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"})
    )
    codes: dict[str, "Code"] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"


@dataclass
class Client(ClientMixin):
    """The one program it knows: us."""

    service: LoginService

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return self.service.redirect_uri

    def get_allowed_scope(self, scope):
        return " ".join(s for s in scope.split() if s in {"openid", "profile"})

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.service.redirect_uri

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code on its way, good once."""

    code: str
    data: dict[str, str]
    made_at: float
    user: tuple[str, str]

    @property
    def code_challenge(self):
        return self.data.get("code_challenge")

    @property
    def code_challenge_method(self):
        return self.data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.data.get("redirect_uri")

    def get_scope(self):
        return self.data.get("scope", "")

    def get_nonce(self):
        return self.data.get("nonce")

    def get_auth_time(self):
        return int(self.made_at)

    def get_acr(self):
        return None

    def get_amr(self):
        return None


def _grant_of(service: LoginService) -> type[grants.AuthorizationCodeGrant]:
    class Grant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code, request):
            data = dict(request.payload.data)
            service.nonces.add(data.get("nonce"))
            service.codes[code] = Code(code, data, time.time(), request.user)

        def query_authorization_code(self, code, client):
            found = service.codes.get(code)
            fresh = found is not None and time.time() - found.made_at < CODE_S
            return found if fresh else None

        def delete_authorization_code(self, authorization_code):
            service.codes.pop(authorization_code.code, None)

        def authenticate_user(self, authorization_code):
            return authorization_code.user

    return Grant


def _openid_of(service: LoginService) -> OpenIDCode:
    class OpenID(OpenIDCode):
        def resolve_client_private_key(self, client):
            return service.key

        def get_client_claims(self, client):
            return {"iss": service.issuer, "aud": [CLIENT_ID]}

        def get_encode_header(self, client):
            return {"alg": "RS256", "kid": "one"}

        def exists_nonce(self, nonce, request):
            return nonce in service.nonces

        def generate_user_info(self, user, scope):
            return UserInfo(sub=user[1], preferred_username=user[0])

        def encode_id_token(self, token, request):
            made = super().encode_id_token(token, request)
            claims = jwt.decode(made, service.key, algorithms=["RS256"]).claims
            key = service.key
            if service.foreign_key:
                key = RSAKey.generate_key(2048, {"kid": "one"})
            header = {"alg": "RS256", "kid": "one"}
            return jwt.encode(header, service.alter(dict(claims)), key)

    return OpenID(require_nonce=True)


class _Request(OAuth2Request):
    """One request as Authlib wants it."""

    @property
    def args(self):
        return dict(parse_qsl(urlsplit(self.uri).query))

    @property
    def form(self):
        return self.payload.data


class _Server(AuthorizationServer):
    def __init__(self, service: LoginService) -> None:
        super().__init__(scopes_supported=["openid", "profile"])
        self._service = service
        secret = BearerTokenGenerator(lambda **_: token_hex(16))
        self.register_token_generator("default", secret)
        extensions = [CodeChallenge(required=True), _openid_of(service)]
        self.register_grant(_grant_of(service), extensions)

    def query_client(self, client_id):
        return Client(self._service) if client_id == CLIENT_ID else None

    def save_token(self, token, request):
        """Nobody asks for it again."""

    def send_signal(self, name, *args, **kwargs):
        """Nobody listens."""

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        return status, body, headers


def _handler(service: LoginService, server: _Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = urlsplit(self.path).path
            if path == "/.well-known/openid-configuration":
                self._json(_metadata(service))
            elif path == "/jwks":
                self._json(KeySet([service.key]).as_dict(private=False))
            elif path == "/authorize":
                request = self._request({})
                request.payload = BasicOAuth2Payload(request.args)
                grant = server.get_consent_grant(request, end_user=service.user)
                user = (service.user, service.subject)
                self._send(
                    *server.create_authorization_response(
                        request, grant_user=user, grant=grant
                    )
                )
            else:
                self._send(404, "", [])

        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            request = self._request(form)
            self._send(*server.create_token_response(request))

        def _request(self, form):
            url = f"{service.issuer}{self.path}"
            request = _Request(self.command, url, headers=dict(self.headers))
            request.payload = BasicOAuth2Payload(form)
            return request

        def _json(self, content):
            self._send(200, content, [("Content-Type", "application/json")])

        def _send(self, status, body, headers):
            raw = json.dumps(body) if isinstance(body, dict) else body
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw.encode())

        def log_message(self, *_):
            pass

    return Handler


def _metadata(service: LoginService) -> dict[str, str]:
    return {
        "issuer": service.issuer,
        "authorization_endpoint": f"{service.issuer}/authorize",
        "token_endpoint": f"{service.issuer}/token",
        "jwks_uri": f"{service.issuer}/jwks",
    }


@contextmanager
def login_service(redirect_uri: str) -> Iterator[LoginService]:
    """The service on a free port of this machine."""
    service = LoginService(redirect_uri)
    listening = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    service.port = listening.server_address[1]
    listening.RequestHandlerClass = _handler(service, _Server(service))
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
