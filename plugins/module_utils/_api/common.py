# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every AWS call of this collection shares: the client, the retries, and an error that says what to do.

The functions of this package are thin: one AWS operation each. Nothing else touches a client.
"""

from __future__ import annotations

import functools
import inspect
from threading import Lock
from typing import Any, Callable, Dict, Optional, Tuple, Union

try:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError, WaiterError
except ImportError:
    pass  # AnsibleAWSModule reports it

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

DENIED = ("AccessDenied", "AccessDeniedException", "ForbiddenException", "UnauthorizedOperation")


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


def api_call(action: str, description: str, missing: Union[str, Tuple[str, ...]] = ()) -> Callable[..., Any]:
    """Decorate a function that makes one AWS call.

    action: the IAM action that the call needs.
    description: what it does, after "Could not"; may name the function's arguments in braces.
    missing: AWS's error codes for "there is no such thing"; the function then returns None.
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


class Clients:
    """The task's AWS clients: one per service and Region, made when first used, shared by threads.

    Retries are botocore's adaptive mode, so that throttling slows a run down and never fails it; the task's
    aws_config overrules it. AnsibleAWSModule merges both.
    """

    def __init__(self, module: Any):
        self._module = module
        self._clients: Dict[Tuple[str, Optional[str]], Any] = {}
        self._lock = Lock()
        self._account: Optional[Tuple[str, str]] = None

    @property
    def region(self) -> str:
        region = self._module.region
        if not region:
            self._module.fail_json(
                msg="No AWS Region is set: give region, or set AWS_REGION in the environment or a region in the profile."
            )
        return region

    def get(self, service: str, region: Optional[str] = None) -> Any:
        key = (service, region)
        with self._lock:
            if key not in self._clients:
                extra: Dict[str, Any] = {"region": region} if region else {}
                config = Config(retries={"mode": "adaptive", "total_max_attempts": 10})
                self._clients[key] = self._module.client(service, config=config, **extra)
            return self._clients[key]

    @property
    def account(self) -> str:
        """The caller's account id, 12 digits."""
        return self._identity()[0]

    @property
    def partition(self) -> str:
        """The partition of the caller's ARN, such as aws."""
        return self._identity()[1]

    def _identity(self) -> Tuple[str, str]:
        if self._account is None:
            self._account = caller_identity(self.get("sts"))
        return self._account


@api_call("sts:GetCallerIdentity", "find out which account the credentials belong to")
def caller_identity(client: Any) -> Tuple[str, str]:
    """(account id, partition) of the caller. Needs no permission."""
    identity = client.get_caller_identity()
    return identity["Account"], identity["Arn"].split(":")[1]
