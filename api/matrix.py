"""Every route of the API and the right it asks for; None: how one gets a name.

With `identity.right.RIGHTS` this is the whole of who may do what. A test holds that
every route is here and asks for exactly this.
"""

from identity.right import Right

ENDPOINTS: dict[str, Right | None] = {
    "GET /login": None,
    "POST /login": None,
    "GET /login/oidc/start": None,
    "GET /login/oidc/callback": None,
    "POST /logout": Right.SELF,
    "GET /me": Right.SELF,
    "POST /me/password": Right.SELF,
    "GET /users": Right.MANAGE_PEOPLE,
    "POST /users": Right.MANAGE_PEOPLE,
    "PATCH /users/{name}": Right.MANAGE_PEOPLE,
    "POST /users/{name}/password": Right.MANAGE_PEOPLE,
    "POST /users/{name}/unlock": Right.MANAGE_PEOPLE,
    "GET /tokens": Right.MANAGE_PEOPLE,
    "POST /tokens": Right.MANAGE_PEOPLE,
    "DELETE /tokens/{token}": Right.MANAGE_PEOPLE,
    "GET /alerts": Right.READ_ALERTS,
    "GET /alerts/{alert}": Right.READ_ALERTS,
    "GET /alerts/{alert}/evidence": Right.READ_EVIDENCE,
    "GET /alerts/{alert}/evidence/{name}": Right.READ_EVIDENCE,
    "HEAD /alerts/{alert}/evidence/{name}": Right.READ_EVIDENCE,
    "GET /cameras": Right.READ_CAMERAS,
    "GET /cameras/{camera}": Right.READ_CAMERAS,
    "GET /cameras/{camera}/look.jpg": Right.READ_PICTURES,
    "HEAD /cameras/{camera}/look.jpg": Right.READ_PICTURES,
    "GET /events": Right.READ_EVENTS,
    "GET /site": Right.READ_SITE,
}
"""`METHOD path`, the path behind `/api/v1`."""
