# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON read into frozen dataclasses, which name all that may stand there: a misspelt key is refused
instead of ignored."""

import dataclasses
import types
import typing


class Refused(Exception):
    """A file that cannot be used; the message says why."""


def merged(whole, change):
    """`whole` with the keys of `change`, objects merged key by key."""
    if not isinstance(whole, dict) or not isinstance(change, dict):
        return change
    return {key: merged(whole[key], change[key]) if key in whole and key in change
            else change.get(key, whole.get(key)) for key in {**whole, **change}}


def keys(kind):
    """By its key in a file, each field of a dataclass: `global_` stands there as `global`."""
    return {field.name.rstrip("_"): field for field in dataclasses.fields(kind)}


def needed(field):
    return (field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING)


def read_object(kind, value, name):
    if not isinstance(value, dict):
        raise Refused(f"{name or 'the whole'} is not an object")
    fields, hints = keys(kind), typing.get_type_hints(kind)
    below = f"{name} › " if name else ""
    for key in value:
        if key not in fields:
            raise Refused(f"it has an unknown {below}{key}; known are {', '.join(fields)}")
    for key, field in fields.items():
        if needed(field) and key not in value:
            raise Refused(f"it lacks {below}{key}")
    return kind(**{fields[key].name: read(hints[fields[key].name], one, below + key)
                   for key, one in value.items()})


def read_union(kinds, value, name):
    if value is None and types.NoneType in kinds:
        return None
    refusal = None
    for kind in kinds:
        try:
            return read(kind, value, name)
        except Refused as refused:
            refusal = refusal or refused
    raise refusal


def read_list(kinds, value, name):
    if not isinstance(value, list | tuple):
        raise Refused(f"{name} is not a list")
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(kinds) != len(value):
        raise Refused(f"{name} has {len(value)} values, not {len(kinds)}")
    return tuple(read(kind, one, name) for kind, one in zip(kinds, value))


def read(kind, value, name=""):
    """A value of a file as a dataclass, a tuple, a literal or a plain type.

    name: where it stands in the file, for what a refusal says.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return read_object(kind, value, name)
    if origin in (typing.Union, types.UnionType):
        return read_union(arguments, value, name)
    if origin is tuple:
        return read_list(arguments, value, name)
    if origin is typing.Literal:
        if value not in arguments:
            raise Refused(f"{name} is {value!r}; known are {', '.join(map(str, arguments))}")
        return value
    if kind is float and type(value) is int or type(value) is kind:
        return value
    raise Refused(f"{name} is {value!r}, not of the type {getattr(kind, '__name__', kind)}")


def as_dict(value):
    """A dataclass as its file has it: what is as without a key is left out."""
    if dataclasses.is_dataclass(value):
        return {key: as_dict(getattr(value, field.name)) for key, field in keys(type(value)).items()
                if needed(field) or getattr(value, field.name) != field.default}
    return [as_dict(one) for one in value] if isinstance(value, tuple) else value


def changed(value, change):
    """A dataclass with the keys of a change, as a file has them."""
    return read(type(value), merged(as_dict(value), change))
