"""A real SMTP server on loopback for tests: writes each message to a folder, and ends when its standard input does.

Settings come as JSON on the first line of standard input; the port is printed. Runs with Debian's own Python.
"""

import asyncio
import json
import logging
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

# Its warnings are about what tests want of it.
logging.disable()
SETTINGS = json.loads(sys.stdin.readline())


class Folder:
    """Keeps what arrives: the envelope beside the message, under a name only once it is whole."""

    def __init__(self):
        self.count = 0

    async def handle_RCPT(self, server, session, envelope: Envelope, address, options):
        if address in SETTINGS.get("refusedRecipients", []):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session: Session, envelope: Envelope):
        self.count += 1
        name = os.path.join(SETTINGS["folder"], f"{self.count:04}.json")
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "isEncrypted": session.ssl is not None or SETTINGS["security"] == "tls",
            "isAuthenticated": bool(session.authenticated),
            "content": envelope.content.decode("utf-8"),
        }
        with open(name + ".part", "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.rename(name + ".part", name)
        return "250 Kept"


def authenticate(server, session, envelope, mechanism, data):
    given = (data.login.decode(), data.password.decode())
    if given == (SETTINGS["user"], SETTINGS["password"]):
        return AuthResult(success=True)
    # Worse than most servers: it says what it was given.
    message = f"535 5.7.8 Not you: {given[0]} {given[1]}"
    return AuthResult(success=False, handled=False, message=message)


async def main():
    loop = asyncio.get_running_loop()
    security = SETTINGS["security"]
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(SETTINGS["certificate"], SETTINGS["key"])
    has_user = "user" in SETTINGS
    handler = Folder()

    def session():
        return SMTP(
            handler,
            hostname="mail.test",
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            authenticator=authenticate if has_user else None,
            auth_required=has_user,
            auth_require_tls=security == "starttls",
        )

    server = await loop.create_server(
        session, "127.0.0.1", 0, ssl=context if security == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
