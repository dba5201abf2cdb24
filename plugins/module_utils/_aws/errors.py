# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said about a failed AWS call: one sentence that says what to do."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable

try:
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError, WaiterError
except ImportError:
    pass  # AnsibleAWSModule reports it

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

DENIED = ("AccessDenied", "AccessDeniedException", "ForbiddenException", "UnauthorizedOperation")

# Parts of AWS's codes for what passes, such as ThrottlingException, InternalServiceError and ServiceUnavailable.
PASSING = (
    "Throttl",
    "TooManyRequests",
    "RequestLimit",
    "Internal",
    "Unavailable",
    "ServiceFailure",
    "Timeout",
    "Concurrent",
)


class ApiError(AnsibleAWSError):
    """A failed AWS call. `action` is the IAM action that it needs, `code` is AWS's error code ("" if AWS was not reached)."""

    def __init__(self, message: str, exception: BaseException, action: str):
        super().__init__(message=message, exception=exception)
        self.action = action
        response = getattr(exception, "response", None) or {}
        self.code: str = response.get("Error", {}).get("Code", "")
        self.aws_message: str = response.get("Error", {}).get("Message", "")

    @property
    def denied(self) -> bool:
        return self.code in DENIED

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed a moment later: AWS was not reached, too busy, or had a failure of its own."""
        return not self.code or any(part in self.code for part in PASSING)

    def sentence(self) -> str:
        """What failed, why, and what to do about it, in one sentence."""
        error = self.exception
        if isinstance(error, NoCredentialsError):
            reason = (
                "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, "
                "or attach an AWS credential to the job"
            )
        elif isinstance(error, EndpointConnectionError):
            reason = f"{error.kwargs['endpoint_url']} cannot be reached: check the network, the Region's name and endpoint_url"
        elif self.denied:
            reason = f"{self.code}: {self.aws_message or 'no reason given'} (the caller needs {self.action})"
        elif self.code:
            reason = f"{self.code}: {self.aws_message or 'no reason given'}"
        else:
            reason = " ".join(str(error).split())
        return f"{self.message}: {reason}"


def unless_denied(look: Callable[[], Any], otherwise: Any, tell: Callable[[ApiError], Any] = lambda dummy: None) -> Any:
    """What `look` returns; `otherwise` where the caller may not look. tell: is then told the error."""
    try:
        return look()
    except ApiError as error:
        if not error.denied:
            raise
        tell(error)
        return otherwise


def api_call(action: str, description: str, missing: str | tuple[str, ...] = ()) -> Callable[..., Any]:
    """Decorate a function that makes one AWS call.

    action: the IAM action that the call needs.
    description: what it does, to follow "Could not"; may name the function's arguments in braces.
    missing: AWS's error codes for "no such thing"; the function then returns None.
    Raises ApiError in place of botocore's exceptions.
    """
    missing_codes = (missing,) if isinstance(missing, str) else missing

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except (ClientError, BotoCoreError, WaiterError) as error:
                if isinstance(error, ClientError) and error.response["Error"]["Code"] in missing_codes:
                    return None
                named = signature.bind(*args, **kwargs).arguments
                raise ApiError(f"Could not {description.format(**named)}", error, action) from error

        return wrapper

    return decorate
