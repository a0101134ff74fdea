"""Options that belong together: a command takes them as one parameter, and typer sees an option for each.

A group is a dataclass with `@group`, its fields annotated as parameters of a command are. A command with groups is
`@expanded`.
"""

import dataclasses
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")
Parameters = tuple[inspect.Parameter, ...]

_GROUPS: dict[object, tuple[Parameters, Callable[..., Any]]] = {}  # what options a class stands for, what makes one


def parameter(name: str, annotation: object, default: object = None) -> inspect.Parameter:
    """Return an option as a parameter."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def made_from(*parameters: inspect.Parameter) -> Callable[[type[T]], type[T]]:
    """Let a class be a group of these options: its `of` gets their values by name, and makes one."""

    def declared(cls: type[T]) -> type[T]:
        _GROUPS[cls] = parameters, cls.of  # type: ignore[attr-defined]
        return cls

    return declared


def group(cls: type[T]) -> type[T]:
    """Let a dataclass be a group: an option for each field."""
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    _GROUPS[cls] = tuple(parameter(field.name, field.type, field.default) for field in fields), cls
    return cls


def expanded(command: Callable[..., None]) -> Callable[..., None]:
    """Return `command` with the options of its groups in their places."""
    signature = inspect.signature(command)
    groups = {name: _GROUPS[it.annotation] for name, it in signature.parameters.items() if it.annotation in _GROUPS}

    @wraps(command)
    def called(**values: Any) -> None:
        for name, (options, make) in groups.items():
            values[name] = make(**{option.name: values.pop(option.name) for option in options})
        command(**values)

    parameters: list[inspect.Parameter] = []
    for name, own in signature.parameters.items():
        parameters += groups[name][0] if name in groups else (own.replace(kind=inspect.Parameter.KEYWORD_ONLY),)
    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {}
    return called
