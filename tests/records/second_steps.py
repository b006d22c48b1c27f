"""A second step as an authenticator app does it."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

PERIOD = 30


def code_of(secret):
    """The six figures that an app with this key shows now; never those of a half minute about to end."""
    if time.time() % PERIOD > PERIOD - 2:
        time.sleep(2.1)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def give_second_step(user):
    """Set up an app and recovery codes for a user; returns the app's key and the codes."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).generate_codes()
